package metrics

import (
	"slices"

	"midgate/adapter"
)

// Known are the words that are known from the beginning. What is counted by them alone exists, at 0, before the first one
// is counted: whoever asks for a rate sees that one too.
type Known struct {
	Upstreams []string
	Speeds    []adapter.Speed
	Keys      []string // names
	Sold      []string // what jobs are paid as
}

// shownKeys is how many keys have their money shown before they spend any: a series for each of what is sold at each speed.
const shownKeys = 20

var (
	jobKinds = []adapter.JobKind{adapter.JobGeneration, adapter.JobEdit, adapter.JobVariation, adapter.JobAction, adapter.JobBlend,
		adapter.JobDescription, adapter.JobShorten, adapter.JobVideo, adapter.JobNative}
	outcomes = []string{string(adapter.JobCompleted), string(adapter.JobCancelled), string(adapter.Failed), string(adapter.Moderated), string(adapter.Ambiguous),
		string(adapter.Overdue), string(adapter.Unavailable), string(adapter.Busy), string(adapter.Credit)}
	refusals = []adapter.Kind{adapter.Internal, adapter.Invalid, adapter.Moderated, adapter.NotFound, adapter.Busy, adapter.Credit, adapter.Unavailable,
		adapter.Storage, adapter.Failed, adapter.Ambiguous, adapter.UpstreamAuth, adapter.Unauthorized, adapter.Forbidden, adapter.Timeout, adapter.Unsupported}
)

// Show makes the counters of what is known.
func (m *Metrics) Show(k Known) {
	for _, kind := range refusals {
		m.errors.WithLabelValues(KindLabel(kind))
	}
	for _, form := range []string{"url", "b64_json", "bytes", "stream", "responses", "video"} {
		m.pictures.WithLabelValues(form)
	}
	for _, taken := range []string{"true", "false"} {
		m.hooks.WithLabelValues("", taken) // for nobody who waits
	}
	for _, upstream := range k.Upstreams {
		m.showUpstream(upstream, k.Speeds)
	}
	keys := slices.Compact(slices.Sorted(slices.Values(k.Keys)))
	for _, key := range keys[:min(len(keys), shownKeys)] {
		key = m.keys.label(key)
		for _, kind := range k.Sold {
			for _, speed := range k.Speeds {
				m.keyJobs.WithLabelValues(key, kind, string(speed))
				m.spent.WithLabelValues(key, kind, string(speed))
				m.refunded.WithLabelValues(key, kind, string(speed))
			}
		}
	}
}

func (m *Metrics) showUpstream(upstream string, speeds []adapter.Speed) {
	for _, kind := range jobKinds {
		m.paid.WithLabelValues(string(kind), upstream)
		for _, speed := range speeds {
			m.begun.WithLabelValues(string(kind), upstream, string(speed))
			for _, outcome := range outcomes {
				m.jobs.WithLabelValues(string(kind), upstream, string(speed), outcome)
			}
		}
	}
	for _, kind := range refusals {
		m.upstream.WithLabelValues(upstream, KindLabel(kind))
	}
	for _, outcome := range []string{"ok", "failed"} {
		m.fetched.WithLabelValues(upstream, outcome)
	}
	for _, route := range []string{"single", "list"} {
		m.polls.WithLabelValues(upstream, route)
	}
	m.hooks.WithLabelValues(upstream, "true")
	m.asked.WithLabelValues(upstream)
	m.ambiguous.WithLabelValues(upstream)
	m.late.WithLabelValues(upstream)
	m.inFlight.WithLabelValues(upstream)
	m.waitingAt.WithLabelValues(upstream)
	m.queued.WithLabelValues(upstream)
}

// Build says what is running.
func (m *Metrics) Build(version, commit, goVersion string) {
	m.build.WithLabelValues(version, commit, goVersion).Set(1)
}
