package playground

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

func TestBuildingAgainMakesTheSameFiles(t *testing.T) {
	needPackages(t)
	dir := t.TempDir()
	run(t, "node", "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn", "--outDir", dir)

	built, committed := contents(t, dir), contents(t, "dist")
	for name, want := range committed {
		if got, ok := built[name]; !ok || got != want {
			t.Errorf("dist/%s is not what the sources make: run npm run build in proxy/playground/web", name)
		}
	}
	for name := range built {
		if _, ok := committed[name]; !ok {
			t.Errorf("dist lacks %s, which the sources make: run npm run build in proxy/playground/web", name)
		}
	}
}

func TestTypesHold(t *testing.T) {
	needPackages(t)
	run(t, "node", "node_modules/typescript/bin/tsc", "--noEmit")
}

// install installs the page's npm packages, unless they are there.
var install = sync.OnceValues(func() ([]byte, error) {
	lock, err := os.Stat("web/package-lock.json")
	if err != nil {
		return nil, err
	}
	if done, err := os.Stat("web/node_modules/.package-lock.json"); err == nil && done.ModTime().After(lock.ModTime()) {
		return nil, nil
	}
	cmd := exec.Command("npm", "ci", "--no-audit", "--no-fund")
	cmd.Dir = "web"
	return cmd.CombinedOutput()
})

func needPackages(t *testing.T) {
	t.Helper()
	if out, err := install(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
}

// run runs a program of the page's in its folder, and fails the test with what it wrote.
func run(t *testing.T, program string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = "web"
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", program, args, err, out)
	}
	t.Logf("%s %v:\n%s", program, args, out)
}

// contents are the files below a folder.
func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		rel, _ := filepath.Rel(folder, path)
		files[filepath.ToSlash(rel)] = string(body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
