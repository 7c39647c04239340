package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// guard is one rule of depguard, the linter that shows a breach of a wall in the editor.
type guard struct {
	Files []string `yaml:"files"`
	Allow []string `yaml:"allow"` // what of the denied is allowed nevertheless: the longer beginning wins
	Deny  []struct {
		Pkg  string `yaml:"pkg"`
		Desc string `yaml:"desc"`
	} `yaml:"deny"`
}

func guards(t *testing.T) map[string]guard {
	t.Helper()
	var lint struct {
		Linters struct {
			Settings struct {
				Depguard struct {
					Rules map[string]guard `yaml:"rules"`
				} `yaml:"depguard"`
			} `yaml:"settings"`
		} `yaml:"linters"`
	}
	if err := yaml.Unmarshal([]byte(root(t, ".golangci.yml")), &lint); err != nil {
		t.Fatal(err)
	}
	return lint.Linters.Settings.Depguard.Rules
}

// covers reports whether a rule looks at a file: it matches a pattern, if there are any, and none that begins with "!".
func (g guard) covers(file string) bool {
	wanted, listed := false, false
	for _, pattern := range g.Files {
		plain, without := strings.CutPrefix(pattern, "!")
		switch match := matches(plain, file); {
		case without && match:
			return false
		case !without:
			listed, wanted = true, wanted || match
		}
	}
	return wanted || !listed
}

// matches understands the patterns of depguard: ** crosses folders, * does not, $test is a test's file.
func matches(pattern, file string) bool {
	if pattern == "$test" {
		return strings.HasSuffix(file, "_test.go")
	}
	expr := strings.NewReplacer(`\*\*`, `.*`, `\*`, `[^/]*`).Replace(regexp.QuoteMeta(pattern))
	return regexp.MustCompile("^" + expr + "$").MatchString(file)
}

// denied reports whether the linter refuses an import in a package.
func denied(rules map[string]guard, pkg, imp string) bool {
	file := "/src/" + pkg + "/x.go"
	for _, g := range rules {
		if g.refuses(imp) && g.covers(file) {
			return true
		}
	}
	return false
}

func (g guard) refuses(imp string) bool {
	allowed, refused := 0, 0
	for _, a := range g.Allow {
		if begins(imp, a) {
			allowed = max(allowed, len(a))
		}
	}
	for _, d := range g.Deny {
		if begins(imp, d.Pkg) {
			refused = max(refused, len(d.Pkg))
		}
	}
	return refused > allowed
}

// begins understands the paths of depguard: a beginning, or the whole if it ends with $.
func begins(imp, path string) bool {
	whole, ends := strings.CutSuffix(path, "$")
	return imp == whole || !ends && strings.HasPrefix(imp, path)
}

func TestTheLinterHoldsTheSameWalls(t *testing.T) {
	rules := guards(t)
	for name, g := range rules {
		for _, d := range g.Deny {
			if d.Desc == "" {
				t.Errorf("rule %s denies %s without a reason", name, d.Pkg)
			}
		}
	}
	for pkg, allowed := range ours {
		for imp := range ours {
			if imp == pkg || imp == "midgate/cmd/midgate" { // nobody can import a program
				continue
			}
			if got, want := denied(rules, pkg, imp), !slices.Contains(allowed, imp); got != want {
				t.Errorf("the linter denies %s in %s: %v, want %v", imp, pkg, got, want)
			}
		}
		for library, packages := range home {
			if got, want := denied(rules, pkg, library), !slices.Contains(packages, pkg); got != want {
				t.Errorf("the linter denies %s in %s: %v, want %v", library, pkg, got, want)
			}
		}
	}
}
