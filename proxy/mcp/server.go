package mcp

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"midgate/adapter"
)

// instructions are sent once, and put before everything by most clients.
const instructions = "Draws with Midjourney. Every picture has an id (img_…); use it to edit it, press its buttons or animate it. " +
	"Jobs take 20 to 120 seconds and cost money. If you get a job id instead of pictures, call get_job until it is done; never " +
	"start the same job again. Show pictures to the user as Markdown images with the addresses from the result, and ask which one to go on with."

// listsKept is how long a client may keep a list of tools, in milliseconds: they change with midgate's version only.
const listsKept = 300_000

//go:embed tools.json
var toolsJSON []byte

//go:embed icon.svg
var icon []byte

// tool is one line of tools.json.
type tool struct {
	Name        string               `json:"name"`
	Title       string               `json:"title"`
	Description string               `json:"description"`
	InputSchema json.RawMessage      `json:"inputSchema"`
	Annotations *sdk.ToolAnnotations `json:"annotations"`

	schema schema
}

// tools are all tools, in the order of the file.
var tools = func() (all []*tool) {
	if err := json.Unmarshal(toolsJSON, &all); err != nil {
		panic(fmt.Sprintf("tools.json: %v", err))
	}
	for _, t := range all {
		if err := json.Unmarshal(t.InputSchema, &t.schema); err != nil {
			panic(fmt.Sprintf("tools.json: %s: %v", t.Name, err))
		}
	}
	return all
}()

func toolNamed(name string) *tool {
	i := slices.IndexFunc(tools, func(t *tool) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return tools[i]
}

func toolNames() (names []string) {
	for _, t := range tools {
		names = append(names, t.Name)
	}
	return names
}

// handler is the library's, for what an address switches on: how long calls wait makes no difference.
func (s *Routes) handler(on switches) http.Handler {
	key := switches{tools: on.tools, structured: on.structured}
	if h, ok := s.servers.Load(key); ok {
		return h.(http.Handler)
	}
	server := s.server(key)
	h := sdk.NewStreamableHTTPHandler(func(*http.Request) *sdk.Server { return server }, &sdk.StreamableHTTPOptions{
		Stateless:                  true,
		DisableLocalhostProtection: true, // it refuses every reverse proxy on this machine; web.CheckPage knows better
		MaxRequestBodyBytes:        maxBody,
		Logger:                     slog.New(slog.DiscardHandler),
	})
	kept, _ := s.servers.LoadOrStore(key, h)
	return kept.(http.Handler)
}

// server makes a server that offers some of the tools.
func (s *Routes) server(on switches) *sdk.Server {
	server := sdk.NewServer(&sdk.Implementation{
		Name: "midgate", Title: "midgate: Midjourney", Description: "Draws, edits and animates pictures with Midjourney.", Version: cmp.Or(s.Config.Version, "dev"),
		WebsiteURL: s.Config.PublicURL,
		Icons:      []sdk.Icon{{Source: "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(icon), MIMEType: "image/svg+xml", Sizes: []string{"any"}}},
	}, &sdk.ServerOptions{
		Instructions: instructions,
		Capabilities: &sdk.ServerCapabilities{Tools: &sdk.ToolCapabilities{}, Resources: &sdk.ResourceCapabilities{}, Prompts: &sdk.PromptCapabilities{}},
		Logger:       slog.New(slog.DiscardHandler), // its lines may quote requests
		SetCacheable: func(_ context.Context, _ sdk.Request, c *sdk.Cacheable) { c.TTLMs, c.CacheScope = listsKept, "private" },
	})
	for _, t := range tools {
		if !on.offers(t.Name) {
			continue
		}
		listed := &sdk.Tool{Name: t.Name, Title: t.Title, Description: t.Description, InputSchema: t.InputSchema, Annotations: t.Annotations}
		if on.structured {
			listed.OutputSchema = outputSchema
		}
		if hasApp[t.Name] && !on.structured {
			listed.Meta = appMeta
		}
		server.AddTool(listed, s.serve(t))
	}
	s.offerPictures(server)
	server.AddReceivingMiddleware(s.shield) // the outermost
	if !on.structured {
		offerApp(server)
	}
	offerPrompts(server)
	return server
}

// shield makes a panic an error of its message: it is in a goroutine of the library's, and would end the process.
func (s *Routes) shield(next sdk.MethodHandler) sdk.MethodHandler {
	return func(ctx context.Context, method string, req sdk.Request) (res sdk.Result, err error) {
		err = s.Guarded(slog.String("method", method), func() (err error) {
			res, err = next(ctx, method, req)
			return err
		})
		if _, died := errors.AsType[*adapter.Error](err); died { // the library's errors are others
			return nil, errors.New("midgate itself failed; its log says where")
		}
		return res, err
	}
}

// serve is a tool's handler: its arguments are checked, then its work is done; what is wrong is told to the model.
func (s *Routes) serve(t *tool) sdk.ToolHandler {
	return func(ctx context.Context, req *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		v, ok := ctx.Value(callKey{}).(*call)
		if !ok || !v.enter() {
			return nil, context.Canceled // nobody is there any more
		}
		defer v.leave()
		w := &work{call: v, tool: t, ctx: v.gin.Request.Context(), reply: ctx, req: req}
		result, err := v.guarded(t.Name, w.do)
		if err != nil {
			return w.refusal(err), nil
		}
		return result, nil
	}
}
