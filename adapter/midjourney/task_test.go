package midjourney

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"midgate/adapter"
	"midgate/adapter/midjourney/poll"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestTasksAreRead decodes every recorded task and compares what comes out with its golden file.
func TestTasksAreRead(t *testing.T) {
	for _, file := range fixtures(t, "testdata/tasks/*.json") {
		t.Run(file.name, func(t *testing.T) {
			var got any
			if strings.HasPrefix(strings.TrimSpace(string(file.raw)), "[") {
				rows, err := decodeTasks(file.raw, "")
				if err != nil {
					t.Fatalf("decodeTasks(%s) = %v, want no error", file.name, err)
				}
				got = rows
			} else {
				r, err := decodeTask(file.raw, "")
				if err != nil {
					t.Fatalf("decodeTask(%s) = %v, want no error", file.name, err)
				}
				got = r.Task
			}
			golden(t, "testdata/decoded/"+file.name+".txt", got)
		})
	}
}

type fixture struct {
	name string
	raw  []byte
}

func fixtures(t *testing.T, pattern string) []fixture {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("Glob(%q) = %d files, %v; want some", pattern, len(names), err)
	}
	out := make([]fixture, 0, len(names))
	for _, n := range names {
		raw, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fixture{strings.TrimSuffix(filepath.Base(n), ".json"), raw})
	}
	return out
}

// golden compares a value, as JSON, with a file.
func golden(t *testing.T, file string, v any) {
	t.Helper()
	raw, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	raw = append(raw, '\n')
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, raw, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(raw) != string(want) {
		t.Errorf("decoded = %s, want %s", raw, want)
	}
}

func TestAnAnswerThatNamesNoTaskIsNoTask(t *testing.T) {
	for _, raw := range []string{`null`, `{}`, `[]`, `""`, `5`, `{"status":"SUCCESS"}`, `{"id":null}`, `{"id":{}}`} {
		if _, err := decodeTask([]byte(raw), ""); err != errNoTask {
			t.Errorf("decodeTask(%s) = %v, want %v", raw, err, errNoTask)
		}
	}
}

func TestTheMostAdvancedRowOfATaskCounts(t *testing.T) {
	order := []string{
		`"status":""`, `"status":"MODAL"`, `"status":"SUBMITTED"`, `"status":"IN_PROGRESS","progress":"10%"`,
		`"status":"IN_PROGRESS","progress":"60%"`, `"status":"CANCEL"`, `"status":"FAILURE"`, `"status":"SUCCESS"`,
		`"status":"SUCCESS","imageUrl":"https://x.example/a.png"`,
	}
	for i := range order {
		for k := range order[:i] {
			for _, list := range []string{
				`[{"id":"1",` + order[i] + `},{"id":"1",` + order[k] + `}]`,
				`[{"id":"1",` + order[k] + `},{"id":"1",` + order[i] + `}]`,
			} {
				want, err := decodeTask([]byte(`{"id":"1",`+order[i]+`}`), "")
				if err != nil {
					t.Fatal(err)
				}
				rows, err := decodeTasks([]byte(list), "")
				got := rows["1"]
				if err != nil || len(rows) != 1 || got.Status != want.Status || got.Progress != want.Progress || got.ImageURL != want.ImageURL {
					t.Errorf("decodeTasks(%s) = %+v, %v; want %+v", list, got, err, want)
				}
			}
		}
	}
}

func TestAListMayBeWrapped(t *testing.T) {
	for _, raw := range []string{`{"data":[{"id":"1"}]}`, `{"code":1,"result":[{"id":"1"}]}`, `[{"id":"1"},7,null,{"id":""}]`} {
		if rows, err := decodeTasks([]byte(raw), ""); err != nil || len(rows) != 1 {
			t.Errorf("decodeTasks(%s) = %v, %v; want one task", raw, rows, err)
		}
	}
	for _, raw := range []string{`{}`, `"x"`, `<html>`, `[{"id":"1"}`, ``} {
		if _, err := decodeTasks([]byte(raw), ""); err == nil {
			t.Errorf("decodeTasks(%s) = no error, want one", raw)
		}
	}
}

func TestStatusWordsOfWrappersAreUnderstood(t *testing.T) {
	for word, want := range map[string]adapter.Status{
		"failed": adapter.Failure, "CANCELLED": adapter.Cancelling, "completed": adapter.Success, "RUNNING": adapter.InProgress,
		"PENDING": adapter.NotStarted, "unknown": adapter.NotStarted, "": adapter.NotStarted, " submitted ": adapter.Submitted,
	} {
		if got := status(word); got != want {
			t.Errorf("status(%q) = %q, want %q", word, got, want)
		}
	}
}

// FuzzDecodeTask looks for answers that break the decoder: whatever comes, it neither panics nor
// makes up a task without an id.
func FuzzDecodeTask(f *testing.F) {
	names, _ := filepath.Glob("testdata/tasks/*.json")
	for _, n := range names {
		if raw, err := os.ReadFile(n); err == nil {
			f.Add(raw)
		}
	}
	f.Add([]byte(strings.Repeat(`{"properties":`, 2000)))
	f.Add([]byte(`{"id":1e400,"progress":-1e309,"submitTime":9e99}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if r, err := decodeTask(raw, "sk-key"); err == nil {
			check(t, r)
		}
		rows, _ := decodeTasks(raw, "sk-key")
		for _, r := range rows {
			check(t, r)
		}
	})
}

func check(t *testing.T, r poll.Row) {
	t.Helper()
	if r.ID == "" || r.Progress < 0 || r.Progress > 100 || r.Queued < 0 {
		t.Errorf("decoded = %+v, want an id and a progress of 0–100", r)
	}
	failed := r.Status == adapter.Failure || r.Status == adapter.Cancelling
	if failed != (r.Failure != nil) {
		t.Errorf("status %q with failure %v, want both or none", r.Status, r.Failure)
	}
	for _, b := range r.Buttons {
		if b.CustomID == "" || b.Index < 0 || b.Index > 4 {
			t.Errorf("button = %+v, want a customId and an index of 0–4", b)
		}
	}
}
