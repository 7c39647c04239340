package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

func TestCheckSaysWhatAnUpstreamCanDo(t *testing.T) {
	for name, c := range map[string]struct {
		upstream simulator.Config
		environ  []string
		status   int
		says     []string
	}{
		"all is well": {
			simulator.Config{Key: "k"}, []string{"MIDGATE_UPSTREAM_KEY=k", "MIDGATE_API_KEYS=a"}, 0,
			[]string{"settings: fine; clients must send one of your keys", "state: SQLite in ", "the first start makes it", "reachable yes", "key accepted", "looks like a relay of the new-api family", "relax yes, at /mj", "fast yes, at /mj-fast/mj", "list-by-condition yes", "edits unknown until it is first used", "describe unknown until", "files the first picture will show where they are"},
		},
		"a server that tells what it has": {
			simulator.Config{Dialect: simulator.TrueAI, Key: "k", NoVideo: true}, []string{"MIDGATE_UPSTREAM_KEY=k", "MIDGATE_UPSTREAM_AUTH=authorization-raw", "MIDGATE_API_KEYS=a"}, 0,
			[]string{"edits works", "video refused: There is no such route.", "describe works", "blend works"},
		},
		"optional routes are missing": {
			simulator.Config{Key: "k", NoList: true}, []string{"MIDGATE_UPSTREAM_KEY=k", "MIDGATE_API_KEYS=a"}, 0,
			[]string{"list-by-condition no: every job is asked for by itself"},
		},
		"the key is refused": {
			simulator.Config{Key: "k"}, []string{"MIDGATE_UPSTREAM_KEY=wrong", "MIDGATE_API_KEYS=a"}, 1,
			[]string{"reachable yes", "key REFUSED", "something is wrong"},
		},
		"the key is sent in another way": {
			simulator.Config{Dialect: simulator.NoviceZK, Key: "k"}, []string{"MIDGATE_UPSTREAM_KEY=k", "MIDGATE_API_KEYS=a"}, 1,
			[]string{"key REFUSED", "it is accepted when it is sent in another way: set MIDGATE_UPSTREAM_AUTH=mj-api-secret"},
		},
		"the key goes without Bearer": {
			simulator.Config{Dialect: simulator.TrueAI, Key: "k"}, []string{"MIDGATE_UPSTREAM_KEY=k", "MIDGATE_API_KEYS=a"}, 1,
			[]string{"key REFUSED: it is accepted when it is sent in another way: set MIDGATE_UPSTREAM_AUTH="},
		},
		"a wrong key is wrong in every way": {
			simulator.Config{Dialect: simulator.NoviceZK, Key: "k"}, []string{"MIDGATE_UPSTREAM_KEY=wrong", "MIDGATE_API_KEYS=a"}, 1,
			[]string{"key REFUSED", "refused in each of the three ways of MIDGATE_UPSTREAM_AUTH: check MIDGATE_UPSTREAM_KEY"},
		},
		"no key is set": {
			simulator.Config{Key: "k"}, []string{"MIDGATE_API_KEYS=a"}, 1, []string{"key NEEDED, and none is set: set MIDGATE_UPSTREAM_KEY"},
		},
		"the data directory is a file": {
			simulator.Config{Key: "k"}, []string{"MIDGATE_UPSTREAM_KEY=k", "MIDGATE_API_KEYS=a", "MIDGATE_DATA_DIR=commands_test.go"}, 1,
			[]string{"/cmd/midgate/commands_test.go cannot be written", "key accepted"},
		},
		"the data directory would be in a file": {
			simulator.Config{Key: "k"}, []string{"MIDGATE_UPSTREAM_KEY=k", "MIDGATE_API_KEYS=a", "MIDGATE_DATA_DIR=commands_test.go/data"}, 1,
			[]string{"/cmd/midgate/commands_test.go/data cannot be written"},
		},
		"the data directory takes no files": {
			simulator.Config{Key: "k"}, []string{"MIDGATE_UPSTREAM_KEY=k", "MIDGATE_API_KEYS=a", "MIDGATE_DATA_DIR=/proc/midgate"}, 1,
			[]string{"data: NO: MIDGATE_DATA_DIR /proc/midgate cannot be written"},
		},
		"clients bring their own keys": {
			simulator.Config{Key: "k"}, nil, 0, []string{"clients must send their own upstream keys", "key needed; clients send theirs"},
		},
		"nobody said where browsers reach it": {
			simulator.Config{Key: "k"}, []string{"MIDGATE_UPSTREAM_KEY=k", "MIDGATE_API_KEYS=a"}, 0, []string{"attention MIDGATE_PUBLIC_URL is not set: answers to agents name pictures at the address that the agent uses"},
		},
		"everybody may draw": {
			simulator.Config{Key: "k"}, []string{"MIDGATE_UPSTREAM_KEY=k", "MIDGATE_AUTH=none"}, 0, []string{"whoever reaches this address can spend"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			sim := simulator.New(c.upstream)
			up := httptest.NewServer(sim)
			defer func() { up.Close(); sim.Close() }()
			out, errs, status := runHere(t, append(c.environ, "MIDGATE_UPSTREAM_URL="+up.URL), "check")
			said := strings.Join(strings.Fields(out+errs), " ")
			for _, want := range c.says {
				if !strings.Contains(said, want) {
					t.Errorf("check does not say %q:\n%s%s", want, out, errs)
				}
			}
			if status != c.status || strings.Contains(said, "wrong;") != (c.status == 1) {
				t.Errorf("check = %d, want %d\n%s%s", status, c.status, out, errs)
			}
			if bill := sim.Ledger(); len(bill) > 0 {
				t.Errorf("the check cost %v", bill)
			}
		})
	}
}

