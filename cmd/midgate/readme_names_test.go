package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"midgate/config"
)

// named are the different words of a page that a pattern's group finds; those of an end that is not meant are left out.
func named(text, pattern string, but ...string) []string {
	found := map[string]bool{}
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		if !slices.Contains(but, m[1]) {
			found[m[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// Settings, routes and models that the README or a topic names are those that midgate has.
func TestReadme_NamesWhatMidgateHas(t *testing.T) {
	settings := []string{"MIDGATE_CONFIG", "MIDGATE_KEY"} // a file of settings, and the key of `midgate mcp`
	for _, s := range config.Settings {
		settings = append(settings, s.Name)
		if s.Secret {
			settings = append(settings, s.Name+"_FILE")
		}
	}
	url := here(t, nil)
	serves := func(method, path string) bool {
		req, err := http.NewRequestWithContext(t.Context(), method, url+path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		var problem struct{ Error struct{ Code string } }
		_ = json.NewDecoder(resp.Body).Decode(&problem) // an answer that is no JSON has no code
		return problem.Error.Code != "unknown_url" && resp.StatusCode != http.StatusMethodNotAllowed
	}
	if serves("PUT", "/v1/images/x") || serves("GET", "/v1/zanzibar") || serves("POST", "/zanzibar") {
		t.Fatal("what is not there seems to be there: this test sees nothing")
	}
	var seen struct{ settings, routes, models int }
	for page, text := range documents(t) {
		for _, name := range named(text, `\b(MIDGATE_[A-Z_]*[A-Z])\b`) {
			seen.settings++
			if !slices.Contains(settings, name) {
				t.Errorf("%s names %s, which is no setting", page, name)
			}
		}
		for _, route := range named(text, "`((?:(?:GET|POST|PATCH|PUT|DELETE) )?/(?:v1/|mcp|healthz|readyz|metrics)[^`…]*)`") {
			seen.routes++
			method, path, told := strings.Cut(route, " ")
			if !told {
				path = route
			}
			path = strings.ReplaceAll(path, "{id}", "x")
			if told && !serves(method, path) || !told && !serves("GET", path) && !serves("POST", path) {
				t.Errorf("%s names `%s`, which is not served", page, route)
			}
		}
		for _, model := range named(text, `\b((?:midjourney|niji|dall-e|gpt-image|chatgpt-image|sora)-[a-z0-9.-]*[a-z0-9])\b`, "midjourney-proxy") {
			seen.models++
			var problem struct{ Error struct{ Code, Param string } }
			if a := ask(t, url+"/v1/images/generations", "", `{"prompt": "", "model": "`+model+`"}`); json.Unmarshal(a.body, &problem) != nil || problem.Error.Param != "prompt" {
				t.Errorf("%s names %s, which is no model: %+v", page, model, problem)
			}
		}
	}
	if seen.settings < 60 || seen.routes < 30 || seen.models < 5 {
		t.Errorf("only %+v are named", seen)
	}
}

// What the topic tells agents is what they are offered: tools, and nothing beside them; switches in the address; the prompt
// and the pictures' addresses.
func TestReadme_TellsAgentsWhatTheyAreOffered(t *testing.T) {
	page, url := root(t, "cmd/midgate/help/agents.md"), here(t, nil)
	session := newDesk(t, nil, "--url", url).session
	list, err := session.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var offered []string
	for _, tool := range list.Tools {
		offered = append(offered, tool.Name)
	}
	slices.Sort(offered)
	said := regexp.MustCompile(`(?s)There are ten tools: (.*?)\. `).FindStringSubmatch(page)
	if said == nil || len(offered) != 10 || !strings.Contains(root(t, "README.md"), "midgate serves ten tools") {
		t.Fatalf("the page and the README speak of ten tools (%q), there are %d", said, len(offered))
	}
	if told := named(said[1], "`([a-z_]+)`"); !slices.Equal(told, offered) {
		t.Errorf("the page tells of %v, there are %v", told, offered)
	}
	const ping = `{"jsonrpc": "2.0", "id": 1, "method": "ping"}`
	switches := append(named(page, `\?([a-z]+=[a-z0-9_,]+)`), "images=large")
	if len(switches) < 5 {
		t.Errorf("the page tells of the switches %v", switches)
	}
	for _, s := range switches {
		name, _, _ := strings.Cut(s, "=")
		if good, bad := ask(t, url+"/mcp?"+s, "", ping).status, ask(t, url+"/mcp?"+name+"=zanzibar", "", ping).status; good != http.StatusOK || bad != http.StatusBadRequest {
			t.Errorf("?%s is answered with %d, a wrong one with %d", s, good, bad)
		}
	}
	prompts, err := session.ListPrompts(t.Context(), nil)
	if err != nil || len(prompts.Prompts) != 1 || !strings.Contains(page, "prompt `"+prompts.Prompts[0].Name+"`") {
		t.Errorf("the page does not tell of the prompts %+v (%v)", prompts, err)
	}
	templates, err := session.ListResourceTemplates(t.Context(), nil)
	if err != nil || len(templates.ResourceTemplates) == 0 {
		t.Fatalf("%+v, %v", templates, err)
	}
	for _, address := range named(page, "`([a-z]+://[a-z]+/)img_…`") {
		if !strings.HasPrefix(templates.ResourceTemplates[0].URITemplate, address) {
			t.Errorf("the page tells of %s, there is %s", address, templates.ResourceTemplates[0].URITemplate)
		}
	}
}
