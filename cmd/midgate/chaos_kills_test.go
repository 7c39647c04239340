package main

import (
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// The dial of make chaos; a failed run is repeated with the seed that it printed.
var (
	kills = flag.Int("kills", 50, "at how many random instants TestKills ends the gate")
	seed  = flag.Uint64("seed", 0, "of TestKills' instants; 0: a new one each time")
)

// crew is how many clients keep the gate busy in TestKills.
const crew = 6

// A gate is killed again and again under a mixed load of generations and region edits whose pictures are upscaled one
// by one. Its clients repeat as SDKs do. The upstream has a task list: whatever a kill hides is found there.
func TestKills(t *testing.T) {
	t.Parallel()
	from := *seed
	if from == 0 {
		from = uint64(time.Now().UnixNano())
	}
	t.Logf("%d kills, -seed %d", *kills, from)
	dice := rand.New(rand.NewPCG(from, 0))
	b := newBed(t, simulator.Config{Dialect: simulator.TrueAI, Auth: "bearer", Pace: 600 * time.Millisecond, Lag: 20 * time.Millisecond},
		"MIDGATE_UPSTREAM_PREFIXES=relax=,fast=,turbo=", "MIDGATE_GRID=upscale")
	known := b.generation("the picture to edit", 1).must(t, 0)
	if len(known.Data) != 1 {
		t.FailNow()
	}
	load := startCrew(b, known.Data[0].ID)
	for range *kills {
		wait := time.NewTimer(time.Duration(dice.Int64N(int64(1500 * time.Millisecond))))
		<-wait.C
		b.kill()
		b.serve()
	}
	load.end()
	t.Logf("%d generations, %d edits, %d attempts, %d of unknown outcome", load.generations.Load(), load.edits.Load(), load.attempts.Load(), load.unknown.Load())
	// A generation is an imagine and a U; an edit at most a U, a Vary (Region) whose modal is what costs, and a U.
	b.settle(2 + 2*int(load.generations.Load()) + 4*int(load.edits.Load()))
}

// load is clients that ask and repeat until they are told to stop, and get what they asked for.
type load struct {
	b                            *bed
	picture, mask                string
	stop                         chan struct{}
	work                         sync.WaitGroup
	generations, edits, attempts atomic.Int64
	unknown                      atomic.Int64
}

func startCrew(b *bed, picture string) *load {
	l := &load{b: b, picture: picture, mask: hole(b.t), stop: make(chan struct{})}
	for i := range crew {
		l.work.Go(func() { l.member(i) })
	}
	return l
}

// end lets every client finish its last request.
func (l *load) end() {
	close(l.stop)
	l.work.Wait()
}

func (l *load) member(i int) {
	for k := 0; ; k++ {
		select {
		case <-l.stop:
			return
		default:
		}
		prompt := fmt.Sprintf("a harbour, number %d of %d", k, i)
		s := l.b.generation(prompt, 1)
		if i%2 == 1 {
			l.edits.Add(1)
			s.path = "/v1/images/edits"
			s.body = fmt.Sprintf(`{"prompt": %q, "images": [{"file_id": %q}], "mask": {"image_url": %q}, "response_format": "url"}`, prompt, l.picture, l.mask)
		} else {
			l.generations.Add(1)
		}
		if i%3 == 0 {
			s.header = []string{"Idempotency-Key", prompt}
		}
		if !l.insist(s) {
			return
		}
	}
}

// insist repeats a request until it is answered, as SDKs do but longer: while the gate is killed again and again nobody
// can say how long that takes, but then it must not take long any more.
func (l *load) insist(s sent) bool {
	pause := time.NewTicker(100 * time.Millisecond)
	defer pause.Stop()
	var end <-chan time.Time
	calm := l.stop
	for retry := 0; ; retry++ {
		l.attempts.Add(1)
		a, err := s.try(l.b.t, retry)
		if err == nil && a.status == 200 {
			return true
		}
		if err == nil && a.status == 502 && a.header.Get("x-should-retry") == "false" && bytes.Contains(a.body, []byte(`"upstream_ambiguous"`)) {
			l.unknown.Add(1) // killed between the intent and the submission: nobody knows, nobody tries again
			return true
		}
		wrong := err == nil && a.status < 500
		for waiting := !wrong; waiting; {
			select {
			case <-calm:
				calm, end = nil, time.After(patience)
			case <-end:
				wrong, waiting = true, false
			case <-pause.C:
				waiting = false
			}
		}
		if wrong {
			l.b.t.Errorf("%s, try %d = %d %s, %v", s.body[:min(len(s.body), 80)], retry, a.status, a.body, err)
			return false
		}
	}
}

// hole is a mask as a data URL: the upper left quarter of a picture is to be painted anew.
func hole(t *testing.T) string {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for y := range 64 {
		for x := range 64 {
			if x >= 32 || y >= 32 {
				m.Set(x, y, color.NRGBA{A: 255})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
}
