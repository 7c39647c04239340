package playground

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEveryTextIsInEveryLanguage looks for the texts that the page's code says, in the files of the other languages.
func TestEveryTextIsInEveryLanguage(t *testing.T) {
	said := regexp.MustCompile(`\btr\('([^']+)'`)
	all := map[string]string{}
	for _, lang := range []string{"de", "zh"} {
		text, err := os.ReadFile("web/src/texts/" + lang + ".ts")
		if err != nil {
			t.Fatal(err)
		}
		all[lang] = string(text)
	}
	found := 0
	err := filepath.WalkDir("web/src", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		code, err := os.ReadFile(path)
		for _, m := range said.FindAllStringSubmatch(string(code), -1) {
			found++
			for lang, texts := range all {
				if !strings.Contains(texts, "'"+m[1]+"': '") {
					t.Errorf("%s says %q, which web/src/texts/%s.ts has not", path, m[1], lang)
				}
			}
		}
		return err
	})
	if err != nil || found < 150 {
		t.Errorf("%d texts were found, %v; want more than 150", found, err)
	}
}

// TestNoTextIsWrittenPastTheLanguages looks for words in the page's elements and attributes that no language could replace.
func TestNoTextIsWrittenPastTheLanguages(t *testing.T) {
	raw := []*regexp.Regexp{
		regexp.MustCompile(`(?:aria-label|title|alt|placeholder)="[^"]*[A-Za-z]{3}[^"]*"`),
		regexp.MustCompile(`[\w"'}/]>[^<>{}=;()\n]*[A-Za-z]{3}[^<>{}=;()\n]*[<{]`),
		regexp.MustCompile(`(?m)^ +[A-Z][a-z]+( [a-z’,]+)+[.…?]?$`),
		regexp.MustCompile("(?:aria-label|title|alt|placeholder)=\\{`[A-Z][a-z]{2}"),
	}
	names := regexp.MustCompile(`^\W*(?:aria-label=)?\W*midgate\W*$`)
	err := filepath.WalkDir("web/src", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".tsx" {
			return err
		}
		code, err := os.ReadFile(path)
		for _, r := range raw {
			for _, text := range r.FindAllString(string(code), -1) {
				if !names.MatchString(text[strings.LastIndex(text[:len(text)-2], ">")+1:]) {
					t.Errorf("%s says %q in every language", path, text)
				}
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
