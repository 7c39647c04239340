package proxy

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/proxy/body"
	"midgate/proxy/metrics"
	"midgate/proxy/web"
)

// fake is a core in memory: it remembers what it was asked and answers with made-up pictures. What only a server can
// show is tested against the real one elsewhere; this shows what the routes hand over.
type fake struct {
	mu        sync.Mutex
	images    map[string]adapter.Image
	bytes     map[string][]byte
	uploads   [][]byte
	attempts  []adapter.Attempt
	drawn     []adapter.Generation
	edited    []adapter.Edit
	pressed   []adapter.Act
	jobs      []adapter.Job
	answered  int
	abandoned int
	asked     int // the width of the bytes that were asked for last

	refuse   error         // of every request that costs money
	hold     chan struct{} // jobs wait for it, if it is not nil
	fail     error         // of jobs, after hold
	missing  int
	notReady error
	settled  chan string // told "answered" or "abandoned" for each ticket, if it is not nil
}

func newFake() *fake {
	return &fake{images: map[string]adapter.Image{}, bytes: map[string][]byte{}}
}

func (f *fake) core() Core {
	return Core{Draw: f, Edit: f, Keep: f, Files: noFiles{}, Films: noFilms{}, Jobs: f, Ready: f}
}

// noFilms has no video.
type noFilms struct{ Films }

// noFiles has no file.
type noFiles struct{ filing }

type filing = interface {
	AddFile(ctx context.Context, c adapter.Caller, upload adapter.Reference, purpose string, lifetime time.Duration) (adapter.File, error)
	Files(ctx context.Context, c adapter.Caller, limit int, after string) ([]adapter.File, error)
	DeleteFile(ctx context.Context, c adapter.Caller, id string) error
	FileBytes(ctx context.Context, c adapter.Caller, id string) (*adapter.Blob, error)
}

func (noFiles) File(context.Context, adapter.Caller, string) (adapter.File, error) {
	return adapter.File{}, &adapter.Error{Kind: adapter.NotFound, Code: "file_not_found", Message: "There is no file with this ID."}
}

// The fixed time of everything that the fake makes.
var then = time.Unix(1785000000, 0)

// add keeps a picture of alice's.
func (f *fake) add(id string, data []byte) adapter.Image {
	img := adapter.Image{ID: id, Owner: body.HexDigest("name:alice"), Created: then, Model: "midjourney", Prompt: "a fox",
		RevisedPrompt: "a fox --v 7", Width: 1024, Height: 768, Upstream: "main", TaskID: "task-1", Version: "7",
		Buttons: []adapter.Button{{CustomID: "MJ::x::1", Label: "Vary (Subtle)", Emoji: "🪄", Action: adapter.ActVarySubtle}, {CustomID: "MJ::x::2", Emoji: "❤️"}}}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.images[id], f.bytes[id] = img, data
	return img
}

// PreviewImages has no preview.
func (f *fake) PreviewImages(context.Context, adapter.Caller, []string, adapter.PreviewForm) ([]byte, error) {
	return nil, adapter.Errorf(adapter.NotFound, "There is no preview.")
}

// Stencil makes no mask.
func (f *fake) Stencil(context.Context, adapter.Caller, adapter.Reference, []adapter.Hole) (adapter.Reference, error) {
	return adapter.Reference{}, adapter.Errorf(adapter.Unsupported, "There are no masks.")
}

func (f *fake) Ready(context.Context) error { return f.notReady }

func (f *fake) MayUse(adapter.Caller, string) bool { return true }

func (f *fake) Model(name string) error {
	if slices.Contains(adapter.DefaultListed, name) || name == "" || name == "vendor/midjourney" {
		return nil
	}
	return &adapter.Error{Kind: adapter.NotFound, Code: "model_not_found", Param: "model", Message: "No such model."}
}

// note remembers something under the lock.
func (f *fake) note(what func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	what()
}

func (f *fake) begin(a adapter.Attempt, kind string, n int, result adapter.Result) (adapter.Ticket, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.attempts = append(f.attempts, a)
	if p, ok := f.refuse.(panicking); ok {
		panic(p)
	}
	if f.refuse != nil {
		return nil, f.refuse
	}
	job := adapter.Job{ID: testJob, Owner: a.Caller.Owner, Kind: adapter.JobKind(kind), N: n, Status: adapter.JobQueued, Created: then}
	return &fakeTicket{f: f, run: job, result: result}, nil
}

