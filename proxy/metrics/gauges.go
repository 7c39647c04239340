package metrics

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// gauges are asked for when somebody looks, and not again for a while: everybody may look.
type gauges struct {
	desc *prometheus.Desc
	read func() []gauge // nil: nobody knows

	mu   sync.Mutex
	last []gauge
	next time.Time // when they are asked for again
}

// gauge is one value and its labels.
type gauge struct {
	labels []string
	value  float64
}

// readEvery is how often they are asked for at most. What takes long is asked for more rarely: a twentieth of the time.
const readEvery = 5 * time.Second

// Describe implements prometheus.Collector.
func (g *gauges) Describe(out chan<- *prometheus.Desc) { out <- g.desc }

// Collect implements prometheus.Collector.
func (g *gauges) Collect(out chan<- prometheus.Metric) {
	for _, v := range g.now() {
		out <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, v.value, v.labels...)
	}
}

func (g *gauges) now() []gauge {
	g.mu.Lock()
	defer g.mu.Unlock()
	began := time.Now()
	if g.read == nil || began.Before(g.next) {
		return g.last
	}
	g.last = g.read()
	now := time.Now()
	g.next = now.Add(max(readEvery, 20*now.Sub(began)))
	return g.last
}

func (g *gauges) from(read func() []gauge) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.read, g.next = read, time.Time{}
}

// FromUpstreams says where it is known whether each upstream answered last; one that was not asked yet is left out.
func (m *Metrics) FromUpstreams(answered func() map[string]bool) {
	m.up.from(func() (all []gauge) {
		for name, ok := range answered() {
			v := gauge{labels: []string{name}}
			if ok {
				v.value = 1
			}
			all = append(all, v)
		}
		return all
	})
}

// Remaining is what is left of one window of a key's budget, from 1 to 0.
type Remaining struct {
	Key, Window string
	Ratio       float64
}

// FromBudgets says where it is known what is left of budgets. Of keys that have no series of their own the least is shown.
func (m *Metrics) FromBudgets(left func() []Remaining) {
	m.budgets.from(func() []gauge {
		least := map[[2]string]float64{}
		for _, r := range left() {
			at := [2]string{m.keys.label(r.Key), r.Window}
			if known, ok := least[at]; !ok || r.Ratio < known {
				least[at] = r.Ratio
			}
		}
		var all []gauge
		for at, ratio := range least {
			all = append(all, gauge{labels: at[:], value: ratio})
		}
		return all
	})
}
