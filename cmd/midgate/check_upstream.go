package main

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney"
)

// nobody is a task that no upstream has: asking for it proves that the key is accepted and costs nothing.
const nobody = "0000000000000000"

// examine asks one upstream and prints what it says; false if it cannot be used.
func (p program) examine(ctx context.Context, u keyed, up adapter.Upstream) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	err, ownKey := met(ctx, up), !u.all.Passthrough
	switch refused := keyRefused(err); {
	case errors.Is(err, errElsewhere):
		p.finding("reachable", "yes, but NO midjourney-proxy is at this address%s", remedy(u.URL))
		return false
	case err != nil && !refused:
		p.finding("reachable", "NO: %s", said(err))
		if way := u.otherWay(ctx); ownKey && way != "" { // some servers refuse a key without saying that it is one
			p.finding("key", "REFUSED: %s", way)
		}
		return false
	case refused && ownKey && u.Key == "":
		p.finding("reachable", "yes")
		p.finding("key", "NEEDED, and none is set: set MIDGATE_UPSTREAM_KEY")
		return false
	case refused && ownKey:
		p.finding("reachable", "yes")
		p.finding("key", "REFUSED: %s; %s", said(err), u.advice(ctx))
		return false
	case refused:
		p.finding("reachable", "yes")
		p.finding("key", "needed; clients send theirs, so the rest cannot be asked")
		return true
	}
	p.finding("reachable", "yes")
	if ownKey {
		p.finding("key", "accepted")
	}
	p.survey(ctx, up)
	p.extras(ctx, up)
	return p.files(ctx, up)
}

// errElsewhere is a server that has nothing of what midgate needs.
var errElsewhere = errors.New("no midjourney-proxy")

// met asks for a task that nobody has, and for a list of no tasks: a server that tells strangers that a task is unknown
// shows at the other that the key is wrong. Nothing is posted to where jobs are submitted: what is empty or wrong for
// one server is a job for another.
func met(ctx context.Context, up adapter.Upstream) error {
	_, taskErr := up.Task(ctx, nobody)
	list, listErr := up.Has(ctx, adapter.FeatureList)
	switch {
	case keyRefused(taskErr):
		return taskErr
	case keyRefused(listErr):
		return listErr
	case errors.Is(taskErr, adapter.ErrNotFound):
		return nil
	case listErr == nil && !list:
		return errElsewhere
	default:
		return taskErr
	}
}

func keyRefused(err error) bool {
	return slices.Contains([]adapter.Kind{adapter.UpstreamAuth, adapter.Unauthorized, adapter.Forbidden}, adapter.KindOf(err))
}

// remedy says what is probably wrong with an address.
func remedy(url string) string {
	if rest, ok := strings.CutSuffix(strings.TrimRight(url, "/"), "/v1"); ok {
		return ": remove /v1 from the URL, as in " + rest
	}
	return ": the URL must be what stands before /mj/submit/imagine"
}

// said is an error as one sentence: what is told to clients, and why.
func said(err error) string {
	if e, ok := errors.AsType[*adapter.Error](err); ok && e.Err != nil {
		return strings.TrimSuffix(e.Message, ".") + " (" + e.Err.Error() + ")"
	}
	return err.Error()
}

// extras prints which of the optional routes there are.
func (p program) extras(ctx context.Context, up adapter.Upstream) {
	list := string(adapter.FeatureList)
	switch has, err := up.Has(ctx, adapter.FeatureList); {
	case err != nil:
		p.finding(list, "unknown: %s", said(err))
	case has:
		p.finding(list, "yes")
	default:
		p.finding(list, "no: every job is asked for by itself, which is slower with many at once")
	}
	server, ok := up.(midjourney.Surveyor)
	if !ok {
		return
	}
	for _, f := range []adapter.Feature{adapter.FeatureEdits, adapter.FeatureVideo, adapter.FeatureShorten, "describe", "blend"} {
		switch o, err := server.Offered(ctx, f); {
		case err != nil:
			p.finding(string(f), "unknown: %s", said(err))
		case !o.Known:
			p.finding(string(f), "unknown until it is first used: a question could be taken for a job")
		case o.Works:
			p.finding(string(f), "works")
		default:
			p.finding(string(f), "refused: %s", o.Words)
		}
	}
}

// files prints from which hosts the upstream's files can be fetched; false if from one they may not.
func (p program) files(ctx context.Context, up adapter.Upstream) bool {
	server, ok := up.(midjourney.Surveyor)
	if !ok {
		return true
	}
	hosts, err := server.Files(ctx)
	if len(hosts) == 0 {
		if err != nil && !errors.Is(err, adapter.ErrNotFound) {
			p.finding("files", "unknown: %s", said(err))
		} else {
			p.finding("files", "the first picture will show where they are")
		}
		return true
	}
	fine := true
	for _, host := range slices.Sorted(maps.Keys(hosts)) {
		switch err := hosts[host]; {
		case err == nil:
			p.finding("files", "can be fetched from %s", host)
		case errors.Is(err, adapter.ErrPrivate):
			p.finding("files", "MAY NOT be fetched from %s, which is in a private network: MIDGATE_FETCH_ALLOW=%s allows it (hosts and networks, with commas)", host, hostname(host))
			fine = false
		default:
			p.finding("files", "could not be fetched from %s: %v", host, err)
		}
	}
	return fine
}

// hostname is a host without its port.
func hostname(host string) string { return (&url.URL{Host: host}).Hostname() }

// survey prints what the server seems to be, and which of the configured paths it serves.
func (p program) survey(ctx context.Context, up adapter.Upstream) {
	server, ok := up.(midjourney.Surveyor)
	if !ok {
		return
	}
	if kind, err := server.Kind(ctx); err == nil {
		p.finding("looks like", "%s", kind)
	}
	for _, speed := range []adapter.Speed{adapter.Relax, adapter.Fast, adapter.Turbo} {
		prefix, served, err := server.Prefixed(ctx, speed)
		path := prefix + "/mj"
		switch {
		case err != nil:
			p.finding(string(speed), "unknown: %v", err)
		case served:
			p.finding(string(speed), "yes, at %s", path)
		default:
			p.finding(string(speed), "not offered, or not served for questions at %s", path)
		}
	}
}