func TestCheckSaysWhichBaseURLClientsTake(t *testing.T) {
	for name, c := range map[string]struct{ setting, says string }{
		"nothing is set":   {"MIDGATE_LISTEN=", "clients: the base URL is http://127.0.0.1:8080/v1 (on other machines, with this one's name); for those made for Azure the endpoint is http://127.0.0.1:8080, without /openai\n"},
		"one address":      {"MIDGATE_LISTEN=192.0.2.7:80", "the base URL is http://192.0.2.7:80/v1; for"},
		"any port":         {"MIDGATE_LISTEN=localhost:0", "the base URL is http://localhost:0/v1 (with the port that the first line of the log names); for"},
		"a public address": {"MIDGATE_PUBLIC_URL=https://pictures.example.com/mid/", "the base URL is https://pictures.example.com/mid/v1; for those made for Azure the endpoint is https://pictures.example.com/mid, without"},
	} {
		out, _, _ := runHere(t, []string{"MIDGATE_UPSTREAM_URL=http://127.0.0.1:1", "MIDGATE_API_KEYS=a", c.setting}, "check")
		if !strings.Contains(out, c.says) {
			t.Errorf("%s: check does not say %q:\n%s", name, c.says, out)
		}
	}
}

// TestCheckSaysWhichFilesItMayNotFetch: those of recent tasks that are on private hosts, and what allows them.
func TestCheckSaysWhichFilesItMayNotFetch(t *testing.T) {
	files := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "\x89PNG\r\n\x1a\n and so on") }))
	defer files.Close()
	port := files.URL[strings.LastIndex(files.URL, ":"):]
	for name, c := range map[string]struct {
		file   string
		allow  string
		status int
		says   string
	}{
		"beside the upstream":    {"http://127.0.0.1" + port + "/1.png", "", 0, "files can be fetched from 127.0.0.1" + port},
		"on another host":        {"http://localhost" + port + "/1.png", "", 1, "files MAY NOT be fetched from localhost" + port + ", which is in a private network: MIDGATE_FETCH_ALLOW=localhost allows it"},
		"in another network":     {"http://10.255.255.1:8086/1.png", "", 1, "MIDGATE_FETCH_ALLOW=10.255.255.1 allows it"},
		"on a host that may":     {"http://localhost" + port + "/1.png", "localhost", 0, "files can be fetched from localhost" + port},
		"in a network that may":  {"http://localhost" + port + "/1.png", "127.0.0.0/8,::1", 0, "files can be fetched from localhost" + port},
		"nowhere that is public": {"http://nobody.invalid/1.png", "", 0, "files could not be fetched from nobody.invalid"},
		"named by no task":       {"", "", 0, "files the first picture will show where they are"},
	} {
		t.Run(name, func(t *testing.T) {
			up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				switch {
				case strings.HasSuffix(r.URL.Path, "/mj/task/list"):
					_, _ = io.WriteString(w, `[{"id":"1","action":"IMAGINE","status":"SUCCESS","imageUrl":"`+c.file+`"}]`)
				case strings.HasSuffix(r.URL.Path, "/fetch"):
					w.WriteHeader(http.StatusNoContent)
				case strings.HasSuffix(r.URL.Path, "list-by-condition"):
					_, _ = io.WriteString(w, `[]`)
				default:
					w.WriteHeader(http.StatusMethodNotAllowed)
				}
			}))
			defer up.Close()
			environ := []string{"MIDGATE_UPSTREAM_URL=" + up.URL, "MIDGATE_API_KEYS=a", "MIDGATE_UPSTREAM_KEY=k"}
			if c.allow != "" {
				environ = append(environ, "MIDGATE_FETCH_ALLOW="+c.allow)
			}
			out, errs, status := runHere(t, environ, "check")
			if said := strings.Join(strings.Fields(out+errs), " "); status != c.status || !strings.Contains(said, c.says) {
				t.Errorf("check = %d, want %d and %q in\n%s%s", status, c.status, c.says, out, errs)
			}
		})
	}
}

