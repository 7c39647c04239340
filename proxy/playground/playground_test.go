package playground

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sources are what dist is built from; web/sources.ts has the same list.
var sources = []string{"index.html", "package-lock.json", "package.json", "sources.ts", "src", "tsconfig.json", "vite.config.ts"}

func TestDistIsBuiltFromTheSources(t *testing.T) {
	noted, err := os.ReadFile("dist/.sources")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.TrimSpace(string(noted)), fingerprint(t, "web"); got != want {
		t.Errorf("dist was built from sources %.12s, web has %.12s: run npm run build in proxy/playground/web", got, want)
	}
}

func TestFingerprintSeesAChangedSource(t *testing.T) {
	dir := t.TempDir()
	for _, part := range sources {
		if part == "src" {
			part = "src/main.tsx"
		}
		write(t, filepath.Join(dir, part), "1")
	}
	before := fingerprint(t, dir)
	write(t, filepath.Join(dir, "src/main.tsx"), "2")
	if got := fingerprint(t, dir); got == before {
		t.Errorf("fingerprint of a changed source = %s, want another than before", got)
	}
}

// maxWeight is what the whole page may weigh on its way to a browser.
const maxWeight = 120 << 10

func TestPageIsLight(t *testing.T) {
	weight := 0
	each(t, func(name string, body []byte) {
		if strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz") {
			return // the same once more
		}
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		if _, err := z.Write(body); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		weight += packed.Len()
	})
	if weight > maxWeight {
		t.Errorf("the page weighs %d bytes gzipped, want at most %d", weight, maxWeight)
	}
}

func TestPageLoadsOnlyItsOwnFiles(t *testing.T) {
	links := regexp.MustCompile(`(?:src|href)="([^"]*)"`)
	loaded := 0
	each(t, func(name string, body []byte) {
		if name != "index.html" {
			return
		}
		for _, m := range links.FindAllStringSubmatch(string(body), -1) {
			loaded++
			rest, relative := strings.CutPrefix(m[1], "./")
			if _, err := fs.Stat(Files(), rest); !relative || err != nil {
				t.Errorf("index.html loads %q, want a relative URL of a file of the page", m[1])
			}
		}
		if bytes.Contains(body, []byte("<style")) || bytes.Contains(body, []byte("style=")) || bytes.Contains(body, []byte("onload")) {
			t.Errorf("index.html has inline style or script, which its Content-Security-Policy forbids")
		}
	})
	if loaded < 3 {
		t.Errorf("index.html loads %d files, want its icon, style and script", loaded)
	}
}

func TestPageNamesNoOtherHost(t *testing.T) {
	hosts := regexp.MustCompile(`https?://[^\s"'` + "`" + `)\\]+`)
	known := []string{"http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML", "http://www.w3.org/1999/xhtml", "http://www.w3.org/1999/xlink"}
	each(t, func(name string, body []byte) {
		if strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz") {
			return
		}
		for _, u := range hosts.FindAllString(string(body), -1) {
			if !slices.Contains(known, u) {
				t.Errorf("%s names %s, want no address outside midgate", name, u)
			}
		}
	})
}

// each calls f with every file that is served.
func each(t *testing.T, f func(name string, body []byte)) {
	t.Helper()
	err := fs.WalkDir(Files(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(Files(), name)
		f(name, body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// fingerprint is the SHA-256 of the sources below a folder as web/sources.ts computes it.
func fingerprint(t *testing.T, folder string) string {
	t.Helper()
	var paths []string
	for _, part := range sources {
		err := filepath.WalkDir(filepath.Join(folder, part), func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				rel, _ := filepath.Rel(folder, path)
				paths = append(paths, filepath.ToSlash(rel))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(paths)
	sum := sha256.New()
	for _, path := range paths {
		body, err := os.ReadFile(filepath.Join(folder, path))
		if err != nil {
			t.Fatal(err)
		}
		sum.Write([]byte(path + "\x00"))
		sum.Write(body)
		sum.Write([]byte{0})
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
