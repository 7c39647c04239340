package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"midgate/adapter/jetstream/clustertest"
	"midgate/adapter/midjourney/simulator"
)

// leases is when the runs of a dead replica have been taken over: several times what a lease lasts, and far less than what
// its clients wait.
const leases = 25 * time.Second

// replicas is a bed with three gates on one cluster and one bucket.
type replicas struct {
	*bed
	cluster *clustertest.Cluster
	gates   [3]*process
	urls    [3]string
}

func newReplicas(t *testing.T, sc simulator.Config) *replicas {
	t.Helper()
	r := &replicas{cluster: clustertest.Start(t)}
	shared := []string{
		"MIDGATE_NATS_URL=" + r.cluster.URL(), "MIDGATE_PICTURES_URL=file://" + t.TempDir(), "MIDGATE_SECRET=" + strings.Repeat("ab", 32),
		"MIDGATE_JOB_TIMEOUT=45s", // a client repeats well within a test's patience
	}
	r.bed = newBed(t, sc, shared...)
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
	r := newReplicas(t, simulator.Config{Pace: 5 * time.Second})
	done := r.crowdOf(n)
	eventually(t, "all jobs are under way", func() bool { return r.accepted() == n })
	r.kill()
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

func TestANodeOfTheClusterDiesUnderLoad(t *testing.T) {
	t.Parallel()
	const n = 12
	r := newReplicas(t, simulator.Config{Pace: 4 * time.Second})
	done := r.crowdOf(n)
	eventually(t, "half of the jobs are under way", func() bool { return len(r.sim.Ledger()) >= n/2 })
	r.cluster.Stop(max(r.cluster.Leads("KV_midgate_runs"), 0))
	<-done
	r.settle(n)
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

// Without a majority of the cluster nothing can be recorded, so nothing is submitted; what is under way is waited for and
// recorded when the cluster is back.
func TestWithoutItsClusterNothingIsSubmitted(t *testing.T) {
	r := newReplicas(t, simulator.Config{Pace: 3 * time.Second})
	first := r.generation("before the cluster went", 2)
	under := make(chan drawn, 1)
	go func() { under <- first.insist(t) }()
	eventually(t, "a job is under way", func() bool { return r.accepted() == 1 })
	r.cluster.Stop(0)
	r.cluster.Stop(1)
	atOnce(len(r.urls), func(i int) {
		url := r.urls[i]
		s := r.generation(fmt.Sprintf("without a cluster %d", i), 1)
		s.url = url
		a, err := s.try(t, 0)
		if err != nil || a.status != 503 || !a.said("storage_unavailable") {
			t.Errorf("replica %d without its cluster = %d %s, %v; want 503 storage_unavailable", i, a.status, a.body, err)
		}
		if a, err := tryAsk(t, url+"/readyz", "", ""); err != nil || a.status != 503 {
			t.Errorf("replica %d: /readyz = %d, %v, want 503", i, a.status, err)
		}
	})
	if got := len(r.sim.Ledger()); got != 1 {
		t.Errorf("%d charges without a cluster, want the one from before", got)
	}
	r.cluster.Run(0)
	r.cluster.Run(1)
	if d := <-under; len(d.Data) != 2 {
		t.Errorf("the job that was under way gave %d pictures, want 2", len(d.Data))
	}
	for i, url := range r.urls { // the repeats of what was refused
		s := r.generation(fmt.Sprintf("without a cluster %d", i), 1)
		s.url = url
		if d := s.insist(t); len(d.Data) != 1 {
			t.Errorf("replica %d gives %d pictures when its cluster is back, want 1", i, len(d.Data))
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
