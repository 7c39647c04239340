package jetstream

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"midgate/adapter"
)

// Journal keeps runs. It is safe for concurrent use.
type Journal struct {
	engine *Engine
	index  *index
}

// record is a run as it is stored. Void stands in for a run that was never recorded and must not be any more (claim.go).
type record struct {
	adapter.Job
	Void bool `json:"void,omitempty"`
}

// Save implements adapter.Journal.
func (j *Journal) Save(ctx context.Context, run adapter.Job) (adapter.Job, error) {
	if run.Revision == 0 {
		return adapter.Job{}, adapter.ErrConflict
	}
	return j.write(ctx, run, run.Revision)
}

// write stores a run whose key has that revision.
func (j *Journal) write(ctx context.Context, run adapter.Job, at uint64) (adapter.Job, error) {
	data, err := encode(record{Job: run})
	if err != nil {
		return adapter.Job{}, failure(ctx, "record a run", err)
	}
	revision, err := j.engine.runs.update(ctx, run.ID, data, at)
	if conflicting(err) {
		return adapter.Job{}, adapter.ErrConflict
	}
	if err != nil {
		return adapter.Job{}, failure(ctx, "record a run", err)
	}
	run.Revision = revision
	j.index.set(runItem(run))
	return run, nil
}

// Get implements adapter.Journal.
func (j *Journal) Get(ctx context.Context, id string) (adapter.Job, error) {
	run, _, err := j.read(ctx, id)
	if err != nil {
		return adapter.Job{}, err
	}
	if run.Revision == 0 {
		return adapter.Job{}, adapter.ErrNotFound
	}
	return run, nil
}

// read returns the run that a key holds and the key's revision, 0 if it holds nothing. A run without a revision means
// that there is none, or that its time is over.
func (j *Journal) read(ctx context.Context, id string) (run adapter.Job, at uint64, err error) {
	entry, err := j.engine.runs.get(ctx, id)
	if missing(err) {
		return adapter.Job{}, 0, nil
	}
	if err != nil {
		return adapter.Job{}, 0, failure(ctx, "read a run", err)
	}
	var r record
	if err := decode(entry.Value(), &r); err != nil {
		return adapter.Job{}, 0, failure(ctx, "read a run", err)
	}
	if r.Void || expired(r.Expires, time.Now()) {
		return adapter.Job{}, entry.Revision(), nil
	}
	r.Job.Revision = entry.Revision()
	return r.Job, entry.Revision(), nil
}

// List implements adapter.Journal.
func (j *Journal) List(ctx context.Context, owner string, limit int, after string) ([]adapter.Job, error) {
	return list(ctx, j.index, owner, limit, after, func(ctx context.Context, id string) (item, error) {
		run, err := j.Get(ctx, id)
		return runItem(run), err
	}, j.Get)
}

// Watch implements adapter.Journal. It returns why ctx ended.
func (j *Journal) Watch(ctx context.Context, see func(adapter.Job), caughtUp func()) error {
	j.engine.runs.follow(ctx, func(entry jetstream.KeyValueEntry) {
		if run, ok := j.seen(entry); ok && !expired(run.Expires, time.Now()) {
			see(run)
		}
	}, caughtUp)
	return context.Cause(ctx)
}

// seen decodes an entry of a watch; false for what is no run.
func (j *Journal) seen(entry jetstream.KeyValueEntry) (adapter.Job, bool) {
	if removed(entry) {
		return adapter.Job{}, false
	}
	var r record
	if err := decode(entry.Value(), &r); err != nil {
		j.engine.cfg.Log.Error("a run's record cannot be read", "job", entry.Key(), "error", err)
		return adapter.Job{}, false
	}
	r.Job.Revision = entry.Revision()
	return r.Job, !r.Void
}

// glance is what the index needs of a run: after a restart every stored run is read, most of them long ended.
type glance struct {
	ID       string            `json:"id"`
	Owner    string            `json:"owner"`
	Status   adapter.JobStatus `json:"status"`
	Created  time.Time         `json:"created"`
	Deadline time.Time         `json:"deadline"`
	Expires  time.Time         `json:"expires"`
	Request  json.RawMessage   `json:"request"`
	Result   *struct {
		Videos []string `json:"videos"`
	} `json:"result"`
	Void bool `json:"void"`
}

// changed takes a change from the watch of the bucket into the index.
func (j *Journal) changed(entry jetstream.KeyValueEntry) {
	if j.index.knows(entry.Key(), entry.Revision()) {
		return
	}
	var g glance
	if !removed(entry) {
		if err := decode(entry.Value(), &g); err != nil {
			j.engine.cfg.Log.Error("a run's record cannot be read", "job", entry.Key(), "error", err)
			return
		}
	}
	if removed(entry) || g.Void {
		j.index.remove(entry.Key(), entry.Revision())
		return
	}
	run := adapter.Job{ID: g.ID, Revision: entry.Revision(), Owner: g.Owner, Status: g.Status, Created: g.Created, Deadline: g.Deadline, Expires: g.Expires, Request: g.Request}
	if g.Result != nil {
		run.Result = &adapter.Result{Videos: g.Result.Videos}
	}
	j.index.set(runItem(run))
}

func runItem(run adapter.Job) item {
	it := item{id: run.ID, owner: run.Owner, created: run.Created, expires: run.Expires, revision: run.Revision}
	if !run.Status.Ended() && run.Deadline.After(it.expires) && !it.expires.IsZero() {
		it.expires = run.Deadline // it is still followed
	}
	if !run.Status.Ended() {
		it.request = run.Request
	}
	if run.Result != nil {
		it.bytes = run.Result.Videos
	}
	return it
}

// Tell implements adapter.Journal.
func (j *Journal) Tell(ctx context.Context, topic string, news []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return failure(ctx, "send news", j.engine.conn.Publish(j.engine.subject(topic), news))
}

// Hear implements adapter.Journal. It returns why ctx ended, or at once when it cannot listen.
func (j *Journal) Hear(ctx context.Context, topic string, hear func(news []byte)) error {
	sub, err := j.engine.conn.Subscribe(j.engine.subject(topic), func(m *nats.Msg) { hear(m.Data) })
	if err != nil {
		return failure(ctx, "listen for news", err)
	}
	<-ctx.Done()
	_ = sub.Unsubscribe() // it only fails when the connection is gone
	return context.Cause(ctx)
}

// subject hides a topic's dots and blanks, which mean something to NATS.
func (e *Engine) subject(topic string) string {
	return e.cfg.Prefix + ".news." + base64.RawURLEncoding.EncodeToString([]byte(topic))
}
