package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The walls between the packages: a star in which everything points at adapter, and adapter at nothing of ours.
// .golangci.yml holds the same walls for editors and `make lint`; walls_lint_test.go compares them.

// ours says which of our packages each package may import.
var ours = map[string][]string{
	"midgate/cmd/midgate": {"midgate/config", "midgate/proxy", "midgate/proxy/metrics", "midgate/proxy/web", "midgate/adapter", "midgate/adapter/jobs", "midgate/adapter/jobs/ledger", "midgate/adapter/library", "midgate/adapter/workflow",
		"midgate/adapter/native", "midgate/adapter/midjourney", "midgate/adapter/midjourney/outcomes", "midgate/adapter/midjourney/simulator", "midgate/adapter/spend", "midgate/adapter/sqlstore", "midgate/adapter/memstore", "midgate/adapter/pictures", "midgate/adapter/tracing"},
	"midgate/cmd/midgate/deploy": {},
	"midgate/config": {"midgate/proxy/web", "midgate/adapter", "midgate/adapter/prompt", "midgate/adapter/jobs", "midgate/adapter/workflow",
		"midgate/adapter/spend", "midgate/adapter/midjourney", "midgate/adapter/nearest", "midgate/adapter/sqlstore", "midgate/adapter/pictures"},
	"midgate/proxy": {"midgate/adapter", "midgate/adapter/jsonstream", "midgate/proxy/body", "midgate/proxy/metrics", "midgate/proxy/web", "midgate/proxy/images",
		"midgate/proxy/chat", "midgate/proxy/responses", "midgate/proxy/videos", "midgate/proxy/native", "midgate/proxy/mcp", "midgate/proxy/playground"},
	"midgate/proxy/body":          {"midgate/adapter"},
	"midgate/proxy/metrics":       {"midgate/adapter"},
	"midgate/proxy/web":           {"midgate/adapter", "midgate/adapter/jsonstream", "midgate/adapter/publicnet", "midgate/proxy/body", "midgate/proxy/metrics"},
	"midgate/proxy/images":        {"midgate/adapter", "midgate/adapter/jsonstream", "midgate/adapter/nearest", "midgate/proxy/body", "midgate/proxy/web"},
	"midgate/proxy/videos":        {"midgate/adapter", "midgate/adapter/jsonstream", "midgate/proxy/body", "midgate/proxy/web", "midgate/proxy/images"},
	"midgate/proxy/native":        {"midgate/adapter", "midgate/adapter/publicnet", "midgate/proxy/body", "midgate/proxy/web"},
	"midgate/proxy/mcp":           {"midgate/adapter", "midgate/adapter/nearest", "midgate/proxy/body", "midgate/proxy/web"},
	"midgate/proxy/chat":          {"midgate/adapter", "midgate/adapter/chat", "midgate/adapter/jsonstream", "midgate/proxy/body", "midgate/proxy/web", "midgate/proxy/images"},
	"midgate/proxy/responses":     {"midgate/adapter", "midgate/adapter/chat", "midgate/adapter/jsonstream", "midgate/proxy/body", "midgate/proxy/web", "midgate/proxy/images", "midgate/proxy/chat"},
	"midgate/proxy/playground":    {},
	"midgate/adapter":             {},
	"midgate/adapter/prompt":      {"midgate/adapter"},
	"midgate/adapter/chat":        {"midgate/adapter", "midgate/adapter/chat/intent"},
	"midgate/adapter/chat/intent": {},
	"midgate/adapter/jobs": {"midgate/adapter", "midgate/adapter/jobs/active", "midgate/adapter/jobs/clients", "midgate/adapter/jobs/dedup", "midgate/adapter/jobs/ledger", "midgate/adapter/jobs/news",
		"midgate/adapter/jobs/queue", "midgate/adapter/jobs/reconcile", "midgate/adapter/jobs/record", "midgate/adapter/jobs/unit", "midgate/adapter/spend"},
	"midgate/adapter/jobs/active":       {"midgate/adapter", "midgate/adapter/jobs/record"},
	"midgate/adapter/jobs/clients":      {"midgate/adapter", "midgate/adapter/jobs/dedup"},
	"midgate/adapter/jobs/dedup":        {"midgate/adapter", "midgate/adapter/jobs/record"},
	"midgate/adapter/jobs/ledger":       {"midgate/adapter", "midgate/adapter/spend"},
	"midgate/adapter/jobs/queue":        {"midgate/adapter"},
	"midgate/adapter/jobs/news":         {"midgate/adapter", "midgate/adapter/jobs/active", "midgate/adapter/jobs/clients", "midgate/adapter/jobs/record", "midgate/adapter/jobs/unit"},
	"midgate/adapter/jobs/reconcile":    {"midgate/adapter", "midgate/adapter/jobs/active", "midgate/adapter/jobs/dedup", "midgate/adapter/jobs/record", "midgate/adapter/jobs/unit"},
	"midgate/adapter/jobs/record":       {"midgate/adapter"},
	"midgate/adapter/jobs/unit":         {"midgate/adapter", "midgate/adapter/jobs/ledger", "midgate/adapter/spend"},
	"midgate/adapter/library":           {"midgate/adapter"},
	"midgate/adapter/workflow":          {"midgate/adapter", "midgate/adapter/chat", "midgate/adapter/jobs", "midgate/adapter/library", "midgate/adapter/prompt", "midgate/adapter/spend", "midgate/adapter/workflow/download"},
	"midgate/adapter/workflow/download": {"midgate/adapter"},
	"midgate/adapter/native":            {"midgate/adapter", "midgate/adapter/jobs", "midgate/adapter/library", "midgate/adapter/prompt", "midgate/adapter/spend", "midgate/adapter/workflow"},
	"midgate/adapter/spend":             {"midgate/adapter"},
	"midgate/adapter/tracing":           {"midgate/adapter"},
	"midgate/adapter/adaptertest":       {"midgate/adapter"},
	"midgate/adapter/adaptertest/harness": {"midgate/adapter", "midgate/adapter/jobs", "midgate/adapter/memstore", "midgate/adapter/library", "midgate/adapter/workflow", "midgate/adapter/native",
		"midgate/adapter/adaptertest", "midgate/adapter/midjourney", "midgate/adapter/midjourney/simulator", "midgate/adapter/pictures", "midgate/adapter/spend"},
	"midgate/adapter/jsonstream":                   {},
	"midgate/adapter/midjourney":                   {"midgate/adapter", "midgate/adapter/jsonstream", "midgate/adapter/midjourney/buttons", "midgate/adapter/midjourney/outcomes", "midgate/adapter/midjourney/poll", "midgate/adapter/midjourney/wire", "midgate/adapter/publicnet"},
	"midgate/adapter/midjourney/buttons":           {"midgate/adapter", "midgate/adapter/midjourney/wire"},
	"midgate/adapter/midjourney/outcomes":          {"midgate/adapter", "midgate/adapter/midjourney/wire"},
	"midgate/adapter/midjourney/wire":              {},
	"midgate/adapter/midjourney/poll":              {"midgate/adapter"},
	"midgate/adapter/nearest":                      {},
	"midgate/adapter/publicnet":                    {},
	"midgate/adapter/midjourney/simulator":         {"midgate/adapter/midjourney/simulator/buttons", "midgate/adapter/midjourney/simulator/course", "midgate/adapter/midjourney/simulator/dialect", "midgate/adapter/midjourney/simulator/paint", "midgate/adapter/midjourney/simulator/prompts", "midgate/adapter/midjourney/simulator/reply", "midgate/adapter/midjourney/simulator/studio"},
	"midgate/adapter/midjourney/simulator/paint":   {},
	"midgate/adapter/midjourney/simulator/buttons": {"midgate/adapter/midjourney/simulator/prompts"},
	"midgate/adapter/midjourney/simulator/course":  {"midgate/adapter/midjourney/simulator/paint", "midgate/adapter/midjourney/simulator/prompts"},
	"midgate/adapter/midjourney/simulator/reply":   {},
	"midgate/adapter/midjourney/simulator/prompts": {},
	"midgate/adapter/midjourney/simulator/dialect": {"midgate/adapter/midjourney/simulator/buttons", "midgate/adapter/midjourney/simulator/course", "midgate/adapter/midjourney/simulator/prompts", "midgate/adapter/midjourney/simulator/reply"},
	"midgate/adapter/midjourney/simulator/studio":  {"midgate/adapter/midjourney/simulator/paint", "midgate/adapter/midjourney/simulator/prompts"},
	"midgate/adapter/sqlstore":                     {"midgate/adapter"},
	"midgate/adapter/sqlstore/pgtest":              {},
	"midgate/adapter/memstore":                     {"midgate/adapter"},
	"midgate/adapter/pictures":                     {"midgate/adapter", "midgate/adapter/pictures/format", "midgate/adapter/pictures/png", "midgate/adapter/pictures/fingerprint"},
	"midgate/adapter/pictures/format":              {"midgate/adapter", "midgate/adapter/pictures/avif", "midgate/adapter/pictures/png"},
	"midgate/adapter/pictures/avif":                {},
	"midgate/adapter/pictures/fingerprint":         {"midgate/adapter/pictures/png"},
	"midgate/adapter/pictures/png":                 {},
	"midgate/adapter/pictures/picturetest":         {},
}

