package adaptertest

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"midgate/adapter"
)

// State is a State in memory. It waits for nothing but a mutex, so that it works inside synctest bubbles; several
// engines may share it, as replicas do.
type State struct {
	shared bool
	rows
	mu sync.Mutex

	hearing sync.Mutex
	hearers map[*inbox]func(topic string, news []byte)
}

// NewState makes an empty state; shared says whether its users need leases.
func NewState(shared bool) *State {
	s := &State{shared: shared, hearers: map[*inbox]func(string, []byte){}}
	s.rows = rows{
		jobs: map[string]adapter.Job{}, images: map[string]adapter.Image{}, digests: map[string]digestRow{}, prints: map[string]printRow{},
		files: map[string]adapter.FileRecord{}, presses: map[string]string{}, orphans: map[string]bool{}, replicas: map[string]time.Time{},
	}
	return s
}

var (
	_ adapter.State = (*State)(nil)
	_ adapter.Bus   = (*State)(nil)
	_ adapter.Tx    = (*rows)(nil)
)

// Write implements adapter.State.
func (s *State) Write(ctx context.Context, work func(adapter.Tx) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.undo = nil
	done := false
	defer func() {
		if !done { // also after a panic
			for _, undo := range slices.Backward(s.undo) {
				undo()
			}
		}
	}()
	err := work(&s.rows)
	done = err == nil
	return err
}

// Rewrite changes a job's row as no program could.
func (s *State) Rewrite(id string, change func(*adapter.Job)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.change(id, func(job *adapter.Job) error { change(job); return nil })
}

// Shared implements adapter.State.
func (s *State) Shared() bool { return s.shared }

// Ready implements adapter.State.
func (s *State) Ready(context.Context) error { return nil }

// Tell implements adapter.Bus.
func (s *State) Tell(topic string, news []byte) {
	s.hearing.Lock()
	defer s.hearing.Unlock()
	for box, hear := range s.hearers {
		box.put(func() { hear(topic, news) })
	}
}

// Hear implements adapter.Bus.
func (s *State) Hear(ctx context.Context, hear func(topic string, news []byte)) error {
	box := newInbox()
	s.hearing.Lock()
	s.hearers[box] = hear
	s.hearing.Unlock()
	defer func() {
		s.hearing.Lock()
		defer s.hearing.Unlock()
		delete(s.hearers, box)
	}()
	box.put(func() { hear("", nil) })
	return box.deliver(ctx)
}

// rows are the tables. Its methods hold no lock: they are those of a unit.
type rows struct {
	jobs     map[string]adapter.Job
	images   map[string]adapter.Image
	digests  map[string]digestRow // by owner and digest
	prints   map[string]printRow
	files    map[string]adapter.FileRecord
	presses  map[string]string
	orphans  map[string]bool
	replicas map[string]time.Time
	undo     []func()
}

type digestRow struct {
	image   string
	expires time.Time
}

type printRow struct {
	adapter.Print
	looks []byte
}

// put sets a row, del removes one; both can be undone.
func put[V any](r *rows, table map[string]V, key string, v V) {
	del(r, table, key)
	table[key] = v
}

func del[V any](r *rows, table map[string]V, key string) {
	was, had := table[key]
	r.undo = append(r.undo, func() {
		delete(table, key)
		if had {
			table[key] = was
		}
	})
	delete(table, key)
}

// copied is a value that shares nothing with another one, as after a way through a database.
func copied[T any](v T) (c T) {
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil {
		panic(err)
	}
	return c
}

// rounded are times as databases keep them.
func rounded(times ...*time.Time) {
	for _, t := range times {
		*t = t.UTC().Truncate(time.Microsecond)
	}
}

// Lock implements adapter.Tx: there is one unit at a time.
func (r *rows) Lock(context.Context, string) error { return nil }

// locked asks a question outside of units.
func locked[T any](s *State, ask func() (T, error)) (T, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return ask()
}

