package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"midgate/config"
)

// documents are the README and the pages of help, by their paths in the repository.
func documents(t *testing.T) map[string]string {
	t.Helper()
	docs := map[string]string{"README.md": root(t, "README.md")}
	for _, tt := range topics {
		name := "cmd/midgate/help/" + tt.page + ".md"
		docs[name] = root(t, name)
	}
	return docs
}

// blocks are a document's code blocks of a language.
func blocks(document, language string) (found []string) {
	for _, b := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(document, -1) {
		found = append(found, b[1])
	}
	return found
}

// block is the only one with some text in it.
func block(t *testing.T, document, language, text string) string {
	t.Helper()
	found := slices.DeleteFunc(blocks(document, language), func(b string) bool { return !strings.Contains(b, text) })
	if len(found) != 1 {
		t.Fatalf("%d blocks of %s have %q, want one", len(found), language, text)
	}
	return found[0]
}

// exports is what a block of sh exports, as an environment.
func exports(b string) []string {
	return regexp.MustCompile(`(?m)([A-Z_0-9]+)=(\S+)`).FindAllString(b, -1)
}

func TestReadme_IsReadInFiveMinutes(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(root(t, "README.md")), "\n")
	if len(lines) > 350 {
		t.Errorf("the README has %d lines, want 350 at most", len(lines))
	}
	for i, line := range lines {
		if n := utf8.RuneCountInString(line); n > 165 && !strings.HasPrefix(line, "|") {
			t.Errorf("line %d has %d characters", i+1, n)
		}
	}
}

// Every page of help is a topic, and the README leads to each.
func TestReadme_LeadsToEveryTopic(t *testing.T) {
	files, err := pages.ReadDir("help")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(topics) {
		t.Errorf("%d pages for %d topics", len(files), len(topics))
	}
	for _, tt := range topics {
		out, _, status := runHere(t, nil, "help", tt.name)
		if status != 0 || strings.Count(out, "\n") < 20 || !strings.HasPrefix(out, "# ") || strings.Contains(out, "|---") || strings.Contains(out, "](") {
			t.Errorf("help %s = %d, %.200q; want a page for a terminal", tt.name, status, out)
		}
		if !strings.Contains(root(t, "README.md"), "[`midgate help "+tt.name+"`](cmd/midgate/help/"+tt.page+".md)") {
			t.Errorf("the README does not lead to %s", tt.name)
		}
	}
}

// A link within the repository leads to a file, and to a heading of it.
func TestReadme_LinksLeadSomewhere(t *testing.T) {
	for name, text := range documents(t) {
		for _, l := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(text, -1) {
			if strings.Contains(l[1], "://") {
				continue
			}
			path, anchor, _ := strings.Cut(l[1], "#")
			target := name
			if path != "" {
				target = filepath.ToSlash(filepath.Join(filepath.Dir(name), path))
			}
			if _, err := os.Stat(filepath.Join("..", "..", target)); err != nil {
				t.Errorf("%s leads to %s, which is not there", name, l[1])
			} else if anchor != "" && !slices.Contains(anchors(root(t, target)), anchor) {
				t.Errorf("%s leads to %s, which is no heading of it", name, l[1])
			}
		}
	}
}

// anchors are the names by which GitHub knows a page's headings.
func anchors(page string) (names []string) {
	for _, h := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(page, -1) {
		name := regexp.MustCompile(`[^a-z0-9_ -]`).ReplaceAllString(strings.ToLower(h[1]), "")
		names = append(names, strings.ReplaceAll(name, " ", "-"))
	}
	return names
}

