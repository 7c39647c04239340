package jobs_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest/harness"
	"midgate/adapter/midjourney/simulator"
)

// notebook is a tracer that writes down what it is told.
type notebook struct {
	mu    sync.Mutex
	lines []string
	open  map[string]int // what has begun and not ended
	begun int
}

type requestKey struct{}

func (n *notebook) note(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, fmt.Sprintf(format, args...))
}

func (n *notebook) count(what string, by int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.open[what] += by
}

// read returns what was written since, and checks that nothing is open but so much.
func (n *notebook) read(t *testing.T) []string {
	t.Helper()
	synctest.Wait()
	n.mu.Lock()
	defer n.mu.Unlock()
	for what, times := range n.open {
		if times != 0 {
			t.Errorf("%s is open %d times", what, times)
		}
	}
	lines := n.lines
	n.lines = nil
	return lines
}

func (n *notebook) Begin(ctx context.Context, job adapter.Job) adapter.JobTrace {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.begun++
	return &page{n, fmt.Sprintf("trace %d", n.begun), fmt.Sprintf("%v begins", ctx.Value(requestKey{}))}
}

func (n *notebook) Resume(_ context.Context, job adapter.Job) adapter.JobTrace {
	return &page{n, job.Trace, "resumed"}
}

func (n *notebook) Meet(ctx context.Context, job adapter.Job) {
	n.note("%v waits for %s", ctx.Value(requestKey{}), job.Trace)
}

type page struct {
	n           *notebook
	name, begun string
}

func (p *page) Name() string { return p.name }

func (p *page) Context(ctx context.Context) context.Context {
	p.n.note("%s: %s", p.name, p.begun) // its execution begins
	p.n.count(p.name, 1)
	return ctx
}

func (p *page) Meet(ctx context.Context) { p.n.note("%s: met by %v", p.name, ctx.Value(requestKey{})) }

func (p *page) Part(name string, since time.Time) func(adapter.Step, error) {
	p.n.count(name, 1)
	return func(st adapter.Step, err error) {
		p.n.count(name, -1)
		task := ""
		if st.Submission != nil {
			task = " with its task"
		}
		p.n.note("%s: %s%s, %s", p.name, name, task, adapter.KindOf(err))
	}
}

func (p *page) End(job adapter.Job) {
	p.n.count(p.name, -1)
	p.n.note("%s: %s", p.name, job.Status)
}

// TestTracer_HearsOfEachPartOnce: what waits, each step, the pictures, who waits for the job, and each execution's end.
func TestTracer_HearsOfEachPartOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{Dialect: simulator.TrueAI}, nil)
		n := &notebook{open: map[string]int{}}
		s.Parts.Tracer = n
		s.Gate = s.Restarted(t)
		ask := func(name, prompt string, retry int) adapter.Ticket {
			t.Helper()
			a := s.Attempt("/v1/images/generations", prompt)
			a.Retry = retry
			ticket, err := s.Generate(context.WithValue(t.Context(), requestKey{}, name), a, harness.Generation(prompt))
			if err != nil {
				t.Fatal(err)
			}
			return ticket
		}
		expect := func(when string, want ...string) {
			t.Helper()
			if got := n.read(t); !slices.Equal(got, want) {
				t.Errorf("%s: it heard\n%s\nwant\n%s", when, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}

		one := ask("one", "a red fox", 0)
		s.Await(t, one, nil)
		expect("a job", "one waits for trace 1", "trace 1: one begins", "trace 1: queue, ", "trace 1: step imagine with its task, ", "trace 1: pictures, ", "trace 1: completed")

		two := ask("two", "a blue fox", 0)
		synctest.Wait()
		two.Abandoned()
		three := ask("three", "a blue fox", 1)
		s.Await(t, three, nil)
		expect("a repeat", "two waits for trace 2", "trace 2: two begins", "trace 2: queue, ", "three waits for trace 2", "trace 2: met by three",
			"trace 2: step imagine with its task, ", "trace 2: pictures, ", "trace 2: completed")

		s.Sim.Fail(simulator.Fault{Route: "imagine", Kind: "no-account"})
		four := ask("four", "a green fox", 0)
		if _, err := four.Wait(t.Context(), nil); err == nil {
			t.Fatal("a refused job has pictures")
		}
		four.Answered()
		expect("a refusal", "four waits for trace 4", "trace 4: four begins", "trace 4: queue, ", "trace 4: step imagine, unavailable", "trace 4: failed")
		s.Await(t, ask("five", "a green fox", 1), nil)
		expect("it is begun anew", "five waits for trace 4", "trace 4: met by five", "trace 4: resumed", "trace 4: queue, ", "trace 4: step imagine with its task, ", "trace 4: pictures, ", "trace 4: completed")

		ask("six", "a white fox", 0)
		synctest.Wait()
		s.Gate = s.Restarted(t) // midgate stops in the middle
		<-time.After(5 * time.Minute)
		expect("a restart", "six waits for trace 6", "trace 6: six begins", "trace 6: queue, ", "trace 6: step imagine with its task, ", "trace 6: in_progress",
			"trace 6: resumed", "trace 6: step imagine with its task, ", "trace 6: pictures, ", "trace 6: completed")

		seven := ask("seven", "a grey fox", 0)
		<-time.After(500 * time.Millisecond)
		if _, err := s.Cancel(t.Context(), s.Me, seven.Job().ID); err != nil {
			t.Fatal(err)
		}
		expect("it is cancelled", "seven waits for trace 7", "trace 7: seven begins", "trace 7: queue, ", "trace 7: step imagine with its task, cancelled", "trace 7: cancelled")
	})
}