// Job implements adapter.JobReader.
func (s *State) Job(ctx context.Context, id string) (adapter.Job, error) {
	return locked(s, func() (adapter.Job, error) { return s.rows.Job(ctx, id) })
}

// JobByTask implements adapter.JobReader.
func (s *State) JobByTask(ctx context.Context, owner, taskID string) (adapter.Job, error) {
	return locked(s, func() (adapter.Job, error) { return s.rows.JobByTask(ctx, owner, taskID) })
}

// Jobs implements adapter.JobReader.
func (s *State) Jobs(ctx context.Context, q adapter.JobQuery) ([]adapter.Job, error) {
	return locked(s, func() ([]adapter.Job, error) { return s.rows.Jobs(ctx, q) })
}

// Image implements adapter.ImageReader.
func (s *State) Image(ctx context.Context, id string) (adapter.Image, error) {
	return locked(s, func() (adapter.Image, error) { return s.rows.Image(ctx, id) })
}

// Images implements adapter.ImageReader.
func (s *State) Images(ctx context.Context, q adapter.ImageQuery) ([]adapter.Image, error) {
	return locked(s, func() ([]adapter.Image, error) { return s.rows.Images(ctx, q) })
}

// ImageByDigest implements adapter.ImageReader.
func (s *State) ImageByDigest(ctx context.Context, owner, sha256 string) (string, error) {
	return locked(s, func() (string, error) { return s.rows.ImageByDigest(ctx, owner, sha256) })
}

// Prints implements adapter.ImageReader.
func (s *State) Prints(ctx context.Context, q adapter.PrintQuery) ([]adapter.Print, error) {
	return locked(s, func() ([]adapter.Print, error) { return s.rows.Prints(ctx, q) })
}

// Fingerprint implements adapter.ImageReader.
func (s *State) Fingerprint(ctx context.Context, owner, id string) (p adapter.Print, looks []byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rows.Fingerprint(ctx, owner, id)
}

// Needed implements adapter.ImageReader.
func (s *State) Needed(ctx context.Context, name string) (bool, error) {
	return locked(s, func() (bool, error) { return s.rows.Needed(ctx, name) })
}

// File implements adapter.FileReader.
func (s *State) File(ctx context.Context, id string) (adapter.FileRecord, error) {
	return locked(s, func() (adapter.FileRecord, error) { return s.rows.File(ctx, id) })
}

// Files implements adapter.FileReader.
func (s *State) Files(ctx context.Context, owner string, limit int, after string) ([]adapter.FileRecord, error) {
	return locked(s, func() ([]adapter.FileRecord, error) { return s.rows.Files(ctx, owner, limit, after) })
}

// paged sorts what selects chose, newest or oldest first, and cuts a page of it.
func paged[V any](of []V, created func(V) (time.Time, string), oldest bool, limit int, after string) []V {
	slices.SortFunc(of, func(a, b V) int {
		at, ai := created(a)
		bt, bi := created(b)
		order := cmp.Or(at.Compare(bt), cmp.Compare(ai, bi))
		if oldest {
			return order
		}
		return -order
	})
	if after != "" {
		i := slices.IndexFunc(of, func(v V) bool { _, id := created(v); return id == after })
		of = of[i+1:]
	}
	return of[:min(limit, len(of))]
}

func (r *rows) gone(expires time.Time) bool {
	return !expires.IsZero() && !expires.After(time.Now())
}

// Job implements adapter.JobReader.
func (r *rows) Job(_ context.Context, id string) (adapter.Job, error) {
	job, ok := r.jobs[id]
	if !ok {
		return adapter.Job{}, adapter.ErrNotFound
	}
	return copied(job), nil
}

