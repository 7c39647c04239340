package course

import "testing"

// TestJitter stays inside its share and is not always the same.
func TestJitter(t *testing.T) {
	seen := map[float64]bool{}
	for seed := range uint32(200) {
		f := JitterOf(seed, .25)
		if f < .75 || f > 1.25 {
			t.Fatalf("jitterOf(%d, .25) = %v, want 0.75…1.25", seed, f)
		}
		seen[f] = true
	}
	if len(seen) < 100 {
		t.Errorf("200 seeds gave %d factors, want variety", len(seen))
	}
}
