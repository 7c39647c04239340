package metrics

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"midgate/adapter"
)

// Metrics are what GET /metrics shows. Labels are short closed words: routes' patterns, kinds, names of upstreams and
// of keys; never keys, owners, prompts or ids. It is safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry
	serve    http.Handler

	requests  *prometheus.CounterVec
	duration  *prometheus.HistogramVec
	waiting   prometheus.Gauge
	errors    *prometheus.CounterVec
	begun     *prometheus.CounterVec
	jobs      *prometheus.CounterVec
	paid      *prometheus.CounterVec
	jobTook   *prometheus.HistogramVec
	inFlight  *prometheus.GaugeVec
	polls     *prometheus.CounterVec
	asked     *prometheus.CounterVec
	pictures  *prometheus.CounterVec
	upstream  *prometheus.CounterVec
	fetched   *prometheus.CounterVec
	hooks     *prometheus.CounterVec
	waitingAt *prometheus.GaugeVec
	joined    *prometheus.CounterVec
	keysOK    prometheus.Gauge
	stored    prometheus.Gauge
	keyJobs   *prometheus.CounterVec
	spent     *prometheus.CounterVec
	refunded  *prometheus.CounterVec
	keys      keyLabels
	queued    *prometheus.HistogramVec
	ambiguous *prometheus.CounterVec
	late      *prometheus.CounterVec
	build     *prometheus.GaugeVec
	up        gauges
	budgets   gauges
}

// New makes the metrics, all zero, in a registry of their own.
func New() *Metrics {
	count := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "midgate_" + name, Help: help}, labels)
	}
	took := func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "midgate_" + name, Help: help, Buckets: buckets}, labels)
	}
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: count("http_requests_total", "Requests answered, by route and status.", "route", "method", "status"),
		duration: took("http_request_duration_seconds", "Time from a request's header to the end of its answer.",
			[]float64{.001, .005, .025, .1, .5, 2.5, 10, 30, 60, 120, 300, 600}, "route"),
		waiting:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "midgate_http_in_flight", Help: "Requests being served now."}),
		errors:   count("errors_total", "Error answers, by kind.", "kind"),
		begun:    count("jobs_started_total", "Jobs begun.", "kind", "upstream", "speed"),
		jobs:     count("jobs_total", "Jobs that ended, by outcome.", "kind", "upstream", "speed", "outcome"),
		paid:     count("jobs_paid_total", "Jobs at an upstream that cost something, the steps between included, counted when what was asked for ends.", "kind", "upstream"),
		jobTook:  took("job_duration_seconds", "Time from a job's begin to its end.", []float64{1, 5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1800, 3600}, "kind", "speed"),
		inFlight: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "midgate_jobs_in_flight", Help: "Jobs at an upstream now."}, []string{"upstream"}),
		polls:    count("upstream_polls_total", "Questions for the state of tasks.", "upstream", "route"),
		asked:    count("upstream_polled_tasks_total", "Tasks asked for in those questions.", "upstream"),
		pictures: count("pictures_total", "Pictures handed out, by form.", "form"),
		upstream: count("upstream_errors_total", "Submissions that an upstream refused or lost, by kind.", "upstream", "kind"),
		fetched:  count("upstream_downloads_total", "Pictures fetched from an upstream, by outcome.", "upstream", "outcome"),
		hooks:    count("webhooks_total", "Webhooks that arrived, by whether they were taken.", "upstream", "taken"),
	}
	m.waitingAt = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "midgate_queue_waiting", Help: "Requests that wait for a place at an upstream now."}, []string{"upstream"})
	m.joined = count("joined_total", "Requests that paid nothing of their own: repeats, other quarters of one grid, restarts of what came to nothing.", "how")
	for _, how := range []string{"repeat", "shared", "restarted"} {
		m.joined.WithLabelValues(how) // so that a rate sees the first one
	}
	m.keysOK = prometheus.NewGauge(prometheus.GaugeOpts{Name: "midgate_keys_reload_ok", Help: "Whether the file of keys had no mistake when it was read last."})
	m.keyJobs = count("key_jobs_paid_total", "Jobs at an upstream that a key paid for, without those that were given back, counted when what was asked for ends.", "key", "kind", "speed")
	m.spent = count("spend_usd_total", "What those jobs cost, in dollars, where prices are known.", "key", "kind", "speed")
	m.refunded = count("refunded_usd_total", "What the jobs would have cost that the upstream gave back, in dollars, where prices are known.", "key", "kind", "speed")
	m.queued = took("queue_wait_seconds", "How long submissions waited for their place at an upstream.",
		[]float64{.1, .5, 1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600}, "upstream")
	m.ambiguous = count("ambiguous_total", "Submissions that nobody knows anything of, although they were looked for. They may be paid.", "upstream")
	m.late = count("late_adopted_total", "Such submissions that were found later, when their job was over.", "upstream")
	m.build = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "midgate_build_info", Help: "What is running: always 1."}, []string{"version", "commit", "goversion"})
	m.up.desc = prometheus.NewDesc("midgate_upstream_up", "Whether an upstream answered the last request, whatever it said; nothing before the first.", []string{"upstream"}, nil)
	m.stored = prometheus.NewGauge(prometheus.GaugeOpts{Name: "midgate_pictures_bytes", Help: "What pictures, videos, uploads and what was made from them take in the picture store; looked at every half minute, and more rarely where that takes long."})
	m.budgets.desc = prometheus.NewDesc("midgate_budget_remaining_ratio", "What is left of a key's budget, from 1 to 0: of its jobs or its dollars, whichever is less.", []string{"key", "window"}, nil)
	m.registry.MustRegister(m.stored, m.keysOK, m.keyJobs, m.spent, m.refunded, m.requests, m.duration, m.waiting, m.errors, m.begun, m.jobs, m.paid, m.jobTook, m.inFlight,
		m.polls, m.asked, m.pictures, m.upstream, m.fetched, m.hooks, m.waitingAt, m.joined, m.queued, m.ambiguous, m.late, m.build, &m.up, &m.budgets, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.serve = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
	return m
}

