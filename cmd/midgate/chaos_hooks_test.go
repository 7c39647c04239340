package main

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"midgate/adapter/adaptertest"
	"midgate/adapter/midjourney/simulator"
)

// newHookedBed is a bed whose gate is told of progress by webhooks, and whose polls are rare.
func newHookedBed(t *testing.T, sc simulator.Config) *bed {
	t.Helper()
	address := adaptertest.Address()
	return newBed(t, sc, "MIDGATE_LISTEN="+address, "MIDGATE_WEBHOOK_URL=http://"+address)
}

// hooks are the addresses that the upstream was told to report to, by the prompt of the job.
func (b *bed) hooks(prompt string) (urls []string) {
	address := regexp.MustCompile(`"notifyHook":"([^"]+)"`)
	for _, s := range b.sim.Requests().Submissions {
		if m := address.FindSubmatch(s.Body); m != nil && strings.Contains(string(s.Body), prompt) {
			urls = append(urls, string(m[1]))
		}
	}
	return urls
}

// post sends something to a webhook address and returns the status.
func post(t *testing.T, url, body string) int {
	t.Helper()
	resp, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Errorf("post a webhook: %v", err)
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// Webhooks come twice, in the wrong order, before the answer to the submission, or not at all, and strangers send some
// of their own: one job and one answer each.
func TestWebhooksOfEveryKindAreHintsOnly(t *testing.T) {
	t.Parallel()
	const n = 8
	b := newHookedBed(t, simulator.Config{Pace: 3 * time.Second, HookDup: true, HookReorder: true, HookLoss: 0.2})
	for i := range n / 2 { // the job is over before its submission is answered
		b.sim.Fail(simulator.Fault{Route: "imagine", Kind: "slow", Match: fmt.Sprintf("cliff %d", i), Delay: 4 * time.Second})
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		atOnce(n, func(i int) {
			if d := b.generation(fmt.Sprintf("cliff %d", i), 2).must(t, 0); len(d.Data) != 2 {
				t.Errorf("cliff %d: %d pictures, want 2", i, len(d.Data))
			}
		})
	}()
	eventually(t, "the upstream has two jobs", func() bool {
		return len(b.hooks("cliff 7")) == 1 && len(b.hooks("cliff 6")) == 1 && len(b.sim.Tasks()) >= 2
	})
	mine, other := b.hooks("cliff 7")[0], ""
	for _, task := range b.sim.Tasks() {
		if strings.Contains(task.Prompt, "cliff 6") {
			other = task.ID
		}
	}
	lie := fmt.Sprintf(`{"id": %q, "status": "SUCCESS", "progress": "100%%", "imageUrl": "http://127.0.0.1:1/lie.png"}`, other)
	for name, test := range map[string]struct {
		url, body string
		status    int
	}{
		"another job's end":       {mine, lie, http.StatusNoContent},
		"no JSON":                 {mine, "\x00", http.StatusNoContent},
		"a forged proof":          {mine[:len(mine)-2] + "xy", lie, http.StatusNotFound},
		"an address of no token":  {b.url + "/hooks/x", lie, http.StatusNotFound},
		"a body without an end":   {mine, strings.Repeat("x", 65<<10), http.StatusRequestEntityTooLarge},
		"a failure made up":       {mine, fmt.Sprintf(`{"id": %q, "status": "FAILURE", "failReason": "gone"}`, other), http.StatusNoContent},
		"progress that goes back": {mine, `{"status": "SUBMITTED", "progress": "0%"}`, http.StatusNoContent},
	} {
		if got := post(t, test.url, test.body); got != test.status {
			t.Errorf("%s = %d, want %d", name, got, test.status)
		}
	}
	if a := ask(t, mine, "", ""); a.status != http.StatusMethodNotAllowed && a.status != http.StatusNotFound {
		t.Errorf("GET of a webhook = %d, want a refusal", a.status)
	}
	<-done
	b.settle(n)
}

// calm is what webhooks that rain may add to the 99th percentile of a small answer: far above what it is without, far below
// what a client would notice.
const calm = 500 * time.Millisecond

// answers is how long the slowest but one in a hundred of small answers takes, asked for a while.
func (b *bed) answers(while time.Duration) (p99 time.Duration) {
	var took []time.Duration
	for end := time.Now().Add(while); time.Now().Before(end); {
		began := time.Now()
		if a := ask(b.t, b.url+"/v1/models", "alices-key", ""); a.status != http.StatusOK {
			b.t.Errorf("/v1/models = %d", a.status)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return took[len(took)*99/100]
}

// A thousand webhooks a second, true and forged, slow nobody down and make nobody ask more.
func TestAStormOfWebhooksIsWeathered(t *testing.T) {
	b := newHookedBed(t, simulator.Config{Pace: 6 * time.Second})
	before := b.answers(time.Second) // on this machine, with whatever else it does
	drawing := make(chan drawn, 1)
	go func() { drawing <- b.generation("a lighthouse", 2).must(t, 0) }()
	eventually(t, "the upstream has the job", func() bool { return len(b.hooks("a lighthouse")) == 1 && len(b.sim.Tasks()) == 1 })
	hook := b.hooks("a lighthouse")[0]
	lie := fmt.Sprintf(`{"id": %q, "status": "SUCCESS", "progress": "100%%"}`, b.sim.Tasks()[0].ID)
	var storm sync.WaitGroup
	over := make(chan struct{})
	storm.Go(func() { b.storm(over, hook, lie) })
	during := b.answers(3 * time.Second)
	close(over)
	storm.Wait()
	if during > calm+10*before {
		t.Errorf("the 99th percentile of answers was %s in the storm and %s before", during, before)
	}
	if d := <-drawing; len(d.Data) != 2 {
		t.Errorf("%d pictures, want 2", len(d.Data))
	}
	b.settle(1)
	if polls := b.jobs()[0].Steps[0].Polls; polls > 60 {
		t.Errorf("the job was asked for %d times, want a few: webhooks are hints", polls)
	}
}

// storm sends a webhook each millisecond, every second one forged, until over.
func (b *bed) storm(over <-chan struct{}, hook, body string) {
	client := http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}
	defer client.CloseIdleConnections()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	places := make(chan struct{}, 32)
	var posts sync.WaitGroup
	defer posts.Wait()
	for i := 0; ; i++ {
		select {
		case <-tick.C:
		case <-over:
			b.t.Logf("%d webhooks", i)
			return
		}
		url := hook
		if i%2 == 1 {
			url = hook[:len(hook)-2] + "xy"
		}
		places <- struct{}{}
		posts.Go(func() {
			defer func() { <-places }()
			if resp, err := client.Post(url, "application/json", strings.NewReader(body)); err == nil {
				_ = resp.Body.Close()
			}
		})
	}
}
