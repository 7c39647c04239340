package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The table that says where things are names files that are there.
func TestReadme_NamesFilesThatExist(t *testing.T) {
	root := filepath.Join("..", "..")
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(readme), "| you look for | open |")
	if !found {
		t.Fatal("the README says nowhere where things are")
	}
	table, _, _ = strings.Cut(table, "\n\n")
	if rows := strings.Count(table, "\n|") - 1; rows < 25 {
		t.Errorf("the table has %d rows, want at least 25", rows)
	}
	for _, name := range regexp.MustCompile("`([a-z0-9_/]+/[a-z0-9_]+\\.go)`").FindAllStringSubmatch(table, -1) {
		if _, err := os.Stat(filepath.Join(root, name[1])); err != nil {
			t.Errorf("%s is named and not there", name[1])
		}
	}
}