// LibreChat is told the same as in the composition that a test starts, but for the key; the trial is a composition of ours.
func TestReadme_ConnectsLibreChat(t *testing.T) {
	readme := root(t, "README.md")
	var readmes, composes any
	if err := yaml.Unmarshal([]byte(block(t, readme, "yaml", "endpoints:")), &readmes); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal([]byte(composed(t, "librechat").Configs["librechat"].Content), &composes); err != nil {
		t.Fatal(err)
	}
	endpoints := composes.(map[string]any)["endpoints"]
	if got, want := asJSON(t, readmes.(map[string]any)["endpoints"]), asJSON(t, endpoints); got != want {
		t.Errorf("the README's endpoints are %s, want compose.yaml's %s", got, want)
	}
	told := environ(t, composed(t, "librechat"), "librechat")
	for _, set := range exports(block(t, readme, "sh", "IMAGE_GEN_OAI_MODEL=")) {
		if !slices.Contains(told, strings.ReplaceAll(set, "your-key", "word")) {
			t.Errorf("the README tells LibreChat %s, compose.yaml does not", set)
		}
	}
	trial := block(t, readme, "sh", "--profile librechat")
	for _, profile := range []string{"--profile librechat", "--profile simulator"} {
		if !strings.Contains(trial, profile) {
			t.Errorf("the trial lacks %s", profile)
		}
	}
	set := exports(trial)
	if cfg, err := config.Load(config.Source{Environ: slices.DeleteFunc(slices.Clone(set), func(s string) bool { return !strings.HasPrefix(s, "MIDGATE_") })}); err != nil {
		t.Errorf("midgate refuses the trial's settings: %v", err)
	} else if service, err := composed(t, "simulator").GetService("simulator"); err != nil || cfg.Midjourney.Upstreams[0].URL != "http://simulator"+service.Command[2] {
		t.Errorf("the trial asks %s, which is not the simulator", cfg.Midjourney.Upstreams[0].URL)
	}
	if !slices.Contains(set, "MIDGATE_API_KEYS=chat:a-long-random-word") || !slices.Contains(set, "CHAT_KEY=a-long-random-word") {
		t.Errorf("the trial's keys do not fit: %v", set)
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// What Open WebUI is told is what compose.yaml tells it.
func TestReadme_ConnectsOpenWebUI(t *testing.T) {
	told := environ(t, composed(t, "openwebui"), "openwebui")
	for _, set := range exports(block(t, root(t, "cmd/midgate/help/connecting.md"), "sh", "IMAGE_SIZE=")) {
		if !slices.Contains(told, strings.ReplaceAll(set, "your-key", "word")) {
			t.Errorf("the page tells Open WebUI %s, compose.yaml does not", set)
		}
	}
}

// Files for agents can be read as what they are, and start commands that are ours.
func TestReadme_AgentsFilesAreJSON(t *testing.T) {
	seen := 0
	for name, text := range documents(t) {
		for _, b := range blocks(text, "json") {
			seen++
			var file struct {
				Servers map[string]struct {
					URL, Command string
					Args         []string
				} `json:"mcpServers"`
			}
			if err := json.Unmarshal([]byte(b), &file); err != nil {
				t.Errorf("%s: %v in %s", name, err, b)
			}
			server := file.Servers["midgate"]
			switch {
			case server.Command == "midgate":
				if out, _, status := runHere(t, nil, append(server.Args, "-h")...); status != 0 {
					t.Errorf("%s starts midgate %v, which says %s", name, server.Args, out)
				}
			case server.URL != "http://HOST:8080/mcp":
				t.Errorf("%s leads an agent to %q", name, server.URL)
			}
		}
	}
	if seen < 3 {
		t.Errorf("%d files for agents, want the README's and two of help", seen)
	}
}

// Replicas take the settings that the README gives them.
func TestReadme_SettingsOfReplicas(t *testing.T) {
	cfg, err := config.Load(config.Source{NoUpstream: true, Environ: exports(block(t, root(t, "README.md"), "sh", "MIDGATE_SECRET="))})
	if err != nil || cfg.State.URL == "" || cfg.Pictures.URL != "file:///srv/pictures" {
		t.Errorf("the settings are read as %q, %q, %v", cfg.State.URL, cfg.Pictures.URL, err)
	}
}
