package proxy

import (
	"net/http"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// Nobody means to be ignored in the midjourney object: what means nothing there costs nothing, and the nearest name is told.
func TestMidjourney_RefusesMembersThatMeanNothing(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for body, want := range map[string]string{
		`{"prompt":"a fox","midjourney":{"stylise":100}}`:                                       "stylize",
		`{"prompt":"a fox","midjourney":{"sped":"fast"}}`:                                       "speed",
		`{"prompt":"a fox","midjourney":{"Chaos":5}}`:                                           "chaos",
		`{"prompt":"a fox","midjourney":{"aspect":"3:2"}}`:                                      "did you mean",
		`{"prompt":"a fox","midjourney":{"styleReference":"https://a.example/a.png","seed":1}}`: "style_reference",
		`{"prompt":"a fox","midjourney":"{\"stilize\":100}"}`:                                   "stylize",
	} {
		status, _, got := h.call(t, http.MethodPost, "/v1/images/generations", body)
		if status != http.StatusBadRequest || !strings.Contains(string(got), want) || !strings.Contains(string(got), `"param":"midjourney.`) {
			t.Errorf("%s = %d %s, want a 400 that names %s", body, status, got, want)
		}
	}
	if paid := h.sim.Ledger(); len(paid) > 0 {
		t.Errorf("paid %v", paid)
	}
}
