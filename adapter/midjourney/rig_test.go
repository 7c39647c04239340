package midjourney

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// rig is a Fleet with one upstream, the simulator, reached without a socket.
type rig struct {
	*testing.T
	sim   *simulator.Simulator
	fleet *Fleet
	adapter.Account
}

// newRig builds one; change may adjust the configuration.
func newRig(t *testing.T, sc simulator.Config, change func(*Config)) *rig {
	t.Helper()
	if sc.Pixels == 0 {
		sc.Pixels = 16
	}
	sim := simulator.New(sc)
	return rigOver(t, sim, sim.Transport(), change)
}

func rigOver(t *testing.T, sim *simulator.Simulator, rt http.RoundTripper, change func(*Config)) *rig {
	t.Helper()
	cfg := Config{
		Upstreams: []UpstreamConfig{{Name: "one", URL: "http://upstream.example", Key: "sk-secret"}},
		HTTP:      rt, Downloads: rt,
	}
	if change != nil {
		change(&cfg)
	}
	fleet, err := New(cfg)
	if err != nil {
		t.Fatalf("New(…) = %v, want no error", err)
	}
	r := &rig{T: t, sim: sim, fleet: fleet}
	r.Account, err = fleet.Choose(t.Context(), adapter.Caller{Key: "caller"}, "")
	if err != nil {
		t.Fatalf("Choose(…) = %v, want no error", err)
	}
	t.Cleanup(func() {
		fleet.Close()
		if sim != nil {
			sim.Close()
		}
	})
	return r
}

// submit submits and fails the test if it is refused.
func (r *rig) submit(cmd adapter.Command, state string) adapter.Submission {
	r.Helper()
	s, err := r.Upstream.Submit(r.Context(), cmd, adapter.Options{State: state})
	if err != nil {
		r.Fatalf("Submit(%s) = %v, want no error", cmd.Name(), err)
	}
	return s
}

// await waits for a submission's task.
func (r *rig) await(kind string, s adapter.Submission, state string) (adapter.Task, error) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Hour)
	defer cancel()
	return r.Waiter.Wait(ctx, adapter.Wait{TaskID: s.TaskID, State: state, Kind: kind, Submitted: s.At})
}

// must waits and fails the test if the task does not succeed.
func (r *rig) must(kind string, s adapter.Submission, state string) adapter.Task {
	r.Helper()
	task, err := r.await(kind, s, state)
	if err != nil {
		r.Fatalf("Wait(%s) = %v, want no error", kind, err)
	}
	return task
}

// roundTrip is a RoundTripper made of a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// kindOf is an error's kind, or its text if it has none.
func kindOf(err error) adapter.Kind {
	var e *adapter.Error
	switch {
	case err == nil:
		return "none"
	case errors.As(err, &e):
		return e.Kind
	default:
		return adapter.Kind("plain: " + err.Error())
	}
}

// pass lets time go by, in a bubble.
func pass(d time.Duration) { <-time.After(d) }

// jobThatIsDone answers every fetch with a success.
func jobThatIsDone(*http.Request) (*http.Response, error) {
	return answer(200, `{"id":"7","status":"SUCCESS","imageUrl":"http://x.example/7.png"}`), nil
}
