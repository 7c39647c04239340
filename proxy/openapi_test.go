package proxy

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"midgate/adapter"
)

func loadOpenAPI(t *testing.T) *openapi3.T {
	t.Helper()
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(openapi)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(loader.Context); err != nil {
		t.Fatal(err)
	}
	return doc
}

// undocumented are the routes for connection testers and people.
var undocumented = map[string]bool{"GET /playground": true, "GET /assets/{file}": true, "GET /playground/assets/{file}": true}

func TestOpenAPINamesEveryRoute(t *testing.T) {
	documented := map[string]bool{}
	for path, item := range loadOpenAPI(t).Paths.Map() {
		for method := range item.Operations() {
			documented[method+" "+path] = true
		}
	}
	served := map[string]bool{}
	param := regexp.MustCompile(`[:*](\w+)`)
	for _, r := range newServer(t, newFake()).router.Routes() {
		if name := r.Method + " " + param.ReplaceAllString(r.Path, "{$1}"); r.Method != "HEAD" && !undocumented[name] {
			served[name] = true
		}
	}
	if !maps.Equal(served, documented) {
		t.Errorf("served %q,\ndocumented %q", slices.Sorted(maps.Keys(served)), slices.Sorted(maps.Keys(documented)))
	}
}

// The golden answers are what clients get; the description must hold for each of them.
func TestOpenAPIHoldsForTheAnswers(t *testing.T) {
	doc := loadOpenAPI(t)
	for file, schema := range map[string]string{
		"generation_both": "Images", "generation_b64": "Images", "generation_url": "Images", "generation_gpt_image": "Images",
		"record": "Picture", "job_completed": "Job", "job_failed": "Job", "job_queued": "Job", "models": "ModelList",
		"descriptions": "Prompts", "shorten": "Prompts", "list_empty": "Page", "jobs": "Page",
	} {
		data, err := os.ReadFile(filepath.Join("testdata", file+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := json.Unmarshal(data, &value); err != nil {
			t.Fatal(err)
		}
		if err := doc.Components.Schemas[schema].Value.VisitJSON(value, openapi3.EnableJSONSchema2020()); err != nil {
			t.Errorf("%s is no %s: %v", file, schema, err)
		}
	}
}

func TestOpenAPINamesEveryAction(t *testing.T) {
	var listed []string
	for _, v := range loadOpenAPI(t).Components.Schemas["Action"].Value.Enum {
		listed = append(listed, v.(string))
	}
	if !slices.Equal(listed, adapter.Actions) {
		t.Errorf("actions = %q, want %q", listed, adapter.Actions)
	}
}

func TestOpenAPIIsServed(t *testing.T) {
	w := send(newServer(t, newFake()), "GET", "/openapi.yaml", "", "Authorization", "")
	if w.Code != 200 || !strings.HasPrefix(w.Body.String(), "openapi: 3.1") || w.Header().Get("Content-Type") != "application/yaml" {
		t.Errorf("%d %q", w.Code, w.Header().Get("Content-Type"))
	}
}