// JobByTask implements adapter.JobReader.
func (r *rows) JobByTask(_ context.Context, owner, taskID string) (found adapter.Job, err error) {
	var newest time.Time
	for _, job := range r.jobs {
		for _, st := range job.Steps {
			if job.Owner == owner && st.Submission != nil && st.Submission.TaskID == taskID && taskID != "" &&
				(found.ID == "" || st.Intended.After(newest) || st.Intended.Equal(newest) && job.Created.After(found.Created)) {
				found, newest = job, st.Intended
			}
		}
	}
	if found.ID == "" {
		return found, adapter.ErrNotFound
	}
	return copied(found), nil
}

// Jobs implements adapter.JobReader.
func (r *rows) Jobs(_ context.Context, q adapter.JobQuery) ([]adapter.Job, error) {
	if after, ok := r.jobs[q.After]; q.After != "" && (!ok || after.Owner != q.Owner) {
		return nil, adapter.ErrNotFound
	}
	var found []adapter.Job
	for _, job := range r.jobs {
		if job.Owner == q.Owner && (len(q.Statuses) == 0 || slices.Contains(q.Statuses, job.Status)) &&
			(len(q.Kinds) == 0 || slices.Contains(q.Kinds, job.Kind)) && (q.Deleted || !job.Deleted) &&
			strings.HasPrefix(job.Route, q.Routes) && !job.Created.Before(q.Since) || job.ID == q.After {
			found = append(found, job)
		}
	}
	return copied(paged(found, func(j adapter.Job) (time.Time, string) { return j.Created, j.ID }, q.Oldest, q.Limit, q.After)), nil
}

// InsertJob implements adapter.JobWriter.
func (r *rows) InsertJob(_ context.Context, job adapter.Job) error {
	for _, known := range r.jobs {
		if known.ID == job.ID || job.Claim != "" && known.Claim == job.Claim {
			return adapter.ErrExists
		}
	}
	r.putJob(job)
	return nil
}

func (r *rows) putJob(job adapter.Job) {
	job = copied(job)
	rounded(&job.Created, &job.Finished, &job.Deadline, &job.Expires, &job.NextLook)
	for i := range job.Steps {
		job.Steps[i] = roundedStep(job.Steps[i])
	}
	for i := range job.Deliveries {
		rounded(&job.Deliveries[i].At)
	}
	put(r, r.jobs, job.ID, job)
}

func roundedStep(st adapter.Step) adapter.Step {
	st = copied(st)
	rounded(&st.Intended, &st.Finished)
	if st.Submission != nil {
		rounded(&st.Submission.At)
	}
	return st
}

// change changes a job's row.
func (r *rows) change(id string, change func(*adapter.Job) error) error {
	job, err := r.Job(context.Background(), id)
	if err != nil {
		return err
	}
	if err := change(&job); err != nil {
		return err
	}
	r.putJob(job)
	return nil
}

// JobByClaim implements adapter.JobWriter.
func (r *rows) JobByClaim(_ context.Context, claim string) (adapter.Job, error) {
	for _, job := range r.jobs {
		if job.Claim == claim && claim != "" {
			return copied(job), nil
		}
	}
	return adapter.Job{}, adapter.ErrNotFound
}

// ReleaseClaim implements adapter.JobWriter.
func (r *rows) ReleaseClaim(_ context.Context, id string) error {
	return r.change(id, func(job *adapter.Job) error { job.Claim = ""; return nil })
}

// JobsByBody implements adapter.JobWriter.
func (r *rows) JobsByBody(_ context.Context, body string, since time.Time, limit int) ([]adapter.Job, error) {
	var left, others []adapter.Job
	for _, job := range r.jobs {
		if job.Body != body || !job.Finished.IsZero() && job.Finished.Before(since) {
			continue
		}
		if slices.ContainsFunc(job.Deliveries, func(d adapter.Delivery) bool { return d.State == adapter.DeliveryAbandoned }) {
			left = append(left, job)
		} else {
			others = append(others, job)
		}
	}
	byAge := func(j adapter.Job) (time.Time, string) { return j.Created, j.ID }
	all := append(paged(left, byAge, false, limit, ""), paged(others, byAge, false, limit, "")...)
	return copied(all[:min(limit, len(all))]), nil
}

