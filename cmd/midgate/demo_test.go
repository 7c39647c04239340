package main

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

func TestDemoPrintsCommandsThatWork(t *testing.T) {
	p := start(t, []string{"MIDGATE_LISTEN=127.0.0.1:0", "MIDGATE_UPSTREAM_URL=http://not.used", "MIDGATE_API_KEYS=not-used"},
		"demo", "--pace", "300ms", "--pixels", "64")
	p.until(p.out, "Ctrl+C")
	commands := regexp.MustCompile(`(?m)^  (curl .*)$`).FindAllStringSubmatch(p.out.String(), -1)
	if len(commands) != 7 {
		t.Fatalf("%d commands, want 7:\n%s", len(commands), p.out)
	}
	dir := t.TempDir()
	for i, want := range []string{"/images/img_", "", "/images/img_", `"object":"video"`, `"status":"`, `"object":"list"`, `"jobs_paid":1`} {
		sh := exec.Command("sh", "-e", "-c", commands[i][1])
		sh.Dir = dir
		sh.Stderr = os.Stderr
		out, err := sh.Output()
		if err != nil || !strings.Contains(string(out), want) || strings.Contains(string(out), `"error":{`) {
			t.Errorf("%s\nprints %.300s, %v; want %q in it", commands[i][1], out, err, want)
		}
	}
	// The README's first picture, at this demo's address.
	_, first, _ := strings.Cut(root(t, "README.md"), "```sh\ncurl ")
	first, _, _ = strings.Cut(first, "```")
	url := regexp.MustCompile(`http://[0-9.:]+`).FindString(commands[0][1])
	sh := exec.Command("sh", "-e", "-c", "curl "+strings.ReplaceAll(first, "http://127.0.0.1:8080", url))
	if out, err := sh.Output(); err != nil || strings.Count(string(out), url+"/images/img_") != 4 {
		t.Errorf("the README's first picture prints %.300s, %v; want four addresses", out, err)
	}
	if picture, err := os.ReadFile(dir + "/lighthouse.png"); err != nil || !bytes.HasPrefix(picture, []byte("\x89PNG")) {
		t.Errorf("lighthouse.png: %v, begins with %.8q; want a PNG", err, picture)
	}
	if status := p.stop(); status != 0 || p.err.String() != "" {
		t.Errorf("demo ends with %d and has logged %q; want 0 and nothing", status, p.err)
	}
	left, err := os.ReadDir(strings.TrimPrefix(p.cmd.Env[2], "TMPDIR="))
	if err != nil || len(left) > 0 {
		t.Errorf("the demo leaves %v, %v", left, err)
	}
}

func TestDemoOnATakenPortSaysSo(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	_, errs, status := runHere(t, []string{"MIDGATE_LISTEN=" + ln.Addr().String()}, "demo")
	if want := "midgate: " + ln.Addr().String() + " is taken by another program; choose another address with MIDGATE_LISTEN, such as 127.0.0.1:0 for any free port\n"; status != 1 || errs != want {
		t.Errorf("demo = %d, saying %q; want 1 and %q", status, errs, want)
	}
}