// TestCheckPostsNothingThatCouldBeAJob at servers that make one of every body.
func TestCheckPostsNothingThatCouldBeAJob(t *testing.T) {
	for _, dialect := range simulator.Dialects() {
		sim := simulator.New(simulator.Config{Dialect: dialect, TakesAnything: true, NoList: dialect == simulator.NoviceZK})
		up := httptest.NewServer(sim)
		environ := []string{"MIDGATE_UPSTREAM_URL=" + up.URL, "MIDGATE_API_KEYS=a", "MIDGATE_UPSTREAM_KEY=k"}
		if dialect == simulator.NoviceZK {
			environ = append(environ, "MIDGATE_UPSTREAM_AUTH=mj-api-secret")
		}
		if out, errs, status := runHere(t, environ, "check"); status != 0 {
			t.Errorf("%s: check = %d, want 0\n%s%s", dialect, status, out, errs)
		}
		if got := sim.Requests(); len(got.Submissions) != 0 || len(sim.Ledger()) != 0 {
			t.Errorf("%s: the check submitted %v and paid %v", dialect, got.Submissions, sim.Ledger())
		}
		up.Close()
		sim.Close()
	}
}

func TestCheckOfAWrongAddress(t *testing.T) {
	for _, dialect := range simulator.Dialects() {
		sim := simulator.New(simulator.Config{Dialect: dialect})
		up := httptest.NewServer(sim)
		for path, want := range map[string]string{
			"/v1": "NO midjourney-proxy is at this address: remove /v1 from the URL, as in " + up.URL + "\n", "/api": "must be what stands before /mj/submit/imagine\n",
		} {
			out, _, status := runHere(t, []string{"MIDGATE_API_KEYS=a", "MIDGATE_UPSTREAM_KEY=k", "MIDGATE_UPSTREAM_URL=" + up.URL + path}, "check")
			if status != 1 || !strings.Contains(out, want) || strings.Contains(out, "accepted") {
				t.Errorf("%s: check = %d, want 1 and %q in\n%s", dialect, status, want, out)
			}
		}
		up.Close()
		sim.Close()
	}
}

