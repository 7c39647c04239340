package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
	"midgate/adapter/sqlstore/pgtest"
)

var rounds = flag.Int("rounds", 4, "how often each way of repeating a request at another replica is tried")

// leases is how soon the jobs of a dead replica are taken over.
const leases = 15 * time.Second

// replicas is a bed with three gates on one PostgreSQL and one bucket.
type replicas struct {
	*bed
	database *pgtest.Cluster
	gates    [3]*process
	urls     [3]string
}

func newReplicas(t *testing.T, sc simulator.Config, more ...string) *replicas {
	t.Helper()
	r := &replicas{database: pgtest.New(t)}
	shared := []string{
		"MIDGATE_DATABASE_URL=" + r.database.Database(t), "MIDGATE_PICTURES_URL=file://" + t.TempDir(), "MIDGATE_SECRET=" + strings.Repeat("ab", 32),
		"MIDGATE_JOB_TIMEOUT=45s", // a client repeats well within a test's patience
	}
	r.bed = newBed(t, sc, append(shared, more...)...)
	r.gates[0], r.urls[0] = r.gate, r.url
	for i := 1; i < len(r.gates); i++ {
		environ := append([]string{}, r.environ...)
		for k, v := range environ {
			if strings.HasPrefix(v, "MIDGATE_DATA_DIR=") {
				environ[k] = "MIDGATE_DATA_DIR=" + t.TempDir()
			}
			if strings.HasPrefix(v, "MIDGATE_LISTEN=") {
				environ[k] = "MIDGATE_LISTEN=127.0.0.1:0"
			}
		}
		r.gates[i] = start(t, environ, "serve")
		r.urls[i] = r.gates[i].url()
	}
	return r
}

// crowdOf sends requests to all replicas in turn, and repeats what breaks at the next one.
func (r *replicas) crowdOf(n int) (done <-chan struct{}) {
	over := make(chan struct{})
	go func() {
		defer close(over)
		atOnce(n, func(i int) {
			s := r.generation(fmt.Sprintf("island %d", i), 2)
			var a answer
			var err error
			for try, end := 0, time.Now().Add(patience); time.Now().Before(end); try++ {
				s.url = r.urls[(i+try)%len(r.urls)]
				a, err = s.try(r.t, try)
				if err == nil && a.status < 500 {
					break
				}
				<-time.After(200 * time.Millisecond)
			}
			var d drawn
			if err != nil || a.status != 200 || json.Unmarshal(a.body, &d) != nil || len(d.Data) != 2 {
				r.t.Errorf("island %d = %d %s, %v; want two pictures", i, a.status, a.body, err)
			}
		})
	}()
	return over
}

func TestAReplicaDiesUnderLoad(t *testing.T) {
	t.Parallel()
	const n = 18
	r := newReplicas(t, simulator.Config{Pace: time.Second})
	letGo := r.hold()
	done := r.crowdOf(n)
	eventually(t, "all jobs are under way", func() bool { return r.accepted() == n })
	r.kill()
	letGo()
	r.gate, r.url = r.gates[1], r.urls[1]
	killed := time.Now()
	eventually(t, "the dead one's jobs are taken over", func() bool {
		one, _ := r.gates[1].err.find(`"msg":"a job is resumed"`)
		two, _ := r.gates[2].err.find(`"msg":"a job is resumed"`)
		return one+two != ""
	})
	if took := time.Since(killed); took > leases {
		t.Errorf("a dead replica's jobs were taken over after %s, want at most %s", took, leases)
	}
	<-done
	r.settle(n)
}

// Whoever was cut by the death of a replica and sends the same again, with no counter and no key, as people with curl do,
// has one job, whether that one counts as dead by then or not.
func TestWhoRepeatsByHandAfterAReplicaDiedPaysOnce(t *testing.T) {
	t.Parallel()
	const n = 8
	r := newReplicas(t, simulator.Config{Pace: time.Second})
	letGo := r.hold()
	done := make(chan struct{})
	go func() {
		defer close(done)
		atOnce(n, func(i int) {
			s := r.generation(fmt.Sprintf("cliff %d", i), 2)
			if a, err := s.try(r.t, 0); err == nil {
				r.t.Errorf("cliff %d = %d %s, want a cut connection", i, a.status, a.body)
			}
			<-time.After(time.Duration(i) * 700 * time.Millisecond)
			s.url = r.urls[1+i%2]
			s.must(r.t, 0)
		})
	}()
	eventually(t, "all jobs are under way", func() bool { return r.accepted() == n })
	r.kill()
	letGo()
	r.gate, r.url = r.gates[1], r.urls[1]
	<-done
	r.settle(n)
}

// A database that is restarted in the middle of jobs costs no picture and no second payment.
func TestTheDatabaseIsRestartedUnderLoad(t *testing.T) {
	t.Parallel()
	const n = 12
	r := newReplicas(t, simulator.Config{Pace: 4 * time.Second})
	done := r.crowdOf(n)
	eventually(t, "half of the jobs are under way", func() bool { return len(r.sim.Ledger()) >= n/2 })
	r.database.Signal(t, syscall.SIGQUIT)
	r.database.Again(t)
	<-done
	r.settle(n)
}

