package mcp

import (
	"context"
	"fmt"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"midgate/adapter"
)

const (
	pictureURI = "midgate://pictures/"
	newest     = 20 // pictures that are listed: whoever looks for others has list_pictures
)

// resourceForm is a picture that a person attaches to a message: once, and on purpose.
var resourceForm = adapter.PreviewForm{Edge: 1568, Most: 700 << 10}

// offerPictures lets a client attach pictures by their address: those that are listed, and any other of the caller's.
func (s *Routes) offerPictures(server *sdk.Server) {
	server.AddResourceTemplate(&sdk.ResourceTemplate{
		Name: "picture", Title: "A picture", Description: "A picture that was drawn with this key, by its id (img_...).", MIMEType: "image/jpeg", URITemplate: pictureURI + "{id}",
	}, s.readPicture)
	server.AddReceivingMiddleware(func(next sdk.MethodHandler) sdk.MethodHandler {
		return func(ctx context.Context, method string, req sdk.Request) (sdk.Result, error) {
			res, err := next(ctx, method, req)
			if list, ok := res.(*sdk.ListResourcesResult); ok && err == nil && method == "resources/list" {
				err = s.listPictures(ctx, list)
			}
			return res, err
		}
	})
}

// of is the request that a message came with, with work begun in it; end ends that.
func of(ctx context.Context) (v *call, end func(), err error) {
	v, ok := ctx.Value(callKey{}).(*call)
	if !ok || !v.enter() {
		return nil, nil, context.Canceled // nobody is there any more
	}
	return v, v.leave, nil
}

// listPictures adds the newest pictures to a list. What a list says may be kept for a while: it is the caller's own.
func (s *Routes) listPictures(ctx context.Context, list *sdk.ListResourcesResult) error {
	v, end, err := of(ctx)
	if err != nil {
		return err
	}
	defer end()
	list.TTLMs = 0 // there may be another one at any moment
	images, err := s.core.Pictures.Images(v.gin.Request.Context(), v.caller(), adapter.ImageQuery{Limit: 2 * newest})
	if err != nil {
		return fmt.Errorf("the pictures cannot be listed")
	}
	for _, img := range images {
		if img.IsGrid() || len(list.Resources) > newest {
			continue
		}
		list.Resources = append(list.Resources, &sdk.Resource{URI: pictureURI + img.ID, Name: img.ID, Title: cut(img.Prompt, 80), MIMEType: "image/jpeg"})
	}
	return nil
}

func (s *Routes) readPicture(ctx context.Context, req *sdk.ReadResourceRequest) (*sdk.ReadResourceResult, error) {
	v, end, err := of(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	id := strings.TrimPrefix(req.Params.URI, pictureURI)
	if !adapter.ValidID(id) {
		return nil, sdk.ResourceNotFoundError(req.Params.URI)
	}
	shown, err := s.core.Pictures.PreviewImages(v.gin.Request.Context(), v.caller(), []string{id}, resourceForm)
	switch {
	case err != nil && adapter.KindOf(err) == adapter.NotFound:
		return nil, sdk.ResourceNotFoundError(req.Params.URI)
	case err != nil:
		s.Log.Warn("a picture could not be read for an agent", "image", id, "error", err)
		return nil, fmt.Errorf("the picture cannot be read at the moment")
	}
	return &sdk.ReadResourceResult{Contents: []*sdk.ResourceContents{{URI: req.Params.URI, MIMEType: "image/jpeg", Blob: shown}}}, nil
}

// offerPrompts gives people a beginning to choose.
func offerPrompts(server *sdk.Server) {
	server.AddPrompt(&sdk.Prompt{
		Name: "illustrate", Title: "Illustrate a text", Description: "Draws a picture for a text.",
		Arguments: []*sdk.PromptArgument{
			{Name: "text", Title: "Text", Description: "What is to be illustrated.", Required: true},
			{Name: "style", Title: "Style", Description: "Such as watercolour, or a photograph at dusk."},
		},
	}, func(_ context.Context, req *sdk.GetPromptRequest) (*sdk.GetPromptResult, error) {
		text, style := strings.TrimSpace(req.Params.Arguments["text"]), strings.TrimSpace(req.Params.Arguments["style"])
		if text == "" {
			return nil, fmt.Errorf("'text' is missing: what is to be illustrated")
		}
		says := "Illustrate the text below. Choose one moment or idea of it, describe in one English sentence what can be seen, without names of people and without words in the picture, " +
			"and call the tool draw with that, once."
		if style != "" {
			says += " The style is: " + style + "."
		}
		says += " Then show the four pictures and ask which one to go on with.\n\nThe text:\n" + text
		return &sdk.GetPromptResult{Description: "Illustrate a text", Messages: []*sdk.PromptMessage{{Role: "user", Content: &sdk.TextContent{Text: says}}}}, nil
	})
}
