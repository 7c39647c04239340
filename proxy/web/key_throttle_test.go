package web

import "testing"

func TestGuessersAreForgotten(t *testing.T) {
	g := newKeyThrottle()
	for i := range guessersMax + 100 {
		if err := g.judge("198.51.100."+string(rune(i)), ""); err != nil {
			t.Fatal(err)
		}
	}
	if len(g.all) > guessersMax {
		t.Errorf("%d addresses are remembered, want at most %d", len(g.all), guessersMax)
	}
	if a, b := neighbourhood("2001:db8:1:2:3::4"), neighbourhood("2001:db8:1:2:ffff::9"); a != b {
		t.Errorf("neighbourhood of one customer = %q and %q, want the same", a, b)
	}
}