// home says in which packages alone a library may be used. It covers everything whose path begins so.
var home = map[string][]string{
	"github.com/gin-gonic/":              {"midgate/proxy", "midgate/proxy/web", "midgate/proxy/images", "midgate/proxy/videos", "midgate/proxy/native", "midgate/proxy/mcp", "midgate/proxy/chat", "midgate/proxy/responses"},
	"github.com/modelcontextprotocol/":   {"midgate/proxy/mcp"},
	"github.com/patrickmn/go-cache":      {"midgate/adapter/memstore"},
	"database/sql":                       {"midgate/adapter/sqlstore"},
	"github.com/jackc/pgx":               {"midgate/adapter/sqlstore", "midgate/adapter/sqlstore/pgtest"},
	"github.com/pressly/goose":           {"midgate/adapter/sqlstore"},
	"modernc.org/sqlite":                 {"midgate/adapter/sqlstore"},
	"gocloud.dev/":                       {"midgate/adapter/pictures"},
	"github.com/prometheus/":             {"midgate/proxy/metrics"},
	"go.opentelemetry.io/":               {"midgate/adapter/tracing"},
	"github.com/go-logr/":                {"midgate/adapter/tracing"},
	"github.com/goccy/go-yaml":           {"midgate/config", "midgate/adapter/chat/intent"},
	"github.com/cloudwego/base64x":       {"midgate/adapter/jsonstream"},
	"github.com/sony/gobreaker/":         {"midgate/adapter/midjourney"},
	"github.com/sashabaranov/go-openai":  {"midgate/adapter", "midgate/adapter/chat", "midgate/proxy/chat", "midgate/proxy/responses"},
	"net/http":                           {"midgate/cmd/midgate", "midgate/proxy", "midgate/adapter/midjourney", "midgate/adapter/midjourney/outcomes", "midgate/adapter/midjourney/poll", "midgate/adapter/midjourney/simulator", "midgate/adapter/midjourney/simulator/reply", "midgate/adapter/publicnet", "midgate/adapter/adaptertest/harness", "midgate/proxy/body", "midgate/proxy/metrics", "midgate/proxy/web", "midgate/proxy/images", "midgate/proxy/videos", "midgate/proxy/native", "midgate/proxy/mcp", "midgate/proxy/responses"},
	"code.dny.dev/ssrf":                  {"midgate/adapter/publicnet"},
	"github.com/Eyevinn/mp4ff":           {"midgate/adapter/midjourney/simulator/paint"},
	"github.com/tetratelabs/wazero":      {"midgate/adapter/pictures/avif"},
	"github.com/corona10/goimagehash":    {"midgate/adapter/pictures/fingerprint"},
	"github.com/openai/openai-go":        {},
	"github.com/getkin/kin-openapi":      {},
	"github.com/johannesboyne/gofakes3":  {},
	"github.com/compose-spec/compose-go": {},
	"pgregory.net/rapid":                 {},
}