// A replica that stands still for longer than its lease loses its jobs to the others, and writes nothing when it goes on.
func TestAReplicaStandsStillAndGoesOn(t *testing.T) {
	t.Parallel()
	const n = 9
	r := newReplicas(t, simulator.Config{Pace: 5 * time.Second})
	done := r.crowdOf(n)
	// One that is stopped while it submits leaves a submission of unknown outcome, which nobody makes again: TestKills has those.
	eventually(t, "all jobs are under way", func() bool { return r.accepted() == n })
	sendSignal(t, r.gates[1], syscall.SIGSTOP)
	<-time.After(12 * time.Second)
	sendSignal(t, r.gates[1], syscall.SIGCONT)
	<-done
	r.settle(n)
}

// The same request at two replicas at nearly the same time is one job, with a counter or without.
func TestARequestAndItsRepeatAtTwoReplicas(t *testing.T) {
	t.Parallel()
	r := newReplicas(t, simulator.Config{Pace: 300 * time.Millisecond})
	paid := 0
	for _, counted := range []bool{true, false} {
		for _, apart := range []time.Duration{time.Millisecond, 5 * time.Millisecond, 20 * time.Millisecond} {
			t.Run(fmt.Sprintf("counted %v, %s apart", counted, apart), func(t *testing.T) {
				for round := range *rounds {
					r.twice(t, fmt.Sprintf("isle %v %s %d", counted, apart, round), counted, apart)
					if paid++; len(r.sim.Ledger()) != paid {
						t.Fatalf("%d charges after %d requests that were sent twice", len(r.sim.Ledger()), paid)
					}
				}
			})
		}
	}
	r.settle(paid)
}

// twice sends a request to one replica, gives up on it, and sends it to another.
func (r *replicas) twice(t *testing.T, prompt string, counted bool, apart time.Duration) {
	first := r.generation(prompt, 2)
	first.url = r.urls[0]
	ctx, giveUp := context.WithTimeout(t.Context(), apart)
	defer giveUp()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = first.tryFor(ctx, 0) // nobody waits for its answer
	}()
	<-ctx.Done()
	second := first
	second.url = r.urls[1]
	retry := 0
	if counted {
		retry = 1
	}
	a, err := second.try(t, retry)
	var d drawn
	if err != nil || a.status != 200 || json.Unmarshal(a.body, &d) != nil || len(d.Data) != 2 {
		t.Errorf("the repeat is answered %d %s, %v; want two pictures", a.status, a.body, err)
	}
	<-gone
}

// accepted counts the jobs whose submission is on record.
func (b *bed) accepted() (n int) {
	for _, j := range b.jobs() {
		if j.Status == "in_progress" || j.Status == "completed" {
			n++
		}
	}
	return n
}

// Without the database nothing can be recorded, so nothing is submitted; what is under way is waited for and recorded when
// it is back.
func TestWithoutItsDatabaseNothingIsSubmitted(t *testing.T) {
	r := newReplicas(t, simulator.Config{Pace: 3 * time.Second})
	first := r.generation("before the database went", 2)
	under := make(chan drawn, 1)
	go func() { under <- first.insist(t) }()
	eventually(t, "a job is under way", func() bool { return r.accepted() == 1 })
	r.database.Signal(t, syscall.SIGQUIT)
	atOnce(len(r.urls), func(i int) {
		url := r.urls[i]
		s := r.generation(fmt.Sprintf("without a database %d", i), 1)
		s.url = url
		asked := time.Now()
		a, err := s.try(t, 0)
		if took := time.Since(asked); err != nil || a.status != 503 || !a.said("storage_unavailable") || took > 15*time.Second {
			t.Errorf("replica %d without its database = %d %s, %v after %s; want 503 storage_unavailable within 2s", i, a.status, a.body, err, took)
		}
		if a, err := tryAsk(t, url+"/readyz", "", ""); err != nil || a.status != 503 {
			t.Errorf("replica %d: /readyz = %d, %v, want 503", i, a.status, err)
		}
	})
	if got := len(r.sim.Ledger()); got != 1 {
		t.Errorf("%d charges without a database, want the one from before", got)
	}
	r.database.Again(t)
	if d := <-under; len(d.Data) != 2 {
		t.Errorf("the job that was under way gave %d pictures, want 2", len(d.Data))
	}
	for i, url := range r.urls { // the repeats of what was refused
		s := r.generation(fmt.Sprintf("without a database %d", i), 1)
		s.url = url
		if d := s.insist(t); len(d.Data) != 1 {
			t.Errorf("replica %d gives %d pictures when its database is back, want 1", i, len(d.Data))
		}
	}
	r.settle(1 + len(r.urls))
}

// insist repeats a request until it is answered with pictures.
func (s sent) insist(t *testing.T) (d drawn) {
	for try, end := 0, time.Now().Add(patience); time.Now().Before(end); try++ {
		a, err := s.try(t, try)
		if err == nil && a.status == 200 && json.Unmarshal(a.body, &d) == nil {
			return d
		}
		<-time.After(200 * time.Millisecond)
	}
	t.Errorf("%s is not answered", s.body)
	return d
}

func sendSignal(t *testing.T, p *process, sig syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}
