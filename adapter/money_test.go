package adapter_test

import (
	"testing"

	"midgate/adapter"
)

func TestParseMoney_ReadsDollarsExactly(t *testing.T) {
	for text, want := range map[string]adapter.Money{
		"0": 0, "0.056": 56_000, "$30": 30_000_000, " 0.8 ": 800_000, "1e-3": 1_000, "0.000001": 1, ".5": 500_000, "100.10": 100_100_000, "+1": 1_000_000,
	} {
		if got, err := adapter.ParseMoney(text); err != nil || got != want {
			t.Errorf("ParseMoney(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "free", "0.0000001", "-1", "1,5", "NaN", "Inf", "1e30", "0x1p4", "1_000", "$"} {
		if got, err := adapter.ParseMoney(text); err == nil {
			t.Errorf("ParseMoney(%q) = %d, want an error", text, got)
		}
	}
}

func TestMoney_IsWrittenAsPeopleDo(t *testing.T) {
	for m, want := range map[adapter.Money]string{0: "$0.00", 56_000: "$0.056", 30_000_000: "$30.00", 29_980_000: "$29.98", 1: "$0.000001", -1_500_000: "-$1.50"} {
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
		m, err := adapter.ParseMoney(text)
		if err != nil {
			return
		}
		if again, err := adapter.ParseMoney(m.String()); err != nil || again != m {
			t.Errorf("%q is %d, written %s, read again %d, %v", text, m, m, again, err)
		}
	})
}
