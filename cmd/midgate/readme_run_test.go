package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"midgate/adapter/sqlstore/pgtest"
)

// sh runs a script as if it was pasted, in a folder, with some environment, and returns what it printed.
func sh(t *testing.T, dir, script string, environ ...string) string {
	t.Helper()
	var errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "sh", "-e", "-c", script)
	cmd.Dir, cmd.Stderr, cmd.Env = dir, &errs, append(os.Environ(), environ...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s\n%s%s", err, script, out, &errs)
	}
	return string(out)
}

// All that is ready to paste in `midgate help api` works, one after the other.
func TestReadme_TheAPIsSnippetsRun(t *testing.T) {
	t.Parallel()
	p := start(t, []string{"MIDGATE_LISTEN=127.0.0.1:0"}, "demo", "--pace", "60ms", "--pixels", "64")
	p.until(p.out, "Ctrl+C")
	url := regexp.MustCompile(`http://[0-9.:]+`).FindString(p.out.String())
	script := strings.Join(blocks(root(t, "cmd/midgate/help/api.md"), "sh"), "\n")
	script = strings.NewReplacer("http://127.0.0.1:8080", url, "sleep 3", "sleep 0.2").Replace(script)
	dir := t.TempDir()
	out := sh(t, dir, script)
	if strings.Contains(out, `"error":{`) || strings.Contains(out, "event: error") {
		t.Errorf("something is refused: %s", out)
	}
	for _, want := range []string{"/images/img_", "](" + url, "event: image_generation.completed", `"output":[{"id":"ig_`, `"object":"job"`, "actions"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is nowhere in what they print: %s", want, out)
		}
	}
	for file, magic := range map[string]string{"fox.png": "\x89PNG", "mask.png": "\x89PNG", "fox.mp4": "ftyp"} {
		if raw, err := os.ReadFile(filepath.Join(dir, file)); err != nil || !bytes.Contains(raw[:min(len(raw), 16)], []byte(magic)) {
			t.Errorf("%s: %v, begins with %.16q", file, err, raw)
		}
	}
}

// The relay's lines, with a simulated one in its place.
func TestReadme_ConnectsARelay(t *testing.T) {
	t.Parallel()
	u := startPair(t, nil)
	lines := block(t, root(t, "README.md"), "sh", "MIDGATE_UPSTREAM_URL=https://")
	midgate, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	lines, serve, found := strings.Cut(lines, "\ngo run ./cmd/midgate  ")
	if !found || !strings.Contains(serve, ":8080") {
		t.Fatalf("the lines do not end by serving: %s", lines)
	}
	out := sh(t, t.TempDir(), strings.NewReplacer("https://api.cometapi.com", u.upstream, "go run ./cmd/midgate", midgate).Replace(lines))
	if !strings.Contains(out, "settings: fine; clients must send") {
		t.Errorf("check says %s", out)
	}
}

// A backup taken while midgate runs is all that a new machine needs. It is the same in the README and in its topic.
func TestReadme_BackupAndRestore(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]string{"README": "README.md", "topic": "cmd/midgate/help/operations.md"} {
		page := root(t, page)
		backup, restore := block(t, page, "sh", ".backup"), block(t, page, "sh", "rm -f data/midgate.db-wal")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			data := "MIDGATE_DATA_DIR=" + filepath.Join(dir, "data")
			u := startPair(t, []string{"--pace", "100ms"}, data)
			var got drawn
			ask(t, u.url+"/v1/images/generations", "alices-key", `{"prompt": "a red fox"}`).into(t, &got)
			sh(t, dir, backup)
			if saved, err := os.Stat(filepath.Join(dir, "backup", "midgate.db")); err != nil || saved.Mode().Perm() != 0o600 {
				t.Errorf("the backup is %v, %v, want a file that is its owner's alone", saved, err)
			}
			ask(t, u.url+"/v1/images/generations", "alices-key", `{"prompt": "an owl"}`).into(t, new(drawn))
			if said := sh(t, dir, restore); !strings.Contains(said, "stop midgate first") {
				t.Errorf("a restore beside a running midgate says %q", said)
			}
			if n := strings.Count(string(ask(t, u.url+"/v1/jobs", "alices-key", "").body), `"object":"job"`); n != 2 {
				t.Errorf("%d jobs after a restore that was refused, want both", n)
			}
			if status := u.gate.stop(); status != 0 {
				t.Fatalf("midgate ends with %d", status)
			}
			if err := os.Rename(filepath.Join(dir, "data"), filepath.Join(dir, "broken")); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(filepath.Join(dir, "data"), 0o700); err != nil {
				t.Fatal(err)
			}
			sh(t, dir, restore)
			u.serve(t)
			if record := ask(t, u.url+"/v1/images/"+got.Data[0].ID, "alices-key", ""); record.status != 200 {
				t.Errorf("the picture's record is answered with %d: %s", record.status, record.body)
			}
			picture := ask(t, u.url+"/images/"+got.Data[0].ID+".png", "", "")
			if picture.status != 200 || !bytes.Equal(picture.body, got.Data[0].B64) {
				t.Errorf("the picture is answered with %d and %d bytes, want the %d of before", picture.status, len(picture.body), len(got.Data[0].B64))
			}
		})
	}
}