// LockJob implements adapter.JobWriter.
func (r *rows) LockJob(ctx context.Context, id string) (adapter.Job, error) { return r.Job(ctx, id) }

// HoldJob implements adapter.JobWriter.
func (r *rows) HoldJob(_ context.Context, id, replica string) (bool, error) {
	job, ok := r.jobs[id]
	if !ok || job.Replica != replica || job.Status.Ended() {
		return false, adapter.ErrConflict
	}
	return job.Cancel, nil
}

// PutJob implements adapter.JobWriter.
func (r *rows) PutJob(_ context.Context, job adapter.Job, fence string) error {
	if _, ok := r.jobs[job.ID]; !ok {
		return adapter.ErrConflict
	}
	return r.change(job.ID, func(to *adapter.Job) error {
		if to.Replica != fence {
			return adapter.ErrConflict
		}
		to.Status, to.Replica, to.Upstream, to.Finished, to.Deadline = job.Status, job.Replica, job.Upstream, job.Finished, job.Deadline
		to.NextLook, to.SealedKey, to.Result, to.Error = job.NextLook, job.SealedKey, job.Result, job.Error
		return nil
	})
}

// CancelJob implements adapter.JobWriter.
func (r *rows) CancelJob(_ context.Context, id string) error {
	return r.change(id, func(job *adapter.Job) error { job.Cancel = true; return nil })
}

// DeleteJob implements adapter.JobWriter.
func (r *rows) DeleteJob(_ context.Context, id string) error {
	return r.change(id, func(job *adapter.Job) error { job.Deleted = true; return nil })
}

// CountLate implements adapter.JobWriter.
func (r *rows) CountLate(_ context.Context, id string) error {
	return r.change(id, func(job *adapter.Job) error { job.Late++; return nil })
}

// PutStep implements adapter.JobWriter.
func (r *rows) PutStep(_ context.Context, id string, st adapter.Step) error {
	return r.change(id, func(job *adapter.Job) error {
		if i := place(*job, st.Name); i >= 0 {
			job.Steps[i] = st
		} else {
			job.Steps = append(job.Steps, st)
		}
		return nil
	})
}

func place(job adapter.Job, step string) int {
	return slices.IndexFunc(job.Steps, func(s adapter.Step) bool { return s.Name == step })
}

// DropStep implements adapter.JobWriter.
func (r *rows) DropStep(_ context.Context, id, step string) error {
	return r.change(id, func(job *adapter.Job) error {
		job.Steps = slices.DeleteFunc(job.Steps, func(s adapter.Step) bool { return s.Name == step })
		return nil
	})
}

// NoteStep implements adapter.JobWriter.
func (r *rows) NoteStep(_ context.Context, id string, st adapter.Step) error {
	if _, ok := r.jobs[id]; !ok {
		return adapter.ErrConflict
	}
	return r.change(id, func(job *adapter.Job) error {
		i := place(*job, st.Name)
		if i < 0 || job.Steps[i].Submission != nil {
			return adapter.ErrConflict
		}
		to := &job.Steps[i]
		to.Submission, to.Status, to.Free, to.Refusal = st.Submission, st.Status, st.Free, st.Refusal
		if st.Submission != nil && job.Status == adapter.JobQueued {
			job.Status = adapter.JobInProgress
		}
		return nil
	})
}

// PutDelivery implements adapter.JobWriter.
func (r *rows) PutDelivery(_ context.Context, id string, i int, d adapter.Delivery) error {
	return r.change(id, func(job *adapter.Job) error {
		if i == len(job.Deliveries) {
			job.Deliveries = append(job.Deliveries, d)
		} else {
			job.Deliveries[i] = d
		}
		return nil
	})
}

