package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image/png"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// pair is a serve in front of a simulate, in two processes.
type pair struct {
	upstream string // URL of the simulation
	gate     *process
	url      string // of the gate
	environ  []string
}

// startPair starts both with the least that is needed, and more settings if given.
func startPair(t *testing.T, simulate []string, more ...string) *pair {
	t.Helper()
	sim := start(t, nil, append([]string{"simulate", "--listen", "127.0.0.1:0", "--pixels", "64"}, simulate...)...)
	line := sim.until(sim.out, "http://")
	u := &pair{upstream: regexp.MustCompile(`http://[0-9.:]+`).FindString(line)}
	u.environ = append([]string{
		"MIDGATE_UPSTREAM_URL=" + u.upstream, "MIDGATE_UPSTREAM_KEY=upstream-key", "MIDGATE_API_KEYS=alice:alices-key",
		"MIDGATE_LISTEN=127.0.0.1:0", "MIDGATE_DATA_DIR=" + t.TempDir(),
	}, more...)
	u.serve(t)
	return u
}

// serve starts the gate, also again.
func (u *pair) serve(t *testing.T) {
	t.Helper()
	u.gate = start(t, u.environ, "serve")
	u.url = u.gate.url()
}

func TestServeDrawsFourPicturesFromOneJob(t *testing.T) {
	u := startPair(t, []string{"--pace", "200ms"})
	var got drawn
	ask(t, u.url+"/v1/images/generations", "alices-key", `{"prompt": "a red fox", "n": 4}`).into(t, &got)
	if len(got.Data) != 4 {
		t.Fatalf("%d pictures, want 4", len(got.Data))
	}
	seen := map[[32]byte]bool{}
	for _, d := range got.Data {
		pic, err := png.DecodeConfig(bytes.NewReader(d.B64))
		if err != nil || pic.Width != 64 || pic.Height != 64 {
			t.Errorf("picture %s: %v by %v, %v; want a PNG of 64 by 64", d.ID, pic.Width, pic.Height, err)
		}
		if bytesAt := ask(t, d.URL, "", ""); !bytes.Equal(bytesAt.body, d.B64) {
			t.Errorf("%s yields %d bytes that are not the answer's %d", d.URL, len(bytesAt.body), len(d.B64))
		}
		seen[sha256.Sum256(d.B64)] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d different pictures, want 4", len(seen))
	}
	if bill := charges(t, u.upstream); len(bill) != 1 || bill[0].Kind != "imagine" || bill[0].Key != "upstream-key" {
		t.Errorf("charges = %+v, want one imagine for the upstream's key", bill)
	}
	if a := ask(t, u.url+"/v1/models", "another-key", ""); a.status != 401 {
		t.Errorf("another key gets %d, want 401", a.status)
	}
	if log := u.gate.err.String(); strings.Contains(log, "red fox") || strings.Contains(log, "-key") {
		t.Errorf("the log shows a prompt or a key:\n%s", log)
	}
}

func TestSecondServeOnOneDirectoryIsRefused(t *testing.T) {
	u := startPair(t, nil)
	second := start(t, u.environ, "serve")
	status := second.wait()
	dir, _ := strings.CutPrefix(u.environ[4], "MIDGATE_DATA_DIR=")
	want := fmt.Sprintf("midgate: another midgate (pid %d) uses this directory: %s\n", u.gate.cmd.Process.Pid, dir)
	if status != 1 || second.err.String() != want || second.out.String() != "" {
		t.Errorf("the second serve ends with %d, saying %q and %q; want 1 and %q", status, second.err, second.out, want)
	}
	if a := ask(t, u.url+"/healthz", "", ""); a.status != 200 {
		t.Errorf("the first is not well any more: %d", a.status)
	}
}

