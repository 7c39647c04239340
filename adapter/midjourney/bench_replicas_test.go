package midjourney

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
	"midgate/adapter/midjourney/simulator"
	"midgate/adapter/sharedpoll"
)

// BenchmarkD7Reads compares three replicas that share an account's polling with one: reads per image, and how late an
// end is seen. What passing news on costs over a real cluster is jetstream's part of D7.
func BenchmarkD7Reads(b *testing.B) {
	for range b.N {
		var subject, baseline figures
		bubble(b, func(t *testing.T) { baseline = closedLoop(t, 1000, simulator.Config{}, nil, polled) })
		bubble(b, func(t *testing.T) {
			three := &replicated{t: t}
			subject = closedLoop(t, 1000, simulator.Config{}, nil, three.wait)
			three.close()
		})
		ratio := subject.perImage(subject.reads) / baseline.perImage(baseline.reads)
		b.ReportMetric(subject.perImage(subject.reads), "reads/image")
		b.ReportMetric(baseline.perImage(baseline.reads), "baseline-reads/image")
		b.ReportMetric(ratio, "ratio")
		b.ReportMetric(float64(subject.mean().Milliseconds()), "mean-ms")
		b.ReportMetric(float64(subject.p99().Milliseconds()), "p99-ms")
		bar(b, "D7: reads of three replicas against one", ratio, 1.2)
	}
}

// replicated is three replicas with a poller each, in front of the same upstream.
type replicated struct {
	t       *testing.T
	once    sync.Once
	next    atomic.Int64
	waiters []adapter.Waiter
	ends    []func()
}

func (p *replicated) open(r *rig) {
	journal, leases := adaptertest.NewJournal(), adaptertest.NewLeases()
	for i := range 3 {
		fleet := rigOver(p.t, nil, r.sim.Transport(), nil).fleet
		shared := sharedpoll.New(fleet, nil, journal.Join(), leases, fmt.Sprint("replica", i), slog.New(slog.DiscardHandler))
		account, err := shared.Made(p.t.Context(), adapter.Caller{}, "one")
		if err != nil {
			p.t.Error(err)
			return
		}
		p.waiters = append(p.waiters, account.Waiter)
		p.ends = append(p.ends, shared.Close, fleet.Close)
	}
}

// wait waits at each replica in turn.
func (p *replicated) wait(ctx context.Context, r *rig, s adapter.Submission, state string) (adapter.Task, error) {
	p.once.Do(func() { p.open(r) })
	at := p.waiters[p.next.Add(1)%int64(len(p.waiters))]
	return at.Wait(ctx, adapter.Wait{
		TaskID: s.TaskID, State: state, Kind: "imagine", Speed: adapter.Fast, Submitted: time.Now(),
		Watch: func(adapter.Task) {}, Polled: func() {},
	})
}

func (p *replicated) close() {
	for _, end := range p.ends {
		end()
	}
}
