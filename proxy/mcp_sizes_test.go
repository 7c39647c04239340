package proxy

import (
	"encoding/json"
	"fmt"
	"testing"

	protocol "github.com/modelcontextprotocol/go-sdk/mcp"

	"midgate/adapter/midjourney/simulator"
)

// Whatever shape is drawn, an answer stays below what clients take; so does a large view. (readAnswer measures each.)
func TestMCP_AnswersStaySmall(t *testing.T) {
	t.Parallel()
	h := newHouse(t, simulator.Config{Pixels: 1024})
	a := newAgent(t, h.base+"/mcp", "sk-alice")
	for _, ratio := range []string{"1:1", "3:2", "2:3", "4:3", "9:16", "16:9", "2:1", "21:9", "4:1", "1:4"} {
		got := a.call("draw", map[string]any{"prompt": fmt.Sprintf("a forest of ferns after rain, %s, with every leaf", ratio), "aspect_ratio": ratio})
		if got.sheet == nil || len(got.text) > 2<<10 {
			t.Errorf("%s: %d bytes of text, %d of picture", ratio, len(got.text), len(got.sheet))
		}
		res, err := a.session.CallTool(t.Context(), viewLarge(got.Pictures[0].ID))
		if err != nil || res.IsError || len(res.Content) != 2 {
			t.Fatalf("%+v, %v", res, err)
		}
		if size := sizeOf(t, res); size > 400<<10 || size < 20<<10 {
			t.Errorf("%s: a large view of %d bytes", ratio, size)
		}
	}
	if got := a.call("list_pictures", map[string]any{"limit": 50}); got.size > 100<<10 {
		t.Errorf("a list of %d bytes", got.size)
	}
}

func viewLarge(id string) *protocol.CallToolParams {
	return &protocol.CallToolParams{Name: "view_picture", Arguments: map[string]any{"picture": id, "size": "large"}}
}

func sizeOf(t *testing.T, res *protocol.CallToolResult) int {
	t.Helper()
	whole, err := json.Marshal(res)
	if err != nil {
		t.Fatal(err)
	}
	return len(whole)
}
