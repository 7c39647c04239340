package jetstream

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"midgate/adapter"
)

// folder makes a state folder with three versions of a run and two pictures, as a killed process leaves it: it is
// copied while the engine runs.
func folder(t *testing.T) string {
	t.Helper()
	e := start(t, Config{Dir: t.TempDir()})
	run, err := e.Journal().Create(t.Context(), adapter.Job{ID: "job_1", Claim: strings.Repeat("c", 64), N: 1})
	if err != nil {
		t.Fatal(err)
	}
	for run.N < 3 {
		run.N++
		if run, err = e.Journal().Save(t.Context(), run); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"img_1", "img_2"} {
		if err := e.Store().Put(t.Context(), adapter.Image{ID: id, Owner: "me", Prompt: "a lighthouse"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Store().Digest(t.Context(), "me", "sum", "img_1"); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	copyFolder(t, e.cfg.Dir, dir)
	return dir
}

func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// block returns the only file with a bucket's records.
func block(dir, bucket string) string {
	return filepath.Join(dir, "jetstream", "$G", "streams", "KV_midgate_"+bucket, "msgs", "1.blk")
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func write(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// ends returns where each record of a block ends.
func ends(t *testing.T, data []byte, c checker) []int {
	t.Helper()
	var ends []int
	for at := 0; at < len(data); {
		n := c.record(data[at:])
		if n == 0 {
			t.Fatalf("the block is not sound at byte %d", at)
		}
		at += n
		ends = append(ends, at)
	}
	return ends
}

func TestVerifyAcceptsWhatTheServerWrites(t *testing.T) {
	torn, err := verify(folder(t))
	if err != nil || len(torn) != 0 {
		t.Errorf("verify = %q, %v, want nothing", torn, err)
	}
	torn, err = verify(t.TempDir())
	if err != nil || len(torn) != 0 {
		t.Errorf("verify of an empty folder = %q, %v, want nothing", torn, err)
	}
}

func TestEveryFlippedBitIsDamage(t *testing.T) {
	dir := folder(t)
	for _, bucket := range []string{"images", "runs", "claims", "digests"} {
		data := read(t, block(dir, bucket))
		for at := range data {
			for bit := range 8 {
				data[at] ^= 1 << bit
				if _, found := scan(data, newChecker("KV_midgate_"+bucket, 1)); found != damaged {
					t.Errorf("bit %d of byte %d of %s flipped: finding %d, want damaged", bit, at, bucket, found)
				}
				data[at] ^= 1 << bit
			}
		}
	}
}

func TestEveryCutIsAnUnfinishedWrite(t *testing.T) {
	data := read(t, block(folder(t), "runs"))
	c := newChecker("KV_midgate_runs", 1)
	whole := ends(t, data, c)
	for n := range data {
		cut, zeroed := data[:n], append(bytes.Clone(data[:n]), make([]byte, len(data)-n)...)
		at, found := scan(cut, c)
		if at > n || n-at >= len(data) || found == damaged {
			t.Errorf("cut at byte %d: finding %d at byte %d, want sound or unfinished", n, found, at)
		}
		if _, found := scan(zeroed, c); n < whole[len(whole)-1]-recordSum && found == damaged {
			t.Errorf("zeros from byte %d on: finding %d, want unfinished", n, found)
		}
	}
}

func TestDamageIsToldInOneSentence(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, dir string){
		"a flipped byte in the last record": func(t *testing.T, dir string) {
			data := read(t, block(dir, "runs"))
			data[len(data)-20] ^= 1
			write(t, block(dir, "runs"), data)
		},
		"a flipped byte in the first record": func(t *testing.T, dir string) {
			data := read(t, block(dir, "images"))
			data[40] ^= 1
			write(t, block(dir, "images"), data)
		},
		"a damaged description": func(t *testing.T, dir string) {
			write(t, filepath.Join(filepath.Dir(filepath.Dir(block(dir, "runs"))), "meta.inf"), []byte("{"))
		},
		"a missing description": func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(filepath.Dir(filepath.Dir(block(dir, "runs"))), "meta.inf")); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t)
			spoil(t, dir)
			e, err := New(t.Context(), Config{Dir: dir})
			if err == nil {
				e.Close()
				t.Fatal("New opened damaged state")
			}
			if text := err.Error(); !strings.HasPrefix(text, "the stored state is damaged: ") || strings.Contains(text, "\n") {
				t.Errorf("New = %q, want one sentence about the damage", text)
			}
		})
	}
}

func TestAnInterruptedWriteIsDroppedAndTold(t *testing.T) {
	dir := folder(t)
	data := read(t, block(dir, "runs"))
	whole := ends(t, data, newChecker("KV_midgate_runs", 1))
	last := whole[len(whole)-2]
	for _, n := range []int{last + 1, last + recordHead, len(data) - 1} {
		copied := t.TempDir()
		copyFolder(t, dir, copied)
		write(t, block(copied, "runs"), data[:n])
		var log bytes.Buffer
		e := start(t, Config{Dir: copied, Log: slog.New(slog.NewTextHandler(&log, nil))})
		run, err := e.Journal().Get(t.Context(), "job_1")
		if err != nil || run.N != 2 {
			t.Errorf("Get after a cut at byte %d = version %d, %v, want version 2, the last whole one", n, run.N, err)
		}
		if _, err := e.Store().Get(t.Context(), "img_2"); err != nil {
			t.Errorf("Get of another bucket's record = %v", err)
		}
		e.Close()
		if !strings.Contains(log.String(), "interrupted write") {
			t.Errorf("log = %q, want a line about the interrupted write", log.String())
		}
	}
}

func TestAnOutdatedChecksumOfADescriptionIsMended(t *testing.T) {
	dir := folder(t)
	write(t, filepath.Join(filepath.Dir(filepath.Dir(block(dir, "images"))), "meta.sum"), []byte("0011223344556677"))
	e := start(t, Config{Dir: dir})
	if _, err := e.Store().Get(t.Context(), "img_1"); err != nil {
		t.Errorf("Get = %v, want the record", err)
	}
}

func FuzzScan(f *testing.F) {
	f.Add([]byte{}, []byte("KV_midgate_runs"))
	f.Add(bytes.Repeat([]byte{0}, 64), []byte("KV_midgate_images"))
	f.Add([]byte{30, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8}, []byte("x"))
	f.Fuzz(func(t *testing.T, data, stream []byte) {
		at, found := scan(data, newChecker(string(stream), 1))
		if at > len(data) || (found == sound) != (at == len(data)) {
			t.Errorf("scan = %d, %d for %d bytes", at, found, len(data))
		}
	})
}