// Settle implements adapter.JobWriter.
func (r *rows) Settle(_ context.Context, id string, i int, state adapter.DeliveryState, since, at time.Time) error {
	if _, ok := r.jobs[id]; !ok {
		return nil
	}
	rounded(&at, &since)
	return r.change(id, func(job *adapter.Job) error {
		if i < len(job.Deliveries) {
			d := &job.Deliveries[i]
			if settles(*job, *d, state, since) {
				d.State, d.At = state, at
			}
		}
		return nil
	})
}

func settles(job adapter.Job, d adapter.Delivery, state adapter.DeliveryState, since time.Time) bool {
	if state == adapter.DeliveryAnswered {
		return d.State != adapter.DeliveryAnswered && (!d.At.After(since) || job.Status.Ended())
	}
	return d.State == adapter.DeliveryWaiting && !d.At.After(since)
}

// DueJobs implements adapter.JobWriter.
func (r *rows) DueJobs(_ context.Context, replica string, now, next time.Time, limit int) (ids []string, err error) {
	for _, id := range slices.Sorted(maps.Keys(r.jobs)) {
		job := r.jobs[id]
		if job.Status.Ended() && !job.NextLook.IsZero() && !job.NextLook.After(now) && len(ids) < limit {
			ids = append(ids, id)
			job.Replica, job.NextLook = replica, next
			r.putJob(job)
		}
	}
	return ids, nil
}

// KeepLease implements adapter.LeaseRows.
func (r *rows) KeepLease(_ context.Context, replica string, length time.Duration) (unbroken bool, err error) {
	until, ok := r.replicas[replica]
	unbroken = ok && until.After(time.Now())
	put(r, r.replicas, replica, time.Now().Add(length))
	return unbroken, nil
}

// EndLease implements adapter.LeaseRows.
func (r *rows) EndLease(_ context.Context, replica string) error {
	del(r, r.replicas, replica)
	return nil
}

// TakeOver implements adapter.LeaseRows.
func (r *rows) TakeOver(_ context.Context, replica string, now time.Time, limit int) (ids []string, err error) {
	dead := func(name string) bool { return name != replica && !r.replicas[name].After(time.Now()) }
	for _, id := range slices.Sorted(maps.Keys(r.jobs)) {
		job := r.jobs[id]
		cut := slices.ContainsFunc(job.Deliveries, func(d adapter.Delivery) bool { return d.State == adapter.DeliveryWaiting && dead(d.Replica) })
		taken := !job.Status.Ended() && dead(job.Replica) && len(ids) < limit
		if !cut && !taken {
			continue
		}
		job = copied(job)
		for i, d := range job.Deliveries {
			if d.State == adapter.DeliveryWaiting && dead(d.Replica) {
				job.Deliveries[i].State, job.Deliveries[i].At = adapter.DeliveryAbandoned, now
			}
		}
		if taken {
			ids = append(ids, id)
			job.Replica = replica
		}
		r.putJob(job)
	}
	return ids, nil
}

// Image implements adapter.ImageReader.
func (r *rows) Image(_ context.Context, id string) (adapter.Image, error) {
	img, ok := r.images[id]
	if !ok || r.gone(img.Expires) {
		return adapter.Image{}, adapter.ErrNotFound
	}
	return copied(img), nil
}

// Images implements adapter.ImageReader.
func (r *rows) Images(_ context.Context, q adapter.ImageQuery) ([]adapter.Image, error) {
	if after, ok := r.images[q.After]; q.After != "" && (!ok || after.Owner != q.Owner) {
		return nil, adapter.ErrNotFound
	}
	rounded(&q.Before)
	var found []adapter.Image
	for _, img := range r.images {
		if img.Owner == q.Owner && !r.gone(img.Expires) && (q.Kind == "" || img.Sort() == q.Kind) && (!q.Favorite || img.Favorite) &&
			(q.Before.IsZero() || img.Created.Before(q.Before)) && strings.Contains(strings.ToLower(img.Prompt), strings.ToLower(q.Text)) || img.ID == q.After {
			found = append(found, img)
		}
	}
	return copied(paged(found, func(i adapter.Image) (time.Time, string) { return i.Created, i.ID }, false, q.Limit, q.After)), nil
}

