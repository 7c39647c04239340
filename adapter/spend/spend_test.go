package spend_test

import (
	"slices"
	"testing"
	"time"

	"midgate/adapter/spend"
)

func TestParseMoney_ReadsDollarsExactly(t *testing.T) {
	for text, want := range map[string]spend.Money{
		"0": 0, "0.056": 56_000, "$30": 30_000_000, " 0.8 ": 800_000, "1e-3": 1_000, "0.000001": 1, ".5": 500_000, "100.10": 100_100_000, "+1": 1_000_000,
	} {
		if got, err := spend.ParseMoney(text); err != nil || got != want {
			t.Errorf("ParseMoney(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "free", "0.0000001", "-1", "1,5", "NaN", "Inf", "1e30", "0x1p4", "1_000", "$"} {
		if got, err := spend.ParseMoney(text); err == nil {
			t.Errorf("ParseMoney(%q) = %d, want an error", text, got)
		}
	}
}

func TestMoney_IsWrittenAsPeopleDo(t *testing.T) {
	for m, want := range map[spend.Money]string{0: "$0.00", 56_000: "$0.056", 30_000_000: "$30.00", 29_980_000: "$29.98", 1: "$0.000001", -1_500_000: "-$1.50"} {
		if got := m.String(); got != want {
			t.Errorf("%d is written %s, want %s", int64(m), got, want)
		}
	}
}

func FuzzParseMoney(f *testing.F) {
	for _, s := range []string{"0.056", "$30", "1e-3", "999999999.999999", "٣", "1.", "--1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := spend.ParseMoney(text)
		if err != nil {
			return
		}
		if again, err := spend.ParseMoney(m.String()); err != nil || again != m {
			t.Errorf("%q is %d, written %s, read again %d, %v", text, m, m, again, err)
		}
	})
}

func TestPrices_GridsCostWhatAGenerationDoes(t *testing.T) {
	p := spend.Prices{spend.Generation: {"relax": 15_000, "fast": 56_000}, spend.Upscale: {"": 10_000}, spend.Vary: {"fast": 1}}
	for _, c := range []struct {
		kind, speed string
		want        spend.Money
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
	jobs, money := 3, spend.Dollar
	l := spend.Limit{Jobs: &jobs, Money: &money}
	for name, c := range map[string]struct {
		spent, held, more spend.Amount
		want              bool
	}{
		"the last job fits":            {spend.Amount{Jobs: 1}, spend.Amount{Jobs: 1}, spend.Amount{Jobs: 1}, true},
		"one more does not":            {spend.Amount{Jobs: 1}, spend.Amount{Jobs: 2}, spend.Amount{Jobs: 1}, false},
		"the last cent fits":           {spend.Amount{Money: 900_000}, spend.Amount{Money: 50_000}, spend.Amount{Money: 50_000}, true},
		"a millionth more is too much": {spend.Amount{Money: 900_000}, spend.Amount{Money: 50_000}, spend.Amount{Money: 50_001}, false},
	} {
		if got := l.Allows(c.spent, c.held, c.more); got != c.want {
			t.Errorf("%s: Allows = %v, want %v", name, got, c.want)
		}
	}
	if !(spend.Limit{}).Allows(spend.Amount{Jobs: 1 << 30}, spend.Amount{}, spend.Amount{Jobs: 1}) {
		t.Error("a key without a limit is limited")
	}
}