func TestMistakenSettingsEndServeWithOneMessage(t *testing.T) {
	for name, c := range map[string]struct {
		environ []string
		want    string
	}{
		"a URL that is none": {
			[]string{"MIDGATE_UPSTREAM_URL=nonsense"},
			`midgate: MIDGATE_UPSTREAM_URL is "nonsense", which does not begin with http:// or https://; allowed: a base URL without a query, such as https://api.cometapi.com` + "\n",
		},
		"a misspelt variable": {
			[]string{"MIDGATE_UPSTREAM_ULR=http://127.0.0.1:1"},
			"midgate: MIDGATE_UPSTREAM_ULR is no setting; did you mean MIDGATE_UPSTREAM_URL?\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, c.environ, "serve")
			if status := p.wait(); status != 1 || p.err.String() != c.want || p.out.String() != "" {
				t.Errorf("serve ends with %d, saying\n%q, want 1 and\n%q", status, p.err, c.want)
			}
		})
	}
}

func TestBareMidgateServes(t *testing.T) {
	p := start(t, []string{"MIDGATE_UPSTREAM_URL=http://127.0.0.1:1", "MIDGATE_LISTEN=127.0.0.1:0"})
	url := p.url()
	if a := ask(t, url+"/healthz", "", ""); a.status != 200 {
		t.Errorf("/healthz = %d, want 200", a.status)
	}
	if _, errs, status := runHere(t, nil, "healthcheck", url); status != 0 {
		t.Errorf("healthcheck = %d: %s", status, errs)
	}
	if status := p.stop(); status != 0 {
		t.Errorf("serve ends with %d after SIGTERM, want 0", status)
	}
	log := p.err.String()
	for _, want := range []string{"midgate serves", `"upstreams":"127.0.0.1:1"`, "SQLite", "passthrough"} { // the upstream, the state, who may ask
		if !strings.Contains(log, want) {
			t.Errorf("the log does not say %q:\n%s", want, log)
		}
	}
	if strings.Contains(log, "/healthz") {
		t.Errorf("health checks fill the log:\n%s", log)
	}
	if _, errs, status := runHere(t, nil, "healthcheck", url); status != 1 || !strings.Contains(errs, "no midgate answers") {
		t.Errorf("healthcheck of nobody = %d, saying %q", status, errs)
	}
}

// crowd is how many requests come at once in TestManyAtOnceArePolledTogether.
const crowd = 300

func TestManyAtOnceArePolledTogether(t *testing.T) {
	u := startPair(t, []string{"--pace", "6s"}, "MIDGATE_UPSTREAM_SPEED=fast", "MIDGATE_MAX_IN_FLIGHT="+strconv.Itoa(crowd))
	failures := make(chan error, crowd)
	for i := range crowd {
		go func() {
			body := fmt.Sprintf(`{"prompt": "hill %d", "response_format": "url"}`, i)
			a, err := tryAsk(t, u.url+"/v1/images/generations", "alices-key", body)
			for end := time.Now().Add(patience); err == nil && a.said("storage_unavailable") && time.Now().Before(end); {
				a, err = tryAsk(t, u.url+"/v1/images/generations", "alices-key", body) // a slow disk: nothing was submitted
			}
			if err == nil && (a.status != 200 || !bytes.Contains(a.body, []byte("/images/img_"))) {
				err = fmt.Errorf("status %d: %s", a.status, a.body)
			}
			failures <- err
		}()
	}
	for range crowd {
		if err := <-failures; err != nil {
			t.Error(err)
		}
	}
	counts := requests(t, u.upstream)
	polls := counts.Routes["list"] + counts.Routes["list-by-ids"] + counts.Routes["fetch"]
	t.Logf("%d pictures with %d polls", crowd, polls)
	if got := counts.Routes["imagine"]; got != crowd {
		t.Errorf("%d imagines, want %d", got, crowd)
	}
	if polls > crowd/2 { // one by one, each would need several
		t.Errorf("%d polls for %d pictures, want at most %d", polls, crowd, crowd/2)
	}
}