// PutImages implements adapter.ImageWriter.
func (r *rows) PutImages(_ context.Context, images ...adapter.Image) error {
	for _, img := range images {
		img = copied(img)
		rounded(&img.Created, &img.Expires)
		if known, ok := r.images[img.ID]; ok {
			img.Favorite = img.Favorite || known.Favorite
			if img.Single == nil {
				img.Single = known.Single
			}
		}
		put(r, r.images, img.ID, img)
	}
	return nil
}

// UpdateImage implements adapter.ImageWriter.
func (r *rows) UpdateImage(ctx context.Context, id string, change func(*adapter.Image)) error {
	img, err := r.Image(ctx, id)
	if err != nil {
		return err
	}
	change(&img)
	put(r, r.images, id, copied(img))
	return nil
}

// DeleteImage implements adapter.ImageWriter.
func (r *rows) DeleteImage(_ context.Context, id string) error {
	source := r.images[id].Source
	del(r, r.images, id)
	del(r, r.prints, id)
	for key, d := range r.digests {
		if d.image == id {
			del(r, r.digests, key)
		}
	}
	r.orphan(source)
	return nil
}

// ImageByDigest implements adapter.ImageReader.
func (r *rows) ImageByDigest(_ context.Context, owner, sha256 string) (string, error) {
	d, ok := r.digests[owner+" "+sha256]
	if !ok || r.gone(d.expires) {
		return "", adapter.ErrNotFound
	}
	return d.image, nil
}

// PutDigest implements adapter.ImageWriter.
func (r *rows) PutDigest(_ context.Context, owner, sha256, id string, expires time.Time) error {
	put(r, r.digests, owner+" "+sha256, digestRow{id, expires})
	return nil
}

// Prints implements adapter.ImageReader.
func (r *rows) Prints(_ context.Context, q adapter.PrintQuery) ([]adapter.Print, error) {
	var found []adapter.Print
	away := map[string]int{}
	for _, p := range r.prints {
		misses := 0
		for i, v := range q.Cells {
			d := max(int(p.Cells[i])-int(v), int(v)-int(p.Cells[i]))
			away[p.Image] += d
			if d > q.Within {
				misses++
			}
		}
		if d := p.Ratio - q.Ratio; p.Owner == q.Owner && d <= q.RatioOff && -d <= q.RatioOff && misses <= q.Misses {
			found = append(found, p.Print)
		}
	}
	slices.SortFunc(found, func(a, b adapter.Print) int {
		return cmp.Or(cmp.Compare(away[a.Image], away[b.Image]), b.Created.Compare(a.Created), cmp.Compare(a.Image, b.Image))
	})
	return found[:min(q.Limit, len(found))], nil
}

// Fingerprint implements adapter.ImageReader.
func (r *rows) Fingerprint(_ context.Context, owner, id string) (adapter.Print, []byte, error) {
	p, ok := r.prints[id]
	if !ok || p.Owner != owner {
		return adapter.Print{}, nil, adapter.ErrNotFound
	}
	return p.Print, slices.Clone(p.looks), nil
}

// PutPrint implements adapter.ImageWriter.
func (r *rows) PutPrint(_ context.Context, p adapter.Print, looks []byte) error {
	rounded(&p.Created)
	put(r, r.prints, p.Image, printRow{p, slices.Clone(looks)})
	return nil
}

// ClaimPress implements adapter.ImageWriter.
func (r *rows) ClaimPress(_ context.Context, key, job string) (string, error) {
	if holder, ok := r.presses[key]; ok {
		if j, known := r.jobs[holder]; known && !j.Status.Ended() {
			return holder, nil
		}
	}
	put(r, r.presses, key, job)
	return job, nil
}

// ReleasePress implements adapter.ImageWriter.
func (r *rows) ReleasePress(_ context.Context, key, job string) error {
	if r.presses[key] == job {
		del(r, r.presses, key)
	}
	return nil
}