func (f *fake) Generate(_ context.Context, a adapter.Attempt, g adapter.Generation) (adapter.Ticket, error) {
	f.note(func() { f.drawn = append(f.drawn, g) })
	return f.begin(a, "generation", g.N, f.some(g.N))
}

// some makes n pictures named one after the other.
func (f *fake) some(n int) adapter.Result {
	r := adapter.Result{Missing: f.missing, Reason: "one was refused"}
	for i := range max(n, 1) - f.missing {
		id := testImage[:len(testImage)-1] + string(rune('1'+i))
		f.add(id, []byte("picture "+string(rune('1'+i))))
		r.Images = append(r.Images, id)
	}
	return r
}

func (f *fake) Shorten(_ context.Context, a adapter.Attempt, g adapter.Generation) (adapter.Ticket, error) {
	f.note(func() { f.drawn = append(f.drawn, g) })
	return f.begin(a, "shorten", 1, adapter.Result{Texts: []string{"fox", "a fox"}})
}

func (f *fake) Act(_ context.Context, a adapter.Attempt, act adapter.Act) (adapter.Ticket, error) {
	f.note(func() { f.pressed = append(f.pressed, act) })
	return f.begin(a, "action", act.N, f.some(act.N))
}

func (f *fake) Edit(_ context.Context, a adapter.Attempt, e adapter.Edit) (adapter.Ticket, error) {
	f.note(func() { f.edited = append(f.edited, e) })
	return f.begin(a, "edit", e.N, f.some(e.N))
}

func (f *fake) Vary(ctx context.Context, a adapter.Attempt, e adapter.Edit) (adapter.Ticket, error) {
	return f.Edit(ctx, a, e)
}

func (f *fake) Blend(ctx context.Context, a adapter.Attempt, e adapter.Edit) (adapter.Ticket, error) {
	return f.Edit(ctx, a, e)
}

func (f *fake) Describe(_ context.Context, a adapter.Attempt, e adapter.Edit) (adapter.Ticket, error) {
	f.note(func() { f.edited = append(f.edited, e) })
	return f.begin(a, "description", 1, adapter.Result{Texts: []string{"one", "two", "three", "four"}})
}

func (f *fake) Image(_ context.Context, c adapter.Caller, id string) (adapter.Image, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	img, ok := f.images[id]
	if !ok || img.Owner != c.Owner {
		return adapter.Image{}, &adapter.Error{Kind: adapter.NotFound, Code: "image_not_found", Message: "There is no such picture."}
	}
	return img, nil
}

func (f *fake) Images(_ context.Context, c adapter.Caller, q adapter.ImageQuery) ([]adapter.Image, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []adapter.Image
	for _, img := range f.images {
		if img.Owner == c.Owner && (q.After == "" || img.ID < q.After) {
			all = append(all, img)
		}
	}
	slices.SortFunc(all, func(a, b adapter.Image) int { return bytes.Compare([]byte(b.ID), []byte(a.ID)) })
	return all[:min(q.Limit, len(all))], nil
}

func (f *fake) SetFavorite(ctx context.Context, c adapter.Caller, id string, favorite bool) (adapter.Image, error) {
	img, err := f.Image(ctx, c, id)
	img.Favorite = favorite
	return img, err
}

func (f *fake) RemoveImage(ctx context.Context, c adapter.Caller, id string) error {
	_, err := f.Image(ctx, c, id)
	return err
}

// Thumbnail notes the wanted width; it is the picture's own bytes.
func (f *fake) Thumbnail(ctx context.Context, id string, format adapter.Format, width int) (*adapter.Blob, error) {
	blob, err := f.Bytes(ctx, id, format, 0)
	f.asked = width
	return blob, err
}

func (f *fake) Bytes(_ context.Context, id string, format adapter.Format, _ int) (*adapter.Blob, error) {
	f.mu.Lock()
	f.asked = 0
	defer f.mu.Unlock()
	data, ok := f.bytes[id]
	if !ok {
		return nil, &adapter.Error{Kind: adapter.NotFound, Code: "image_not_found", Message: "There is no such picture."}
	}
	return &adapter.Blob{ReadSeekCloser: openFile{bytes.NewReader(data)}, Format: format, Width: 1024, Height: 768,
		Size: int64(len(data)), SHA256: "5ca1ab1e", Modified: then}, nil
}

