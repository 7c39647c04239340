package proxy

import (
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"
)

// A compressed body, whole or cut anywhere, called what it is or something else: either all that was sent is drawn, or
// nothing is.
func FuzzEncoding(f *testing.F) {
	f.Add("gzip", "gzip", "a fox", uint16(0))
	f.Add("zstd", "zstd", "a fox", uint16(3))
	f.Add("br", "gzip, br", "", uint16(1))
	f.Add("deflate", " Deflate ,identity", "--ar 3:2", uint16(9))
	f.Add("identity", "compress", "x", uint16(0))
	core := newFake()
	s := newServer(f, core)
	f.Fuzz(func(t *testing.T, packer, named, prompt string, cut uint16) {
		prompt = plain(prompt)
		core.drawn = nil
		body := `{"n":2,"prompt":"` + prompt + `"}`
		if with := packers[packer]; with != nil {
			body = packed(t, body, with)
		}
		w := send(s, "POST", "/v1/images/generations", body[:max(len(body)-int(cut), 0)], "Content-Encoding", named)
		d := core.drawn
		judgeCut(t, w, len(d), len(d) == 1 && d[0].N == 2 && strings.TrimSpace(d[0].Prompt) == strings.TrimSpace(prompt))
	})
}

// A form with any boundary, said in any way, whole or cut anywhere: either all that was sent is drawn, or nothing is.
func FuzzBoundary(f *testing.F) {
	for _, b := range []string{"----WebKitFormBoundaryABC", "===1444057544756===", "a b/c", "(x):y?", "", "-", "--", "x\"y", "é"} {
		f.Add(b, b, "a fox", uint16(0))
		f.Add(b, `"`+b+`"`, "a fox\r\n--x", uint16(5))
	}
	core := newFake()
	s := newServer(f, core)
	s.Client().Transport = refusing{}
	f.Fuzz(func(t *testing.T, boundary, said, prompt string, cut uint16) {
		if strings.ContainsAny(boundary+said, "\r\n\x00") || boundary != "" && strings.Contains("\n"+prompt+"\n", "--"+boundary) {
			return // no header has these, and no client takes a boundary that its text has
		}
		prompt = plain(prompt)
		core.edited, core.uploads = nil, nil
		form, _ := writeForm(file("image", "a.png", "image/png", picture("a")), text("prompt", prompt), text("n", "2"))
		form = strings.ReplaceAll(form, form[2:strings.Index(form, "\r\n")], boundary)
		w := send(s, "POST", "/v1/images/edits", form[:max(len(form)-int(cut), 0)], "Content-Type", "multipart/form-data; boundary="+said)
		e := core.edited
		judgeCut(t, w, len(e), len(e) == 1 && e[0].N == 2 && strings.TrimSpace(e[0].Prompt) == strings.TrimSpace(prompt) && len(core.uploads) == 1 && string(core.uploads[0]) == string(picture("a")))
	})
}

func judgeCut(t *testing.T, w *httptest.ResponseRecorder, jobs int, whole bool) {
	t.Helper()
	switch {
	case w.Code >= 500 || w.Code < 200:
		t.Errorf("%d %s", w.Code, w.Body)
	case jobs > 0 && !whole:
		t.Errorf("%d jobs began without all that was sent: %d %s", jobs, w.Code, w.Body)
	case w.Code < 300 && jobs == 0:
		t.Errorf("nothing was drawn: %d %s", w.Code, w.Body)
	}
}

// plain leaves of a text what JSON and forms hold as it is.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == '"' || r == '\\' || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)
}