// Observer is what the core tells about jobs.
func (m *Metrics) Observer() adapter.Observer {
	return adapter.Observer{
		JobStarted: func(kind, upstream string, speed adapter.Speed) {
			m.begun.WithLabelValues(kind, upstream, string(speed)).Inc()
		},
		JobEnded: func(kind, upstream string, speed adapter.Speed, outcome string, took time.Duration) {
			m.jobs.WithLabelValues(kind, upstream, string(speed), outcome).Inc()
			m.jobTook.WithLabelValues(kind, string(speed)).Observe(took.Seconds())
		},
		Paid: func(kind, upstream string, jobs int) {
			m.paid.WithLabelValues(kind, upstream).Add(float64(jobs))
		},
		Sold: func(key, kind, speed string, cost adapter.Amount) {
			key = m.keys.label(key)
			m.keyJobs.WithLabelValues(key, kind, speed).Add(float64(cost.Jobs))
			m.spent.WithLabelValues(key, kind, speed).Add(cost.Money.Float())
		},
		Refunded: func(key, kind, speed string, cost adapter.Amount) {
			m.refunded.WithLabelValues(m.keys.label(key), kind, speed).Add(cost.Money.Float())
		},
		InFlight: func(upstream string, jobs int) { m.inFlight.WithLabelValues(upstream).Set(float64(jobs)) },
		Waiting:  func(upstream string, requests int) { m.waitingAt.WithLabelValues(upstream).Set(float64(requests)) },
		Joined:   func(how string) { m.joined.WithLabelValues(how).Inc() },
		Placed: func(upstream string, waited time.Duration) {
			m.queued.WithLabelValues(upstream).Observe(waited.Seconds())
		},
		Ambiguous: func(upstream string) { m.ambiguous.WithLabelValues(upstream).Inc() },
		Late:      func(upstream string) { m.late.WithLabelValues(upstream).Inc() },
	}
}

// Polled counts one question to an upstream about some tasks; route is "single" or "list".
func (m *Metrics) Polled(upstream, route string, tasks int) {
	m.polls.WithLabelValues(upstream, route).Inc()
	m.asked.WithLabelValues(upstream).Add(float64(tasks))
}

// Downloaded counts one picture fetched from an upstream.
func (m *Metrics) Downloaded(upstream string, err error) {
	outcome := "ok"
	if err != nil {
		outcome = "failed"
	}
	m.fetched.WithLabelValues(upstream, outcome).Inc()
}

// Hooked counts one webhook; upstream is empty where nobody waits for its task.
func (m *Metrics) Hooked(upstream string, taken bool) {
	m.hooks.WithLabelValues(upstream, strconv.FormatBool(taken)).Inc()
}

// UpstreamFailed counts a submission that was refused or lost by the kind of its error.
func (m *Metrics) UpstreamFailed(upstream string, kind adapter.Kind) {
	m.upstream.WithLabelValues(upstream, KindLabel(kind)).Inc()
}

// PicturesWeigh says how many bytes the picture store holds now.
func (m *Metrics) PicturesWeigh(bytes int64) { m.stored.Set(float64(bytes)) }

// KeysRead says whether the file of keys could be read when it was read last.
func (m *Metrics) KeysRead(ok bool) {
	m.keysOK.Set(0)
	if ok {
		m.keysOK.Set(1)
	}
}

// Arrive counts a request that is being served.
func (m *Metrics) Arrive() { m.waiting.Inc() }

// Leave counts a request whose answer is over.
func (m *Metrics) Leave(route, method string, status int, took time.Duration) {
	m.waiting.Dec()
	m.requests.WithLabelValues(route, KnownMethod(method), strconv.Itoa(status)).Inc()
	m.duration.WithLabelValues(route).Observe(took.Seconds())
}

// Refused counts an error that was answered.
func (m *Metrics) Refused(kind adapter.Kind) { m.errors.WithLabelValues(KindLabel(kind)).Inc() }

// HandedOut counts pictures of one form: url, b64_json or bytes.
func (m *Metrics) HandedOut(form string, n int) { m.pictures.WithLabelValues(form).Add(float64(n)) }

// KindLabel is the kind of an error as labels name it.
func KindLabel(k adapter.Kind) string { return cmp.Or(string(k), "internal") }

// ServeHTTP shows the metrics as they are now.
func (m *Metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.serve.ServeHTTP(w, r) }

// KnownMethod keeps made-up methods out of logs and metric labels.
func KnownMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	default:
		return "other"
	}
}