// breaches lists every import that crosses a wall, and every package of ours that no wall knows. imports has the
// direct imports of each package, tests aside.
func breaches(imports map[string][]string) (found []string) {
	for pkg, list := range imports {
		allowed, known := ours[pkg]
		if !known {
			found = append(found, pkg+" is behind no wall: say in walls_test.go what it may import")
			continue
		}
		for _, imp := range list {
			if strings.HasPrefix(imp, "midgate/") && !slices.Contains(allowed, imp) {
				found = append(found, pkg+" must not import "+imp)
			}
			for library, packages := range home {
				if within(imp, library) && !slices.Contains(packages, pkg) {
					found = append(found, pkg+" must not import "+imp)
				}
			}
		}
	}
	slices.Sort(found)
	return found
}

// within reports whether a path is a library's or one of its packages.
func within(path, library string) bool {
	return path == library || strings.HasPrefix(path, strings.TrimSuffix(library, "/")+"/")
}

func TestImportsStayWithinTheWalls(t *testing.T) {
	list := exec.Command("go", "list", "-json=ImportPath,Imports", "midgate/...")
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	imports := map[string][]string{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath string   `json:"ImportPath"`
			Imports    []string `json:"Imports"`
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		imports[p.ImportPath] = p.Imports
	}
	if len(imports) < 8 {
		t.Fatalf("go list knows %d packages of ours, too few", len(imports))
	}
	for _, b := range breaches(imports) {
		t.Error(b)
	}
}

func TestBreachesAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		imports map[string][]string
		want    []string
	}{
		"what is allowed": {map[string][]string{"midgate/proxy": {"midgate/adapter", "net/http", "github.com/gin-gonic/gin"}}, nil},
		"adapter points outwards": {
			map[string][]string{"midgate/adapter": {"context", "midgate/adapter/midjourney"}},
			[]string{"midgate/adapter must not import midgate/adapter/midjourney"},
		},
		"the simulator learns our structs": {
			map[string][]string{"midgate/adapter/midjourney/simulator": {"midgate/adapter"}},
			[]string{"midgate/adapter/midjourney/simulator must not import midgate/adapter"},
		},
		"gin in adapter":  {map[string][]string{"midgate/adapter": {"github.com/gin-gonic/gin"}}, []string{"midgate/adapter must not import github.com/gin-gonic/gin"}},
		"http in adapter": {map[string][]string{"midgate/adapter": {"net/http"}}, []string{"midgate/adapter must not import net/http"}},
		"SQL in proxy":    {map[string][]string{"midgate/proxy": {"database/sql"}}, []string{"midgate/proxy must not import database/sql"}},
		"a new package":   {map[string][]string{"midgate/util": nil}, []string{"midgate/util is behind no wall: say in walls_test.go what it may import"}},
		"a test's library in the program": {
			map[string][]string{"midgate/config": {"pgregory.net/rapid"}}, []string{"midgate/config must not import pgregory.net/rapid"},
		},
		"another library with a longer name": {map[string][]string{"midgate/adapter": {"net/httpx"}}, nil},
	} {
		if got := breaches(c.imports); !slices.Equal(got, c.want) {
			t.Errorf("%s: breaches = %q, want %q", name, got, c.want)
		}
	}
}
