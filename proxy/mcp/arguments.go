package mcp

import (
	"bytes"
	"encoding/json"
	"maps"
	"strings"
	"time"

	"midgate/adapter"
	"midgate/proxy/body"
)

// arguments are a call's, in their plain form.
type arguments map[string]any

// readArguments checks what a call brings against its tool's schema.
func (t *tool) readArguments(raw json.RawMessage) (arguments, error) {
	var given any = map[string]any{}
	if len(bytes.TrimSpace(raw)) > 0 && !bytes.Equal(bytes.TrimSpace(raw), []byte("null")) {
		if err := json.Unmarshal(raw, &given); err != nil {
			return nil, adapter.BadParam("", "invalid_json", "The arguments are no JSON.")
		}
	}
	if _, ok := given.(map[string]any); !ok {
		return nil, adapter.BadParam("", "invalid_type", "The arguments must be an object.")
	}
	plain, err := t.schema.read("", given)
	if err != nil {
		return nil, err
	}
	return plain.(map[string]any), nil
}

func (a arguments) text(name string) string {
	text, _ := a[name].(string)
	return text
}

func (a arguments) texts(name string) (texts []string) {
	list, _ := a[name].([]any)
	for _, v := range list {
		texts = append(texts, v.(string)) // the schema says so
	}
	return texts
}

func (a arguments) number(name string) float64 {
	n, _ := a[name].(float64)
	return n
}

func (a arguments) whole(name string) int { return int(a.number(name)) }

func (a arguments) truth(name string) bool {
	yes, _ := a[name].(bool)
	return yes
}

// waits is how long the call wants to wait, if it says so.
func (a arguments) waits() (time.Duration, bool) {
	n, given := a["wait_seconds"].(float64)
	return time.Duration(n) * time.Second, given
}

// holes are the regions of a picture.
func (a arguments) holes() (holes []adapter.Hole) {
	list, _ := a["region"].([]any)
	for _, v := range list {
		r := arguments(v.(map[string]any)) // the schema says so
		holes = append(holes, adapter.Hole{Left: r.number("left"), Top: r.number("top"), Width: r.number("width"), Height: r.number("height"), Ellipse: r.text("shape") == "ellipse"})
	}
	return holes
}

// defaults are what is meant where nothing is said.
var defaults = map[string]any{"take": 1.0, "seconds": 4.0, "motion": "low", "loop": false, "size": imagesPreview}

// digest is the same for calls that mean the same: how long they wait makes no difference, nor what is left out and said
// to be as it is anyway. same makes a picture's names equal.
func (a arguments) digest(same func(picture string) string) string {
	plain := map[string]any(maps.Clone(a))
	delete(plain, "wait_seconds")
	for name, v := range plain {
		if without, known := defaults[name]; known && without == v {
			delete(plain, name)
			continue
		}
		switch v := v.(type) {
		case string:
			if name != "prompt" {
				plain[name] = same(v)
			}
		case []any:
			var list []any
			for _, e := range v {
				if text, ok := e.(string); ok {
					e = same(text)
				}
				if region, ok := e.(map[string]any); ok && region["shape"] == "rectangle" {
					region = maps.Clone(region)
					delete(region, "shape")
					e = region
				}
				list = append(list, e)
			}
			plain[name] = list
		}
	}
	canonical, err := json.Marshal(plain)
	if err != nil {
		panic(err) // texts, numbers and lists of them
	}
	return body.HexDigest(string(canonical))
}

// isAddress reports whether a text is an address on the web.
func isAddress(text string) bool {
	return strings.HasPrefix(strings.ToLower(text), "https://") || strings.HasPrefix(strings.ToLower(text), "http://")
}
