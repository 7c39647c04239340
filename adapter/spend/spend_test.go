package spend_test

import (
	"slices"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/spend"
)

func TestPrices_GridsCostWhatAGenerationDoes(t *testing.T) {
	p := spend.Prices{spend.Generation: {"relax": 15_000, "fast": 56_000}, spend.Upscale: {"": 10_000}, spend.Vary: {"fast": 1}}
	for _, c := range []struct {
		kind, speed string
		want        adapter.Money
		known       bool
	}{
		{spend.Generation, "relax", 15_000, true},
		{spend.Edit, "fast", 56_000, true},
		{spend.Vary, "fast", 1, true},
		{spend.Vary, "relax", 15_000, true},
		{spend.Upscale, "turbo", 10_000, true},
		{spend.Generation, "turbo", 0, false},
		{spend.Video, "fast", 0, false},
	} {
		if got, known := p.Of(c.kind, c.speed); got != c.want || known != c.known {
			t.Errorf("Of(%s, %s) = %d, %v, want %d, %v", c.kind, c.speed, got, known, c.want, c.known)
		}
	}
	want := []string{"generation at turbo", "vary at turbo", "edit at turbo", "blend at turbo", "describe", "shorten", "video", "swap"}
	if got := p.Missing([]string{"relax", "fast", "turbo"}); !slices.Equal(got, want) {
		t.Errorf("Missing = %q, want %q", got, want)
	}
}

func TestSold_NamesWhatASubmissionIsSoldAs(t *testing.T) {
	for _, c := range []struct {
		command adapter.Command
		kind    string
		n       int
	}{
		{adapter.Imagine{}, spend.Generation, 1}, {adapter.Modal{}, spend.Edit, 1}, {adapter.Edits{}, spend.Edit, 1}, {adapter.Blend{}, spend.Blend, 1},
		{adapter.Describe{}, spend.Describe, 1}, {adapter.Shorten{}, spend.Shorten, 1}, {adapter.Video{}, spend.Video, 1}, {adapter.Video{BatchSize: 4}, spend.Video, 4},
		{adapter.Change{Verb: "UPSCALE"}, spend.Upscale, 1}, {adapter.Change{Verb: "REROLL"}, spend.Vary, 1},
		{adapter.Action{CustomID: "MJ::JOB::upsample::1::x"}, spend.Upscale, 1}, {adapter.Action{CustomID: "MJ::JOB::upsample_v6_2x_subtle::1::x"}, spend.Upscale, 1},
		{adapter.Action{CustomID: "MJ::JOB::variation::2::x"}, spend.Vary, 1}, {adapter.Action{CustomID: "MJ::JOB::reroll::0::x::SOLO"}, spend.Vary, 1},
		{adapter.Action{CustomID: "MJ::Outpaint::50::1::x"}, spend.Edit, 1}, {adapter.Action{CustomID: "MJ::JOB::pan_left::1::x"}, spend.Edit, 1},
		{adapter.Action{CustomID: "MJ::JOB::animate_high::1::x"}, spend.Video, 1}, {adapter.Action{CustomID: "MJ::BOOKMARK::x"}, spend.Generation, 1},
		{adapter.Native{Route: "action", Body: []byte(`{"customId": "MJ::JOB::upsample::1::x"}`)}, spend.Upscale, 1},
		{adapter.Native{Route: "change", Body: []byte(`{"action": "VARIATION"}`)}, spend.Vary, 1},
		{adapter.Native{Route: "simple-change", Body: []byte(`{"content": "17000 U2"}`)}, spend.Upscale, 1},
		{adapter.Native{Route: "imagine", Body: []byte(`{"prompt": "a fox"}`)}, spend.Generation, 1},
		{adapter.Native{Route: "video", Body: []byte(`{"batchSize": 2}`)}, spend.Video, 2}, {adapter.Native{Route: "video", Body: []byte(`{}`)}, spend.Video, 4},
		{adapter.Imagine{Clips: 2}, spend.Video, 2},
		{adapter.Native{Route: "swap"}, spend.Swap, 1},
	} {
		if kind, n := spend.Sold(c.command); kind != c.kind || n != c.n {
			t.Errorf("Sold(%#v) = %s, %d, want %s, %d", c.command, kind, n, c.kind, c.n)
		}
	}
}

func TestBudget_WindowsAreCalendarSpansOfTheZone(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 30, 23, 30, 0, 0, time.UTC) // the next day, and month, in Tokyo
	for zone, want := range map[*time.Location][]string{
		time.UTC: {"day:2026-11-30", "month:2026-11", "total"},
		tokyo:    {"day:2026-12-01", "month:2026-12", "total"},
	} {
		var keys []string
		for _, w := range (spend.Budget{}).Windows(at, zone) {
			keys = append(keys, w.Key)
			if w.Name != spend.Total && (at.Before(w.Start) || !at.Before(w.End)) {
				t.Errorf("%s in %s: %s is not within %s and %s", w.Name, zone, at, w.Start, w.End)
			}
		}
		if !slices.Equal(keys, want) {
			t.Errorf("windows in %s = %q, want %q", zone, keys, want)
		}
	}
}

func TestLimit_CountsWhatIsHeld(t *testing.T) {
	jobs, money := 3, adapter.Dollar
	l := spend.Limit{Jobs: &jobs, Money: &money}
	for name, c := range map[string]struct {
		spent, held, more adapter.Amount
		want              bool
	}{
		"the last job fits":            {adapter.Amount{Jobs: 1}, adapter.Amount{Jobs: 1}, adapter.Amount{Jobs: 1}, true},
		"one more does not":            {adapter.Amount{Jobs: 1}, adapter.Amount{Jobs: 2}, adapter.Amount{Jobs: 1}, false},
		"the last cent fits":           {adapter.Amount{Money: 900_000}, adapter.Amount{Money: 50_000}, adapter.Amount{Money: 50_000}, true},
		"a millionth more is too much": {adapter.Amount{Money: 900_000}, adapter.Amount{Money: 50_000}, adapter.Amount{Money: 50_001}, false},
	} {
		if got := l.Allows(c.spent, c.held, c.more); got != c.want {
			t.Errorf("%s: Allows = %v, want %v", name, got, c.want)
		}
	}
	if !(spend.Limit{}).Allows(adapter.Amount{Jobs: 1 << 30}, adapter.Amount{}, adapter.Amount{Jobs: 1}) {
		t.Error("a key without a limit is limited")
	}
}
