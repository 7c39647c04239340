package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The tables that say where things are, of the README and of `midgate help code`, name files that are there.
func TestReadme_NamesFilesThatExist(t *testing.T) {
	for page, atLeast := range map[string]int{"README.md": 25, "cmd/midgate/help/code.md": 25} {
		_, table, found := strings.Cut(root(t, page), "| you look for | open |")
		if !found {
			t.Fatalf("%s says nowhere where things are", page)
		}
		table, _, _ = strings.Cut(table, "\n\n")
		if rows := strings.Count(table, "\n|") - 1; rows < atLeast {
			t.Errorf("the table of %s has %d rows, want at least %d", page, rows, atLeast)
		}
		for _, name := range regexp.MustCompile("`([a-zA-Z0-9_/]+/[a-zA-Z0-9_]+\\.[a-z]+)`").FindAllStringSubmatch(table, -1) {
			if _, err := os.Stat(filepath.Join("..", "..", name[1])); err != nil {
				t.Errorf("%s is named and not there", name[1])
			}
		}
	}
}

// Every package has a line in the list of folders.
func TestReadme_HelpListsEveryPackage(t *testing.T) {
	for pkg := range ours {
		if folder := strings.TrimPrefix(pkg, "midgate/"); !strings.Contains(root(t, "cmd/midgate/help/code.md"), "\n"+folder+"/ ") {
			t.Errorf("help code does not list %s", folder)
		}
	}
}
