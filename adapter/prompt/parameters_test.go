package prompt

import (
	"strings"
	"testing"
)

func TestEveryParameterIsDescribedWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, rule := range paramRules {
		for _, name := range append([]string{rule.name}, rule.also...) {
			if seen[name] || name != strings.ToLower(name) || !startsWithLetter(name) {
				t.Errorf("paramRules has %q, want lower-case names, each once", name)
			}
			seen[name] = true
			if got, ok := lookupParam(strings.ToUpper(name)); !ok || got.name != rule.name {
				t.Errorf("lookupParam(%q) = %+v, %v, want --%s", strings.ToUpper(name), got, ok, rule.name)
			}
		}
		if rule.refused != "" {
			continue
		}
		if (rule.takes == takesNothing) != (rule.form(Version{}) == nil) {
			t.Errorf("--%s takes a value and has no form, or the other way round", rule.name)
		}
		if rule.takes == takesLinks {
			if _, ok := rule.forms[0].valueSyntax.(linksForm); !ok {
				t.Errorf("--%s takes addresses, but its form is %T", rule.name, rule.forms[0].valueSyntax)
			}
		}
		if !rule.in.include(Version{}) {
			t.Errorf("--%s is in no unknown release, want it passed on there", rule.name)
		}
	}
	for _, pair := range excluded {
		for _, what := range pair {
			name, _, _ := strings.Cut(what, " ")
			if rule, ok := lookupParam(name); !ok || rule.name != name {
				t.Errorf("excluded has %q, want a parameter's short name", what)
			}
		}
	}
}

// Whatever a release's form takes, the first form takes too: it is the one that decides before the release is known.
func TestTheFirstFormIsTheWidest(t *testing.T) {
	values := []string{"0", ".25", "0.5", "1", "1.5", "2", "2.5", "3", "4", "1:1", "2:1", "14:1", "1:14", "low", "raw"}
	for _, rule := range paramRules {
		for _, f := range rule.forms {
			for _, value := range values {
				_, here := f.read(value)
				if _, first := rule.forms[0].read(value); here && !first {
					t.Errorf("--%s %s is read by a later form only", rule.name, value)
				}
			}
		}
	}
}

func TestSpansSayWhichVersionsTheyAre(t *testing.T) {
	for want, s := range map[string]spans{
		"version 7":                                  only(span{7, 7}, noRelease),
		"version 6 to 6.1 and niji 6":                only(span{6, 6.1}, span{6, 6}),
		"version 8.1 and later":                      since(8.1, -1),
		"version 5.1 and later and niji 5 and later": since(5.1, 5),
	} {
		if got := s.String(); got != want {
			t.Errorf("spans%v = %q, want %q", s, got, want)
		}
	}
}
