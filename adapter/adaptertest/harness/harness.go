package harness

import (
	"cmp"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
	"midgate/adapter/midjourney"
	"midgate/adapter/midjourney/simulator"
	"midgate/adapter/pictures"
)

// Harness is a gate over the real client and the simulated upstream.
type Harness struct {
	*Gate
	Sim    *simulator.Simulator
	State  *adaptertest.State
	Bucket *pictures.Store
	Me     adapter.Caller
	Cfg    Config
	Parts  Parts
}

// Restarted is the gate of the next process, over what the last one left.
func (s *Harness) Restarted(t *testing.T) *Gate {
	t.Helper()
	s.Close()
	next := Wire(s.Cfg, s.Parts)
	if err := next.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(next.Close)
	return next
}

// New starts a gate over a simulator.
func New(t *testing.T, sim simulator.Config, change func(*Config)) *Harness {
	t.Helper()
	sim.Pixels = cmp.Or(sim.Pixels, 64)
	s := &Harness{Sim: simulator.New(sim), State: adaptertest.NewState(false), Me: adapter.Caller{Owner: "me"}}
	fleet, err := midjourney.New(midjourney.Config{
		Upstreams: []midjourney.UpstreamConfig{{Name: "main", URL: "http://upstream.test", Key: "k", Auth: authOf(sim.Dialect)}},
		HTTP:      s.Sim.Transport(), Downloads: s.Sim.Transport(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.Bucket, err = pictures.New(t.Context(), pictures.Config{URL: "mem://", TempDir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	cfg := Config{
		Jobs:     Jobs{JobTimeout: 5 * time.Minute, JobDeadline: time.Hour, MaxInFlight: 64, MaxQueue: 64, Secret: make([]byte, 32), ShareWindow: time.Second},
		Workflow: Workflow{DefaultSpeed: adapter.Fast, SpeedLimit: adapter.Turbo, Grid: adapter.GridSplit},
	}
	if change != nil {
		change(&cfg)
	}
	s.Cfg, s.Parts = cfg, Parts{Accounts: fleet, State: s.State, Pictures: s.Bucket, Retoucher: s.Bucket, Log: slog.New(slog.DiscardHandler)}
	s.Gate = Wire(s.Cfg, s.Parts)
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		fleet.Close()
		s.Sim.Close()
		if err := s.Bucket.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func authOf(d simulator.Dialect) midjourney.Auth {
	switch d {
	case simulator.TrueAI:
		return midjourney.AuthRaw
	case simulator.NoviceZK:
		return midjourney.AuthSecret
	default:
		return midjourney.AuthBearer
	}
}

// Attempt is a request of the harness's own caller.
func (s *Harness) Attempt(route, body string) adapter.Attempt {
	return adapter.Attempt{Caller: s.Me, Route: route, Body: body}
}

// Draw asks for n pictures and waits for them.
func (s *Harness) Draw(t *testing.T, prompt string, n int) []adapter.Image {
	t.Helper()
	g := Generation(prompt)
	g.N = n
	ticket, err := s.Generate(t.Context(), s.Attempt("/v1/images/generations", prompt), g)
	return s.Await(t, ticket, err)
}

// Await waits for the pictures of a job.
func (s *Harness) Await(t *testing.T, ticket adapter.Ticket, err error) []adapter.Image {
	t.Helper()
	if err != nil {
		t.Fatalf("the request was refused: %v", err)
	}
	result, err := ticket.Wait(t.Context(), nil)
	if err != nil {
		t.Fatalf("Wait() = %v", err)
	}
	ticket.Answered()
	var images []adapter.Image
	for _, id := range result.Images {
		img, err := s.Image(t.Context(), s.Me, id)
		if err != nil {
			t.Fatalf("Image(%s) = %v", id, err)
		}
		images = append(images, img)
	}
	return images
}

// ReadPicture reads a picture as PNG.
func (s *Harness) ReadPicture(t *testing.T, id string) []byte {
	t.Helper()
	blob, err := s.Bytes(t.Context(), id, adapter.PNG, 0)
	if err != nil {
		t.Fatalf("Bytes(%s) = %v", id, err)
	}
	defer func() { _ = blob.Close() }() // it was read
	data, err := io.ReadAll(blob)
	if err != nil || int64(len(data)) != blob.Size {
		t.Fatalf("read %d bytes of %d: %v", len(data), blob.Size, err)
	}
	return data
}

// Charged are the kinds of paid jobs at the upstream in order.
func (s *Harness) Charged() string {
	var kinds []string
	for _, c := range s.Sim.Ledger() {
		kinds = append(kinds, c.Kind)
	}
	return strings.Join(kinds, " ")
}

// Refusal is the error of a request that must have been refused.
func Refusal(t *testing.T, err error) *adapter.Error {
	t.Helper()
	var e *adapter.Error
	if !errors.As(err, &e) {
		t.Fatalf("error = %v, want an *adapter.Error", err)
	}
	return e
}
