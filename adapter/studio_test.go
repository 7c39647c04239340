package adapter_test

import (
	"cmp"
	"context"
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

// studio is a service over the real client and the simulated upstream, with state and pictures in memory, so that it
// works inside a synctest bubble.
type studio struct {
	*adapter.Service
	sim     *simulator.Simulator
	store   adapter.Store
	journal adapter.Journal
	files   *pictures.Store
	me      adapter.Caller
	cfg     adapter.Config
	parts   adapter.Parts
}

// reborn is the service of the next process, over what the last one left.
func (s *studio) reborn(t *testing.T) *adapter.Service {
	t.Helper()
	s.Close()
	next := adapter.New(s.cfg, s.parts)
	if err := next.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(next.Close)
	return next
}

func newStudio(t *testing.T, sim simulator.Config, change func(*adapter.Config)) *studio {
	t.Helper()
	sim.Pixels = cmp.Or(sim.Pixels, 64)
	s := &studio{sim: simulator.New(sim), journal: adaptertest.NewJournal(), me: adapter.Caller{Owner: "me"}}
	fleet, err := midjourney.New(midjourney.Config{
		Upstreams: []midjourney.UpstreamConfig{{Name: "main", URL: "http://upstream.test", Key: "k", Auth: authOf(sim.Dialect)}},
		HTTP:      s.sim.Transport(), Downloads: s.sim.Transport(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.files, err = pictures.New(t.Context(), pictures.Config{URL: "mem://", TempDir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	cfg := adapter.Config{DefaultSpeed: adapter.Fast, SpeedLimit: adapter.Turbo, JobTimeout: 5 * time.Minute, JobDeadline: time.Hour,
		MaxInFlight: 64, MaxQueue: 64, Replica: "r", Secret: make([]byte, 32), ShareWindow: time.Second, Grid: adapter.GridSplit}
	if change != nil {
		change(&cfg)
	}
	store, index := adaptertest.NewStore(), pictures.NewIndex()
	store.OnChange(func(id string) {
		if img, err := store.Get(context.Background(), id); err == nil {
			index.See(img)
		}
	})
	s.store = store
	s.cfg, s.parts = cfg, adapter.Parts{Accounts: fleet, Store: store, Pictures: s.files, Retoucher: s.files,
		Recogniser: pictures.NewRecogniser(s.files, index, store), Journal: s.journal, Leases: adaptertest.NewLeases(), Log: slog.New(slog.DiscardHandler)}
	s.Service = adapter.New(s.cfg, s.parts)
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		fleet.Close()
		s.sim.Close()
		if err := s.files.Close(); err != nil {
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

// asks numbers the attempts of a test, so that none repeats another by accident.
func (s *studio) attempt(route, body string) adapter.Attempt {
	return adapter.Attempt{Caller: s.me, Route: route, Body: body}
}

func (s *studio) draw(t *testing.T, prompt string, n int) []adapter.Image {
	t.Helper()
	g := generation(prompt)
	g.N = n
	ticket, err := s.Generate(t.Context(), s.attempt("/v1/images/generations", prompt), g)
	return s.await(t, ticket, err)
}

func (s *studio) await(t *testing.T, ticket *adapter.Ticket, err error) []adapter.Image {
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
		img, err := s.Image(t.Context(), s.me, id)
		if err != nil {
			t.Fatalf("Image(%s) = %v", id, err)
		}
		images = append(images, img)
	}
	return images
}

// bytes reads a picture as PNG.
func (s *studio) bytes(t *testing.T, id string) []byte {
	t.Helper()
	blob, err := s.Bytes(t.Context(), id, adapter.PNG, 0)
	if err != nil {
		t.Fatalf("Bytes(%s) = %v", id, err)
	}
	defer blob.Close()
	data, err := io.ReadAll(blob)
	if err != nil || int64(len(data)) != blob.Size {
		t.Fatalf("read %d bytes of %d: %v", len(data), blob.Size, err)
	}
	return data
}

// charged are the kinds of paid jobs at the upstream in order.
func (s *studio) charged() string {
	var kinds []string
	for _, c := range s.sim.Ledger() {
		kinds = append(kinds, c.Kind)
	}
	return strings.Join(kinds, " ")
}

func refusal(t *testing.T, err error) *adapter.Error {
	t.Helper()
	var e *adapter.Error
	if !errors.As(err, &e) {
		t.Fatalf("error = %v, want an *adapter.Error", err)
	}
	return e
}