type openFile struct{ *bytes.Reader }

func (openFile) Close() error { return nil }

func (f *fake) Receive(_ context.Context, _ adapter.Caller, r io.Reader, name string) (adapter.Reference, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return adapter.Reference{}, err
	}
	if !isPicture(data) {
		return adapter.Reference{}, &adapter.Error{Kind: adapter.Invalid, Code: "invalid_image_file", Message: "This is no picture."}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.uploads = append(f.uploads, data)
	sum := sha256.Sum256(data)
	return adapter.Reference{Upload: "up/" + hex.EncodeToString(sum[:4]), Name: name, Hash: hex.EncodeToString(sum[:])}, nil
}

func (f *fake) Seed(context.Context, adapter.Caller, string) (string, error) {
	return "", adapter.Errorf(adapter.Failed, "No seed.")
}

func (f *fake) UploadToUpstream(context.Context, adapter.Caller, adapter.Reference) (string, error) {
	return "", adapter.Errorf(adapter.Unsupported, "No uploads.")
}

func (f *fake) Publish(context.Context, adapter.Caller, adapter.Reference) (string, error) {
	return testImage, nil
}

func (f *fake) Job(_ context.Context, c adapter.Caller, id string) (adapter.Job, error) {
	for _, r := range f.jobs {
		if r.ID == id && r.Owner == c.Owner {
			return r, nil
		}
	}
	return adapter.Job{}, &adapter.Error{Kind: adapter.NotFound, Code: "job_not_found", Message: "There is no such job."}
}

func (f *fake) JobProgress(string) adapter.Progress { return adapter.Progress{Percent: 42} }

func (f *fake) Jobs(_ context.Context, _ adapter.Caller, q adapter.JobQuery) ([]adapter.Job, error) {
	return f.jobs[:min(q.Limit, len(f.jobs))], nil
}

func (f *fake) Cancel(ctx context.Context, c adapter.Caller, id string) (adapter.Job, error) {
	r, err := f.Job(ctx, c, id)
	r.Status = adapter.JobCancelled
	return r, err
}

const (
	testJob   = "job_ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	testImage = "img_ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

type fakeTicket struct {
	f      *fake
	run    adapter.Job
	result adapter.Result
}

func (t *fakeTicket) Job() adapter.Job { return t.run }

func (t *fakeTicket) Wait(ctx context.Context, _ func(adapter.Progress)) (adapter.Result, error) {
	if t.f.hold != nil {
		select {
		case <-t.f.hold:
		case <-ctx.Done():
			return adapter.Result{}, context.Cause(ctx)
		}
	}
	return t.result, t.f.fail
}

func (t *fakeTicket) Accepted(context.Context) error { return nil }

func (t *fakeTicket) Answered() { t.settle(&t.f.answered, "answered") }

func (t *fakeTicket) Abandoned() { t.settle(&t.f.abandoned, "abandoned") }

func (t *fakeTicket) settle(count *int, what string) {
	t.f.mu.Lock()
	*count++
	t.f.mu.Unlock()
	if t.f.settled != nil {
		t.f.settled <- what
	}
}

// isPicture reports whether data begins as a picture does.
func isPicture(data []byte) bool {
	return slices.ContainsFunc([]string{"\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "GIF8", "RIFF"}, func(head string) bool { return bytes.HasPrefix(data, []byte(head)) })
}

// tiny is a picture as far as its first bytes go.
var tiny = []byte("\x89PNG\r\n\x1a\n and the rest")

func newServer(t testing.TB, f *fake, change ...func(*web.Config)) *Server {
	t.Helper()
	return newServerOf(t, f.core(), change...)
}

// newServerOf is a server of a core that is not all the fake's.
func newServerOf(t testing.TB, core Core, change ...func(*web.Config)) *Server {
	t.Helper()
	return newServerThatLogs(t, core, testLog(t), change...)
}

// newServerThatLogs is one whose log is looked at.
func newServerThatLogs(t testing.TB, core Core, log *slog.Logger, change ...func(*web.Config)) *Server {
	t.Helper()
	cfg := web.Config{Auth: web.AuthKeys, Keys: []web.Key{{Name: "alice", Secret: "sk-alice"}, {Secret: "sk-bare"}}, Origins: []string{"*"}, PublicURL: "https://mid.example"}
	for _, c := range change {
		c(&cfg)
	}
	s, err := New(cfg, core, metrics.New(), log)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
