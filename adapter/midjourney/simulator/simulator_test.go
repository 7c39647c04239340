package simulator

import "testing"

func TestWhoseAnimateMakesAMosaic(t *testing.T) {
	for name, test := range map[string]struct {
		cfg  Config
		want bool
	}{
		"a relay":                        {Config{}, false},
		"a relay without a video route":  {Config{NoVideo: true}, true},
		"an origin's account on Discord": {Config{Dialect: TrueAI}, true},
		"an origin's partner account":    {Config{Dialect: TrueAI, Partner: true}, false},
	} {
		if got := New(test.cfg).habits.Mosaics; got != test.want {
			t.Errorf("%s: mosaics = %v, want %v", name, got, test.want)
		}
	}
}
