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

func TestKindOf_NamesWhatASubmissionIsSoldAs(t *testing.T) {
	for submission, want := range map[[2]string]string{
		{"imagine", ""}: spend.Generation, {"action", "upscale"}: spend.Upscale, {"action", "upscale_creative"}: spend.Upscale,
		{"action", "vary_region"}: spend.Edit, {"action", "zoom_out_2x"}: spend.Edit, {"action", "pan_left"}: spend.Edit,
		{"action", "reroll"}: spend.Vary, {"action", "vary_subtle"}: spend.Vary, {"action", "animate_low"}: spend.Video,
		{"modal", ""}: spend.Edit, {"edits", ""}: spend.Edit, {"video", ""}: spend.Video, {"describe", ""}: spend.Describe,
		{"shorten", ""}: spend.Shorten, {"swap", ""}: spend.Swap, {"change", "upscale"}: spend.Upscale, {"action", ""}: spend.Generation,
	} {
		if got := spend.KindOf(submission[0], submission[1]); got != want {
			t.Errorf("KindOf(%s, %s) = %s, want %s", submission[0], submission[1], got, want)
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
