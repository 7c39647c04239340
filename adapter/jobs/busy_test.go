package jobs_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest/harness"
	"midgate/adapter/midjourney/simulator"
)

// TestATooFastClientWaitsForAMinute and then hears what the upstream said; a relay that is overloaded is waited for.
func TestHowLongABusyUpstreamIsWaitedFor(t *testing.T) {
	tests := map[string]struct {
		fault    simulator.Fault
		ok       bool
		from, to time.Duration
	}{
		"a page that is too fast":  {simulator.Fault{Kind: "429-html", Times: -1}, false, 40 * time.Second, 61 * time.Second},
		"with a time to come back": {simulator.Fault{Kind: "429", RetryAfter: 20, Times: -1, Match: "imagine"}, false, 40 * time.Second, 61 * time.Second},
		"with a time too far away": {simulator.Fault{Kind: "answer", Status: 429, Header: map[string]string{"Retry-After": "600"}, Body: `{"error":"slow down"}`, Times: -1}, false, 0, time.Second},
		"for a little while":       {simulator.Fault{Kind: "429", RetryAfter: 20, Times: 2}, true, 40 * time.Second, 70 * time.Second},
		"overloaded":               {simulator.Fault{Kind: "answer", Status: 503, Body: `{"error":{"code":"system_cpu_overloaded","message":"x"}}`, Times: 6}, true, 30 * time.Second, 3 * time.Minute},
		"full":                     {simulator.Fault{Kind: "queue-full", Times: 6}, true, 30 * time.Second, 3 * time.Minute},
		"done for the day":         {simulator.Fault{Kind: "answer", Status: 200, Body: `{"code":4,"description":"今日绘图次数已达上限"}`, Times: -1}, false, 0, time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, simulator.Config{}, nil)
				test.fault.Route = "imagine"
				s.Sim.Fail(test.fault)
				start := time.Now()
				ticket, err := s.Generate(t.Context(), s.Attempt("/v1/images/generations", name), harness.Generation("a fox"))
				if err == nil {
					_, err = ticket.Wait(t.Context(), nil)
				}
				took := time.Since(start)
				var e *adapter.Error
				if test.ok != (err == nil) || err != nil && (!errors.As(err, &e) || e.Kind != adapter.Busy) || took < test.from || took > test.to {
					t.Errorf("ended after %v with %v, want success %v between %v and %v", took, err, test.ok, test.from, test.to)
				}
				if n := s.Sim.Requests().Routes["imagine"]; n > 10 {
					t.Errorf("the upstream was asked %d times, want a few", n)
				}
			})
		})
	}
}