// A server that lets strangers ask for tasks shows that the key is wrong where jobs are submitted.
func TestCheckOfAKeyThatOnlySubmissionsNeed(t *testing.T) {
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Method == http.MethodGet {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"code":4,"description":"task_no_found ","type":"upstream_error"}`)
			return
		}
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":{"message":"Invalid token","type":"new_api_error","code":""}}`)
	}))
	defer up.Close()
	out, _, status := runHere(t, []string{"MIDGATE_API_KEYS=a", "MIDGATE_UPSTREAM_KEY=k", "MIDGATE_UPSTREAM_URL=" + up.URL}, "check")
	if status != 1 || !strings.Contains(out, "REFUSED: The upstream refuses the key that is set for it") {
		t.Errorf("check = %d, want 1 and that the key is refused:\n%s", status, out)
	}
}

func TestCheckOfNobody(t *testing.T) {
	out, _, status := runHere(t, []string{"MIDGATE_UPSTREAM_URL=http://127.0.0.1:1"}, "check")
	if status != 1 || !strings.Contains(out, "NO: ") {
		t.Errorf("check = %d, saying %q; want 1 and that nobody is there", status, out)
	}
}

func TestCommandLines(t *testing.T) {
	for name, c := range map[string]struct {
		args   []string
		status int
		out    string // in what is printed
		errs   string // in what is complained
	}{
		"the version":                {[]string{"version"}, 0, "midgate dev (commit unknown, go1.", ""},
		"help":                       {[]string{"help"}, 0, "midgate simulate", ""},
		"help, asked by flag":        {[]string{"--help"}, 0, "midgate healthcheck", ""},
		"help for a command":         {[]string{"serve", "-h"}, 0, "", "-config"},
		"help, asked for a command":  {[]string{"help", "simulate"}, 0, "-dialect", ""},
		"help for what is not there": {[]string{"help", "sevre"}, 1, "", `"sevre" is no command`},
		"the version, as a flag":     {[]string{"--version"}, 0, "midgate dev (commit", ""},
		"no command of ours":         {[]string{"sevre"}, 2, "", `midgate: "sevre" is no command; midgate help lists them`},
		"a flag that nobody has":     {[]string{"serve", "--no-such"}, 2, "", "no-such"},
		"a word too many":            {[]string{"serve", "now"}, 2, "", `midgate serve takes no "now"`},
		"a dialect that nobody has":  {[]string{"simulate", "--dialect", "klingon"}, 1, "", "midgate: --dialect is \"klingon\"; allowed: comet, trueai, newapi, novicezk\n"},
		"a way of keys nobody knows": {[]string{"simulate", "--auth", "x"}, 1, "", "allowed: bearer, mj-api-secret, authorization-raw"},
		"a configuration not there":  {[]string{"--config", "/nowhere.yaml"}, 1, "", `midgate: the configuration file "/nowhere.yaml" does not exist`},
	} {
		t.Run(name, func(t *testing.T) {
			out, errs, status := runHere(t, nil, c.args...)
			if status != c.status || !strings.Contains(out, c.out) || !strings.Contains(errs, c.errs) {
				t.Errorf("midgate %v = %d, %q, %q; want %d, %q, %q", c.args, status, out, errs, c.status, c.out, c.errs)
			}
		})
	}
}

func TestLockNamesWhoHoldsIt(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "data")
	lock, err := lockDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lockDir(dir); err == nil || !strings.HasPrefix(err.Error(), "another midgate (pid ") {
		t.Errorf("a second lock = %v, want who holds the first", err)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := lockDir(dir)
	if err != nil {
		t.Fatalf("the lock of nobody: %v", err)
	}
	_ = again.Close()
	if _, err := lockDir(filepath.Join(dir, "lock")); err == nil {
		t.Error("a file is taken for a folder")
	}
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode of the data folder = %v, %v; want 0700", info.Mode(), err)
	}
}

func TestReachable(t *testing.T) {
	for listen, want := range map[string]string{
		":8080": "127.0.0.1:8080", "0.0.0.0:1": "127.0.0.1:1", "[::]:2": "127.0.0.1:2", "10.0.0.1:3": "10.0.0.1:3", "localhost:4": "localhost:4",
	} {
		if got := reachable(listen); got != want {
			t.Errorf("reachable(%q) = %q, want %q", listen, got, want)
		}
	}
}
