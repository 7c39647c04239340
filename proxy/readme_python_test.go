package proxy

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// What the README's lines of Python may consist of, in this order. Each name is one of OpenAI's library; a line that fits
// none of these is not understood here, and nobody would know whether it works.
var pythonLines = []*regexp.Regexp{
	regexp.MustCompile(`^from openai import OpenAI$`),
	regexp.MustCompile(`^(?P<client>[a-z_]+) = OpenAI\((?P<settings>.+)\)$`),
	regexp.MustCompile(`^(?P<result>[a-z_]+) = (?P<caller>[a-z_]+)\.images\.generate\((?P<request>.+)\)$`),
	regexp.MustCompile(`^for (?P<each>[a-z_]+) in (?P<list>[a-z_]+)\.data:$`),
	regexp.MustCompile(`^    print\((?P<shown>[a-z_]+)\.url\)$`),
}

// The parameters that the library's constructor and images.generate take by name, of those that midgate's clients need.
var (
	pythonSettings = []string{"api_key", "base_url", "max_retries", "timeout"}
	pythonRequest  = []string{"background", "extra_body", "model", "moderation", "n", "output_compression", "output_format", "partial_images", "prompt", "quality",
		"response_format", "size", "stream", "style", "user"}
)

// readPython reads a program of those lines: what is told to the client, and what is asked of it.
func readPython(code string) (settings, request map[string]any, err error) {
	var lines []string
	for line := range strings.SplitSeq(code, "\n") {
		if line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) != len(pythonLines) {
		return nil, nil, fmt.Errorf("it has %d lines, want %d", len(lines), len(pythonLines))
	}
	names := map[string]string{}
	for i, form := range pythonLines {
		found := form.FindStringSubmatch(lines[i])
		if found == nil {
			return nil, nil, fmt.Errorf("the line %q is not as %s", lines[i], form)
		}
		for j, name := range form.SubexpNames() {
			names[name] = found[j]
		}
	}
	if names["caller"] != names["client"] || names["list"] != names["result"] || names["shown"] != names["each"] {
		return nil, nil, errors.New("it uses a name that it has not given")
	}
	if settings, err = pythonArguments(names["settings"], pythonSettings); err == nil {
		request, err = pythonArguments(names["request"], pythonRequest)
	}
	return settings, request, err
}

// pythonArguments reads arguments by name, texts and whole numbers.
func pythonArguments(text string, known []string) (map[string]any, error) {
	given := map[string]any{}
	form := regexp.MustCompile(`^([a-z_]+)=(?:"([^"\\]*)"|([0-9]+))(?:, |$)`)
	for text != "" {
		found := form.FindStringSubmatch(text)
		if found == nil || !slices.Contains(known, found[1]) || given[found[1]] != nil {
			return nil, fmt.Errorf("the arguments %q do not begin with one of %v that is not given yet", text, known)
		}
		given[found[1]] = found[2]
		if found[3] != "" {
			n, err := strconv.Atoi(found[3])
			if err != nil {
				return nil, err
			}
			given[found[1]] = n
		}
		text = text[len(found[0]):]
	}
	return given, nil
}

// TestTheReadmesPythonWorks: Python is not there wherever tests run, so its lines are read here, strictly, and what its library
// would send for them is sent.
func TestTheReadmesPythonWorks(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```python\n")
	code, rest, found := strings.Cut(rest, "```")
	if !found || strings.Contains(rest, "```python") {
		t.Fatal("the README has not one block of Python")
	}
	settings, request, err := readPython(code)
	if err != nil {
		t.Fatalf("%v:\n%s", err, code)
	}
	if settings["base_url"] != "http://127.0.0.1:8080/v1" || settings["api_key"] != "your-key" || len(settings) != 2 {
		t.Errorf("its client is told %v", settings)
	}
	h := newHouse(t, simulator.Config{Pace: unhurried / 10})
	got := pythonSDK{}.do(t, order{Op: "generate", Base: strings.Replace(settings["base_url"].(string), "http://127.0.0.1:8080", h.base, 1), Key: "sk-alice", Body: request})
	n, _ := request["n"].(int)
	for _, p := range got.pictures(t, n) {
		if p.URL == nil || p.B64 {
			t.Errorf("it would print nothing for %+v", p)
		}
	}
	var sent struct{ Prompt string }
	ledger := h.sim.Requests().Submissions
	if len(ledger) != 1 || json.Unmarshal(ledger[0].Body, &sent) != nil || !strings.Contains(sent.Prompt, request["prompt"].(string)) {
		t.Errorf("the upstream was sent %s, want one job that draws %q", ledger, request["prompt"])
	}

	for name, wrong := range map[string][2]string{
		"another package":      {"from openai", "from open_ai"},
		"another call":         {"images.generate(", "image.generate("},
		"a misspelt parameter": {"response_format=", "responseformat="},
		"a bracket too few":    {`"url")`, `"url"`},
		"a comma too few":      {`", prompt`, `" prompt`},
		"another name":         {"in result.data", "in results.data"},
		"no indentation":       {"    print", "print"},
	} {
		if mangled := strings.Replace(code, wrong[0], wrong[1], 1); mangled == code {
			t.Errorf("%s: there is no %q", name, wrong[0])
		} else if _, _, err := readPython(mangled); err == nil {
			t.Errorf("%s: nobody sees it", name)
		}
	}
}
