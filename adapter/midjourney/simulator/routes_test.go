package simulator

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// TestRoutesThatAreLeftOut answers in the dialect's way of lacking a route.
func TestRoutesThatAreLeftOut(t *testing.T) {
	cfg := Config{NoList: true, NoEdits: true, NoVideo: true, Partner: true}
	for dialect, want := range map[Dialect]struct {
		status int
		html   bool
	}{Comet: {404, true}, TrueAI: {404, false}, NewAPI: {200, true}, NoviceZK: {404, false}} {
		t.Run(string(dialect), func(t *testing.T) {
			cfg.Dialect = dialect
			p := newScript(t, cfg)
			for _, path := range []string{"/mj/task/list-by-condition", "/mj/submit/edits", "/mj/submit/video"} {
				got := p.send("POST", path, `{}`)
				if got.status != want.status || strings.Contains(string(got.body), "<html>") != want.html {
					t.Errorf("POST %s = %d %q, want %d, HTML %v", path, got.status, got.body, want.status, want.html)
				}
			}
		})
	}
}

func TestPrefixes(t *testing.T) {
	for path, want := range map[string]string{
		"/mj-fast/mj/submit/imagine": "imagine", "/mj-turbo/mj/submit/imagine": "imagine", "/mj-relax/mj/submit/imagine": "imagine",
		"/mj/submit/imagine": "imagine", "/fast/mj/submit/imagine": "other", "/mj-fast/submit/imagine": "other",
		"/mj/submit/imagine/": "other", "/mj-fast/mj-fast/mj/submit/imagine": "other",
	} {
		s := New(Config{})
		r := httptest.NewRequest("POST", path, strings.NewReader("{}"))
		if got, _ := routeOf(s.habits.Lacks, r); got != want {
			t.Errorf("route of %s = %s, want %s", path, got, want)
		}
	}
}

func TestByteRanges(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Pixels: 64})
		task := p.finish(p.submit("/mj/submit/imagine", `{"prompt":"a cat"}`))
		whole := p.send("GET", task["imageUrl"].(string), "")
		p.header.Set("Range", "bytes=0-3")
		part := p.send("GET", task["imageUrl"].(string), "")
		if part.status != 206 || string(part.body) != string(whole.body[:4]) || string(part.body) != "RIFF" {
			t.Errorf("range = %d %q, want 206 and the first four bytes", part.status, part.body)
		}
	})
}

// TestSignedAddresses work for a day at origins; a relay that signs refuses built ones.
func TestSignedAddresses(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Dialect: TrueAI, Pixels: 64})
		link := p.finish(p.submit("/mj/submit/imagine", `{"prompt":"a cat"}`))["imageUrl"].(string)
		if got := p.send("GET", link, "").status; got != 200 {
			t.Errorf("a fresh address = %d, want 200", got)
		}
		bare, _, _ := strings.Cut(link, "?")
		if got := p.send("GET", bare, "").status; got != 404 {
			t.Errorf("without its query = %d, want 404", got)
		}
		pass(25 * 3600e9)
		if got := p.send("GET", link, "").status; got != 404 {
			t.Errorf("a day later = %d, want 404", got)
		}
		relay := newScript(t, Config{Dialect: NewAPI, Pixels: 64})
		signed := relay.finish(relay.submit("/mj/submit/imagine", `{"prompt":"a cat"}`))["imageUrl"].(string)
		bare, _, _ = strings.Cut(signed, "?")
		if got := relay.send("GET", signed, "").status; got != 200 {
			t.Errorf("signed = %d, want 200", got)
		}
		if got := relay.send("GET", bare, "").status; got != 403 {
			t.Errorf("built = %d, want 403", got)
		}
	})
}

// FuzzSubmit sends anything to every route of every dialect: an answer must come, never a panic.
func FuzzSubmit(f *testing.F) {
	for _, body := range []string{
		`{}`, `null`, `[]`, `{"prompt":"a cat","base64Array":["` + tinyPNG + `"]}`, `{"prompt":null,"accountFilter":{"modes":["RELAX"]}}`,
		`{"taskId":"1","customId":"MJ::JOB::upsample::1::x"}`, `{"taskId":1,"index":"2","action":"UPSCALE"}`, `{"content":"1 U"}`,
		`{"content":"1 "}`, `{"image":"` + tinyPNG + `","prompt":"x --ar 1:9999"}`, `{"ids":["1"]}`, `{"base64Array":["AAAA","BBBB"]}`,
		`{"base64":"data:,"}`, `{"link":"http://[::1"}`, `{"image":"http://x/mj/image/1","prompt":"x"}`,
	} {
		f.Add(body, "")
	}
	f.Add("", "/mj/task/")
	f.Add("", "/cdn/attachments/a/b?ex=zz")
	f.Add("", "/sim/fail")
	var sims []*Simulator
	for _, dialect := range Dialects() {
		sims = append(sims, New(Config{Dialect: dialect, Pixels: 16, Partner: true}))
	}
	f.Fuzz(func(t *testing.T, body, path string) {
		for _, s := range sims {
			for route := range fixedRoutes {
				method, where, _ := strings.Cut(route, " ")
				rec := httptest.NewRecorder()
				r := httptest.NewRequest(method, where, strings.NewReader(body))
				s.answer(s.read(r)).Write(rec, r)
				if rec.Code == 0 {
					t.Errorf("%s: no status", route)
				}
			}
			if strings.HasPrefix(path, "/") && !strings.ContainsAny(path, " \x00\r\n") {
				r := httptest.NewRequest("GET", "/", nil)
				r.URL.Path = path
				s.answer(s.read(r)).Write(httptest.NewRecorder(), r)
			}
			s.reset()
		}
	})
}

// TestWhateverIsPostedIsAJob where that is asked for, and a GET is none.
func TestWhateverIsPostedIsAJob(t *testing.T) {
	for _, dialect := range Dialects() {
		t.Run(string(dialect), func(t *testing.T) {
			p := newScript(t, Config{Dialect: dialect, TakesAnything: true})
			for i, path := range []string{"/mj/submit/shorten", "/mj/submit/edits", "/mj/submit/nothing", "/mj-fast/mj/submit/video"} {
				for j, body := range []string{`{}`, ``, `no JSON`} {
					p.submit(path, body)
					if got := len(p.sim.Ledger()); got != 3*i+j+1 {
						t.Errorf("%d charges after %q to %s, want %d", got, body, path, 3*i+j+1)
					}
				}
				p.send("GET", path, "")
				p.send("POST", "/mj/task/list-by-condition", "{}")
			}
			if got := len(p.sim.Ledger()); got != 12 {
				t.Errorf("%d charges, want 12", got)
			}
		})
	}
}