// Whoever moves from the file to PostgreSQL as the topic says has all pictures and their buttons there, at another replica
// that has nothing but what was copied. What was not copied is missed in words.
func TestReadme_MovesToPostgreSQL(t *testing.T) {
	t.Parallel()
	old, srv, data := t.TempDir(), t.TempDir(), t.TempDir()
	u := startPair(t, []string{"--pace", "100ms"}, "MIDGATE_DATA_DIR="+filepath.Join(old, "data"))
	var got drawn
	ask(t, u.url+"/v1/images/generations", "alices-key", `{"prompt": "a red fox"}`).into(t, &got)
	if status := u.gate.stop(); status != 0 {
		t.Fatalf("midgate ends with %d", status)
	}
	midgate, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	database := pgtest.New(t).Database(t)
	lines := block(t, root(t, "cmd/midgate/help/operations.md"), "sh", "midgate copy-state")
	lines = strings.NewReplacer("midgate copy-state --to postgres://midgate:password@db.example.com:5432/midgate", midgate+" copy-state --to '"+database+"'", "/srv/", srv+"/").Replace(lines)
	out := sh(t, old, lines)
	for _, want := range []string{"MIDGATE_DATABASE_URL", "MIDGATE_PICTURES_URL", "MIDGATE_SECRET_FILE"} {
		if !strings.Contains(out, want) {
			t.Errorf("copy-state does not say that %s is needed: %s", want, out)
		}
	}
	if err := os.Rename(filepath.Join(old, "data"), filepath.Join(old, "gone")); err != nil {
		t.Fatal(err)
	}
	u.environ = append(u.environ, "MIDGATE_DATA_DIR="+data, "MIDGATE_DATABASE_URL="+database,
		"MIDGATE_PICTURES_URL=file://"+filepath.Join(srv, "pictures"), "MIDGATE_SECRET_FILE="+filepath.Join(srv, "midgate-secret"))
	u.serve(t)
	if log := u.gate.err.String(); strings.Contains(log, "is not set: ") && !strings.Contains(log, "MIDGATE_PUBLIC_URL is not set: ") {
		t.Errorf("something is said to be missing: %s", log)
	}
	id := got.Data[0].ID
	picture := ask(t, u.url+"/images/"+id+".png", "", "")
	if picture.status != 200 || !bytes.Equal(picture.body, got.Data[0].B64) {
		t.Errorf("the picture is answered with %d and %d bytes, want the %d of before", picture.status, len(picture.body), len(got.Data[0].B64))
	}
	if pressed := ask(t, u.url+"/v1/images/"+id+"/actions", "alices-key", `{"action": "upscale"}`); pressed.status != 200 {
		t.Errorf("a button is answered with %d: %s", pressed.status, pressed.body)
	}
	for _, folder := range []string{"pictures", "made"} {
		if err := os.RemoveAll(filepath.Join(srv, "pictures", folder)); err != nil {
			t.Fatal(err)
		}
	}
	missed := ask(t, u.url+"/images/"+id+".png?width=320", "", "")
	if missed.status != 404 || !strings.Contains(string(missed.body), "its file is not where pictures are kept") {
		t.Errorf("a picture whose file is missing is answered with %d: %.300q", missed.status, missed.body)
	}
	if line := u.gate.until(u.gate.err, "MIDGATE_PICTURES_URL name another place"); !strings.Contains(line, id) {
		t.Errorf("the log says %s", line)
	}
}
