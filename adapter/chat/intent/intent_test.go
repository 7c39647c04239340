package intent

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// situations are what the examples say things in: what was shown, and how many pictures came along.
var situations = map[string]Turn{
	"first":             {Shown: Nothing},
	"after a grid":      {Shown: Grid, Choices: 4},
	"after a picture":   {Shown: Single, Choices: 4},
	"after an upload":   {Shown: Single, Choices: 1},
	"after a video":     {Shown: Video, Choices: 4},
	"with a picture":    {Shown: Nothing, Attached: 1},
	"with two pictures": {Shown: Nothing, Attached: 2},
}

// told is a decision as the examples write it: "press vary 2", "talk thanks", "edit".
func told(d Decision) string {
	parts := []string{string(d.Kind)}
	switch d.Kind {
	case Talk, Ask:
		parts = append(parts, string(d.Topic))
	case Press:
		parts = append(parts, d.Button)
	}
	if d.Ratio != "" {
		parts = append(parts, d.Ratio)
	}
	if d.Zoom != 0 {
		parts = append(parts, fmt.Sprintf("%gx", d.Zoom))
	}
	if d.Index != 0 {
		parts = append(parts, fmt.Sprint(d.Index))
	}
	if d.Extra != "" {
		parts = append(parts, "+ "+d.Extra)
	}
	return strings.Join(parts, " ")
}

func codes() []string {
	var all []string
	for code := range languages() {
		all = append(all, code)
	}
	slices.Sort(all)
	return all
}

// The table of each language: what is said in a situation, and what it comes to.
func TestDecide_Examples(t *testing.T) {
	for _, code := range codes() {
		t.Run(code, func(t *testing.T) {
			n := 0
			for situation, wanted := range examples(t, code) {
				turn, ok := situations[situation]
				if !ok {
					t.Fatalf("there is no situation %q", situation)
				}
				for want, says := range wanted {
					for _, words := range says {
						n++
						turn.Words = words
						d := Decide(turn)
						if got := told(d); got != want {
							t.Errorf("%s: %q = %q, want %q", situation, words, got, want)
						}
						if (d.Kind == Talk || d.Kind == Ask) && d.Language != code && len([]rune(words)) > 12 {
							t.Errorf("%s: %q is answered in %q, want %q", situation, words, d.Language, code)
						}
					}
				}
			}
			if n < 30 {
				t.Errorf("%d examples, want at least 30", n)
			}
		})
	}
}

// examples are a language's tables: testdata/examples/xx.yaml and xx.*.yaml.
func examples(t *testing.T, code string) iter.Seq2[string, map[string][]string] {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "examples", code+".*"))
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(string, map[string][]string) bool) {
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var table map[string]map[string][]string
			if err := yaml.UnmarshalWithOptions(data, &table, yaml.Strict()); err != nil {
				t.Fatal(file, err)
			}
			for situation, wanted := range table {
				if !yield(situation, wanted) {
					return
				}
			}
		}
	}
}

// No description of a picture is taken for anything else, whether it begins a conversation or follows a picture.
func TestDecide_DescriptionsDraw(t *testing.T) {
	total := 0
	for _, code := range codes() {
		data, err := os.ReadFile(filepath.Join("testdata", "prompts", code+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range strings.Lines(string(data)) {
			line = strings.TrimSpace(line)
			if line == "" {
				continue
			}
			n++
			for _, situation := range []string{"first", "after a grid", "after a picture", "after a video"} {
				for _, hint := range []string{"", code} {
					turn := situations[situation]
					turn.Words, turn.Language = line, hint
					if got := told(Decide(turn)); got != "draw" {
						t.Errorf("%s, %s: %q = %q, want draw", code, situation, line, got)
					}
				}
			}
		}
		if n < 30 {
			t.Errorf("%s: %d prompts, want at least 30", code, n)
		}
		total += n
	}
	if total < 300 {
		t.Errorf("%d prompts, want at least 300", total)
	}
}

func TestLanguages_HaveEveryLine(t *testing.T) {
	if len(languages()) != 10 {
		t.Errorf("%d languages, want 10", len(languages()))
	}
	topics := append(slices.Clone(talkOrder), Elsewhere, Which, OneThing, NoPicture, NoSuchPicture, WhatWithIt, NothingToUndo, Undone, Used, Prompted)
	for code := range languages() {
		for _, topic := range topics {
			if line := Line(code, topic, Fill{Words: "a `red` fox", N: 3, Count: 4}); line == "" || strings.ContainsAny(line, "{}") {
				t.Errorf("%s has no good line for %s: %q", code, topic, line)
			}
		}
		asked := Line(code, Unclear, Fill{Words: "a `red` fox"})
		if !strings.Contains(asked, "`/imagine a 'red' fox`") || !strings.Contains(asked, "`/edit a 'red' fox`") {
			t.Errorf("%s: %q does not offer both commands", code, asked)
		}
	}
}

// What is longer than a prompt may be is read no further: it is drawn, and refused there for its length.
func TestDecide_ReadsNoBooks(t *testing.T) {
	book := strings.Repeat("a, ", 1_000_000)
	if d := Decide(Turn{Words: "2, " + book, Shown: Grid, Choices: 4}); d.Kind != Draw || d.Language != "en" {
		t.Errorf("a book is %+v", d)
	}
	if d := Decide(Turn{Words: strings.Repeat("画", 100_000), Shown: Grid, Choices: 4, Attached: 1}); d.Kind != Edit {
		t.Errorf("a book with a picture is %+v", d)
	}
}

func FuzzDecide(f *testing.F) {
	for _, words := range []string{"", "2", "U2 but with snow", "第二张", "이 그림을 더 밝게 해줘", "16:9", "1,5 ×", "?", "\xff", "2.", "1:", "👍🏽", "a,1.b", "0000\ua9bc", "A0X0!0"} {
		f.Add(words, 1, 0)
	}
	shown := []Shown{Nothing, Grid, Single, Video}
	f.Fuzz(func(t *testing.T, words string, after, attached int) {
		turn := Turn{Words: words, Shown: shown[uint(after)%4], Choices: 4, Attached: int(uint(attached) % 3)}
		d := Decide(turn)
		if d.Language == "" || languages()[d.Language] == nil {
			t.Errorf("Decide(%q) has no language", words)
		}
		if d.Kind == Pick && (d.Index < 1 || d.Index > 4) {
			t.Errorf("Decide(%q) picks %d", words, d.Index)
		}
		if free := d.Kind == Talk || d.Kind == Ask || d.Kind == Refuse; free && Line(d.Language, d.Topic, Fill{Words: words, N: d.Index, Count: 4}) == "" {
			t.Errorf("Decide(%q) has nothing to say about %q", words, d.Topic)
		}
	})
}
