package spend_test

import (
	"testing"

	"midgate/adapter"
	"midgate/adapter/spend"
)

func TestTerms_CheckModelAndSpeed(t *testing.T) {
	terms := &spend.Terms{
		Policies:  map[string]spend.Policy{"alice": {Models: []string{"midjourney*"}, Speed: "fast"}},
		Canonical: func(string) string { return "midjourney" },
	}
	alice := adapter.Caller{Name: "alice"}
	for name, c := range map[string]struct {
		caller adapter.Caller
		model  string
		speed  adapter.Speed
		code   string
	}{
		"an alias":                {alice, "dall-e-3", adapter.Relax, ""},
		"no model":                {alice, "", adapter.Fast, ""},
		"too dear":                {alice, "midjourney", adapter.Turbo, "speed_not_allowed"},
		"a key that has no terms": {adapter.Caller{Name: "bob"}, "niji-7", adapter.Turbo, ""},
	} {
		e, _ := terms.Check(c.caller, c.model, c.speed).(*adapter.Error)
		if (e == nil) != (c.code == "") || e != nil && e.Code != c.code {
			t.Errorf("%s: %v, want %q", name, e, c.code)
		}
	}
	terms.Canonical = func(model string) string { return model }
	if e, _ := terms.Check(alice, "niji-7", adapter.Relax).(*adapter.Error); e == nil || e.Kind != adapter.Forbidden || e.Code != "model_not_allowed" {
		t.Errorf("another model: %v, want 403 model_not_allowed", e)
	}
	if err := (*spend.Terms)(nil).Check(alice, "niji-7", adapter.Turbo); err != nil {
		t.Errorf("without terms: %v", err)
	}
}

func TestTerms_ANameThatWasTakenOutKeepsItsLimits(t *testing.T) {
	earlier := &spend.Terms{Policies: map[string]spend.Policy{"alice": {MaxInFlight: 1}, "bob": {MaxInFlight: 1}}}
	terms := &spend.Terms{Policies: map[string]spend.Policy{"bob": {MaxInFlight: 2}}}
	terms.Succeed(earlier)
	if terms.Policy("alice").MaxInFlight != 1 || terms.Policy("bob").MaxInFlight != 2 {
		t.Errorf("policies = %+v", terms.Policies)
	}
}

func TestTerms_PricesAndRefundsAreByUpstream(t *testing.T) {
	price := adapter.Money(7)
	terms := &spend.Terms{
		Prices:  map[string]spend.Prices{spend.DefaultName: {spend.Generation: {"": 5}}, "own": {spend.Generation: {"": price}}},
		Refunds: map[string]spend.Refunds{"own": spend.RefundsUnmoderated, "mean": spend.RefundsNone},
	}
	if got, ok := terms.Price("own", spend.Generation, "fast"); !ok || got != price {
		t.Errorf("own price = %d, %v", got, ok)
	}
	if got, ok := terms.Price("other", spend.Vary, "fast"); !ok || got != 5 {
		t.Errorf("the default's = %d, %v", got, ok)
	}
	if _, ok := terms.Price("own", spend.Video, "fast"); ok {
		t.Error("a video has a price that nobody gave")
	}
	for upstream, want := range map[string][2]bool{"other": {true, true}, "own": {true, false}, "mean": {false, false}} {
		if got := [2]bool{terms.Refund(upstream, false), terms.Refund(upstream, true)}; got != want {
			t.Errorf("refunds of %s = %v, want %v", upstream, got, want)
		}
	}
}
