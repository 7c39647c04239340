package metrics

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
)

// scrape is what GET /metrics shows, without what it says about itself.
func scrape(m *Metrics) string {
	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

func expect(t *testing.T, when, got string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("%s: /metrics lacks %s", when, line)
		}
	}
}

// TestWhatIsKnownIsThereFromTheFirstScrape: a rate sees the first event of a counter that was there before.
func TestWhatIsKnownIsThereFromTheFirstScrape(t *testing.T) {
	m := New()
	m.Build("1.2.3", "abc", "go1.26")
	m.Show(Known{Upstreams: []string{"main"}, Speeds: []adapter.Speed{adapter.Relax}, Keys: []string{"alice"}, Sold: []string{"video"}})
	expect(t, "at first", scrape(m),
		`midgate_build_info{commit="abc",goversion="go1.26",version="1.2.3"} 1`,
		`midgate_jobs_started_total{kind="video",speed="relax",upstream="main"} 0`,
		`midgate_jobs_total{kind="edit",outcome="completed",speed="relax",upstream="main"} 0`,
		`midgate_jobs_paid_total{kind="native",upstream="main"} 0`,
		`midgate_spend_usd_total{key="alice",kind="video",speed="relax"} 0`,
		`midgate_refunded_usd_total{key="alice",kind="video",speed="relax"} 0`,
		`midgate_upstream_errors_total{kind="ambiguous",upstream="main"} 0`,
		`midgate_upstream_downloads_total{outcome="failed",upstream="main"} 0`,
		`midgate_webhooks_total{taken="false",upstream=""} 0`,
		`midgate_ambiguous_total{upstream="main"} 0`,
		`midgate_late_adopted_total{upstream="main"} 0`,
		`midgate_queue_wait_seconds_count{upstream="main"} 0`,
		`midgate_errors_total{kind="internal"} 0`,
	)
	o := m.Observer()
	o.Sold("alice", "video", "relax", adapter.Amount{Jobs: 1, Money: adapter.Dollar / 4})
	o.Refunded("alice", "video", "relax", adapter.Amount{Jobs: 1, Money: adapter.Dollar / 2})
	o.Place("main", 20*time.Second)
	o.Lose("main")
	o.Adopt("main")
	m.PicturesWeigh(4096)
	expect(t, "after one of each", scrape(m),
		`midgate_spend_usd_total{key="alice",kind="video",speed="relax"} 0.25`,
		`midgate_refunded_usd_total{key="alice",kind="video",speed="relax"} 0.5`,
		`midgate_queue_wait_seconds_bucket{upstream="main",le="15"} 0`,
		`midgate_queue_wait_seconds_bucket{upstream="main",le="30"} 1`,
		`midgate_ambiguous_total{upstream="main"} 1`,
		`midgate_late_adopted_total{upstream="main"} 1`,
		`midgate_pictures_bytes 4096`,
	)
}

// TestKeysBeyondTheFirstShareASeries, in what they spend and in what they have left: there the least counts.
func TestKeysBeyondTheFirstShareASeries(t *testing.T) {
	m := New()
	var left []Remaining
	for i := range maxKeys + 30 {
		name := fmt.Sprintf("key%03d", i)
		m.Observer().Sold(name, "generation", "fast", adapter.Amount{Jobs: 1})
		left = append(left, Remaining{name, "day", float64(1000-i) / 1000})
	}
	m.FromBudgets(func() []Remaining { return left })
	got := scrape(m)
	expect(t, "of 230 keys", got,
		`midgate_key_jobs_paid_total{key="key000",kind="generation",speed="fast"} 1`,
		`midgate_key_jobs_paid_total{key="other",kind="generation",speed="fast"} 30`,
		`midgate_budget_remaining_ratio{key="key199",window="day"} 0.801`,
		`midgate_budget_remaining_ratio{key="other",window="day"} 0.771`,
	)
	if n := strings.Count(got, "midgate_budget_remaining_ratio{"); n != maxKeys+1 {
		t.Errorf("%d series of budgets, want %d", n, maxKeys+1)
	}
}

// TestGaugesAreAskedForNowAndThen: everybody may look as often as they like, and what takes long is asked for rarely.
func TestGaugesAreAskedForNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, asked, takes := New(), 0, time.Duration(0)
		m.FromUpstreams(func() map[string]bool {
			asked++
			<-time.After(takes)
			return map[string]bool{"main": asked == 1, "spare": true}
		})
		for range 10 {
			expect(t, "at once", scrape(m), `midgate_upstream_up{upstream="main"} 1`, `midgate_upstream_up{upstream="spare"} 1`)
		}
		if asked != 1 {
			t.Errorf("upstreams were asked for %d times in a moment", asked)
		}
		<-time.After(readEvery)
		takes = time.Second
		expect(t, "later", scrape(m), `midgate_upstream_up{upstream="main"} 0`)
		<-time.After(10 * time.Second)
		scrape(m)
		if asked != 2 {
			t.Errorf("what took a second was asked for again after ten")
		}
	})
}