// File implements adapter.FileReader.
func (r *rows) File(_ context.Context, id string) (adapter.FileRecord, error) {
	f, ok := r.files[id]
	if !ok || r.gone(f.Expires) {
		return adapter.FileRecord{}, adapter.ErrNotFound
	}
	return f, nil
}

// Files implements adapter.FileReader.
func (r *rows) Files(_ context.Context, owner string, limit int, after string) ([]adapter.FileRecord, error) {
	if known, ok := r.files[after]; after != "" && (!ok || known.Owner != owner) {
		return nil, adapter.ErrNotFound
	}
	var found []adapter.FileRecord
	for _, f := range r.files {
		if f.Owner == owner && f.Purpose != adapter.PurposeReference && !r.gone(f.Expires) || f.ID == after {
			found = append(found, f)
		}
	}
	return paged(found, func(f adapter.FileRecord) (time.Time, string) { return f.Created, f.ID }, false, limit, after), nil
}

// PutFile implements adapter.FileWriter.
func (r *rows) PutFile(_ context.Context, f adapter.FileRecord) error {
	rounded(&f.Created, &f.Expires)
	put(r, r.files, f.ID, f)
	return nil
}

// RemoveFile implements adapter.FileWriter.
func (r *rows) RemoveFile(_ context.Context, id string) error {
	source := r.files[id].Source
	del(r, r.files, id)
	r.orphan(source)
	return nil
}

// Needed implements adapter.ImageReader.
func (r *rows) Needed(_ context.Context, name string) (bool, error) {
	for _, img := range r.images {
		if img.Source == name {
			return true, nil
		}
	}
	for _, f := range r.files {
		if f.Source == name {
			return true, nil
		}
	}
	for _, job := range r.jobs {
		if slices.Contains(job.Bytes(), name) {
			return true, nil
		}
	}
	return false, nil
}

func (r *rows) orphan(name string) {
	if needed, _ := r.Needed(context.Background(), name); name != "" && !needed {
		put(r, r.orphans, name, true)
	}
}

// Expire implements adapter.Sweeper.
func (r *rows) Expire(ctx context.Context, now time.Time, limit int) (removed int, err error) {
	due := func(expires time.Time) bool { return !expires.IsZero() && !expires.After(now) }
	for _, id := range dueOf(r.images, limit, func(i adapter.Image) bool { return due(i.Expires) }) {
		_ = r.DeleteImage(ctx, id)
		removed++
	}
	for _, id := range dueOf(r.files, limit, func(f adapter.FileRecord) bool { return due(f.Expires) }) {
		_ = r.RemoveFile(ctx, id)
		removed++
	}
	for _, id := range dueOf(r.jobs, limit, func(j adapter.Job) bool { return due(j.Expires) && j.Status.Ended() }) {
		names := r.jobs[id].Bytes()
		del(r, r.jobs, id)
		for _, name := range names {
			r.orphan(name)
		}
		for key, job := range r.presses {
			if job == id {
				del(r, r.presses, key)
			}
		}
		removed++
	}
	for _, key := range dueOf(r.digests, len(r.digests), func(d digestRow) bool { return due(d.expires) }) {
		del(r, r.digests, key)
		removed++
	}
	return removed, nil
}

func dueOf[V any](table map[string]V, limit int, due func(V) bool) (keys []string) {
	for _, key := range slices.Sorted(maps.Keys(table)) {
		if due(table[key]) && len(keys) < limit {
			keys = append(keys, key)
		}
	}
	return keys
}

// Orphans implements adapter.Sweeper.
func (r *rows) Orphans(_ context.Context, limit int) ([]string, error) {
	names := slices.Sorted(maps.Keys(r.orphans))
	return names[:min(limit, len(names))], nil
}

// Buried implements adapter.Sweeper.
func (r *rows) Buried(_ context.Context, name string) error {
	del(r, r.orphans, name)
	return nil
}
