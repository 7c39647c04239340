package harness

import (
	"log/slog"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
	"midgate/adapter/spend"
)

// Engine is a gate on memory state, to be started again on the same state.
type Engine struct {
	*Gate
	Up     *FakeUpstream
	State  *adaptertest.State // shared by all replicas
	Broken *adaptertest.Faults
	Cfg    Config
	Terms  func() *spend.Terms // nil: none; counts from the next Boot on
}

// NewEngine starts a gate over up.
func NewEngine(t *testing.T, up *FakeUpstream, change func(*Config)) *Engine {
	t.Helper()
	cfg := Config{
		Jobs:     Jobs{JobTimeout: time.Minute, JobDeadline: time.Hour, MaxInFlight: 4, MaxQueue: 2, Secret: make([]byte, 32)},
		Workflow: Workflow{DefaultSpeed: adapter.Fast, SpeedLimit: adapter.Turbo},
	}
	if change != nil {
		change(&cfg)
	}
	e := &Engine{Up: up, State: adaptertest.NewState(true), Broken: &adaptertest.Faults{}, Cfg: cfg}
	e.Boot(t)
	t.Cleanup(func() { e.Close() })
	return e
}

// Boot starts the gate on the state that there is, as a replica that nobody has seen.
func (e *Engine) Boot(t *testing.T) {
	t.Helper()
	e.BootOn(t, e.Up, e.Broken.State(e.State))
}

// BootOn starts the gate with its own way to the state.
func (e *Engine) BootOn(t *testing.T, up *FakeUpstream, state adapter.State) {
	t.Helper()
	e.Up = up
	e.Gate = Wire(e.Cfg, Parts{Accounts: up, State: state, Bus: e.State, Terms: e.Terms, Log: slog.New(slog.DiscardHandler)})
	if err := e.Start(t.Context()); err != nil {
		t.Fatalf("Start() = %v", err)
	}
}

// Peer is another replica on the same state.
func (e *Engine) Peer(t *testing.T, name string) *Engine {
	t.Helper()
	return e.PeerOf(t, name, e.Up)
}

// PeerOf is a replica that sees the upstream as up.
func (e *Engine) PeerOf(t *testing.T, name string, up *FakeUpstream) *Engine {
	t.Helper()
	broken := &adaptertest.Faults{}
	p := &Engine{Up: up, State: e.State, Broken: broken, Cfg: e.Cfg, Terms: e.Terms}
	p.Cfg.Replica = name
	p.BootOn(t, up, broken.State(e.State))
	t.Cleanup(func() { p.Close() })
	return p
}

// Kill makes a replica count as dead.
func (e *Engine) Kill(t *testing.T, replica string) {
	t.Helper()
	if err := e.State.Write(t.Context(), func(tx adapter.Tx) error { return tx.EndLease(t.Context(), replica) }); err != nil {
		t.Fatal(err)
	}
}

// Restart is a restart: everything in memory is gone.
func (e *Engine) Restart(t *testing.T) {
	t.Helper()
	e.Close()
	e.Boot(t)
}

// Attempt is a request with that body.
func Attempt(body string) adapter.Attempt {
	return adapter.Attempt{Caller: adapter.Caller{Owner: "o"}, Route: "/v1/prompts/shorten", Body: body}
}

// Ask sends a request that costs one job and is answered with a text.
func (e *Engine) Ask(t *testing.T, a adapter.Attempt) adapter.Ticket {
	t.Helper()
	ticket, err := e.Shorten(t.Context(), a, Generation("a cat"))
	if err != nil {
		t.Fatalf("Shorten() = %v", err)
	}
	return ticket
}

// Generation asks for a picture in words.
func Generation(prompt string) adapter.Generation {
	var g adapter.Generation
	g.Prompt = prompt
	return g
}

// Text is the text that a job is answered with.
func Text(t *testing.T, ticket adapter.Ticket) string {
	t.Helper()
	result, err := ticket.Wait(t.Context(), nil)
	if err != nil {
		t.Fatalf("Wait() = %v", err)
	}
	return result.Texts[0]
}

// Retry is the n-th repeat of an SDK that counts them.
func Retry(body string, n int) adapter.Attempt {
	a := Attempt(body)
	a.Retry = n
	return a
}

// Keyed is a request with an Idempotency-Key.
func Keyed(key, body string) adapter.Attempt {
	a := Attempt(body)
	a.IdempotencyKey = key
	return a
}

// OfOwner is a request of another owner.
func OfOwner(owner, body string) adapter.Attempt {
	a := Attempt(body)
	a.Caller.Owner = owner
	return a
}

// Shift moves all that a stored job says of time.
func (e *Engine) Shift(t *testing.T, id string, by time.Duration) {
	t.Helper()
	e.State.Rewrite(id, func(job *adapter.Job) {
		job.Created, job.Deadline = job.Created.Add(by), job.Deadline.Add(by)
		for i := range job.Deliveries {
			job.Deliveries[i].At = job.Deliveries[i].At.Add(by)
		}
		for i, st := range job.Steps {
			job.Steps[i].Intended = st.Intended.Add(by)
			if st.Submission != nil {
				job.Steps[i].Submission.At = st.Submission.At.Add(by)
			}
		}
	})
}

// Streamed is an attempt whose client waits as long as the job lives.
func Streamed(a adapter.Attempt) adapter.Attempt {
	a.Stream = true
	return a
}
