package mcp

import (
	"context"
	_ "embed"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// appURI names the page that chat programs show beside an answer (MCP Apps): the pictures, each with its buttons, which
// call the tools. It is the only way to show pictures in some of them.
const (
	appURI  = "ui://midgate/pictures"
	appType = "text/html;profile=mcp-app"
)

//go:embed app.html
var app string

// appMeta is what a tool says of its page. The page loads nothing from anywhere, so it needs no permission.
var appMeta = sdk.Meta{"ui": map[string]any{"resourceUri": appURI}, "ui/resourceUri": appURI}

// hasApp are the tools whose answers have pictures.
var hasApp = map[string]bool{
	"draw": true, "edit_picture": true, "press_button": true, "make_video": true, "blend_pictures": true, "get_job": true, "view_picture": true,
}

func offerApp(server *sdk.Server) {
	meta := sdk.Meta{"ui": map[string]any{"prefersBorder": true}}
	server.AddResource(&sdk.Resource{URI: appURI, Name: "pictures", Title: "Pictures with their buttons", MIMEType: appType, Meta: meta},
		func(context.Context, *sdk.ReadResourceRequest) (*sdk.ReadResourceResult, error) {
			return &sdk.ReadResourceResult{Contents: []*sdk.ResourceContents{{URI: appURI, MIMEType: appType, Text: app, Meta: meta}}}, nil
		})
}
