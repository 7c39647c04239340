package proxy

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/chat"
	"midgate/proxy/responses"
)

// What is no Unicode is refused on every route that takes words, in every encoding, with its place: replaced or left out,
// another word would be drawn and paid.
func TestWordsThatAreNoUnicodeAreRefused(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	status, _, body := h.call(t, "POST", generations, `{"prompt":"a fox","response_format":"url"}`)
	if status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	id := regexp.MustCompile(`img_[A-Z0-9]{26}`).FindString(string(body))
	video := "video_" + id[len("img_"):]
	for path, words := range map[string]string{
		generations:                           `{"prompt":"un WORD"}`,
		generations + "?":                     `{"prompt":"a fox","midjourney":{"no":["a","WORD"]}}`,
		"/v1/images/edits":                    `{"prompt":"WORD","image":"` + id + `"}`,
		"/v1/images/variations":               `{"prompt":"WORD","image":"` + id + `"}`,
		"/v1/images/blends":                   `{"prompt":"WORD","images":["` + id + `","` + id + `"]}`,
		"/v1/images/descriptions":             `{"image":"` + id + `","user":"WORD"}`,
		"/v1/images/" + id + "/actions":       `{"action":"zoom_out_2x","prompt":"WORD"}`,
		"/v1/prompts/shorten":                 `{"prompt":"WORD"}`,
		chat.Route:                            `{"model":"midjourney","messages":[{"role":"user","content":"WORD"}]}`,
		chat.Route + "?":                      `{"model":"midjourney","messages":[{"role":"user","content":[{"type":"text","text":"WORD"}]}]}`,
		responses.Route:                       `{"input":"WORD","tools":[{"type":"image_generation"}]}`,
		responses.Route + "?":                 `{"input":"a fox","instructions":"WORD"}`,
		"/v1/videos":                          `{"prompt":"WORD"}`,
		"/v1/videos/extensions":               `{"prompt":"WORD","video":{"id":"` + video + `"}}`,
		"/v1/videos/" + video + "/remix":      `{"prompt":"WORD"}`,
		"/mj/submit/imagine":                  `{"prompt":"WORD"}`,
		"/mj-fast/mj/submit/imagine":          `{"prompt":"a fox","state":"WORD"}`,
		"/mj/submit/shorten":                  `{"prompt":"WORD"}`,
		"/mj/submit/simple-change":            `{"content":"WORD U1"}`,
		"/mj/submit/modal":                    `{"taskId":"1","prompt":"WORD"}`,
		"/mj/submit/edits":                    `{"prompt":"WORD","image":"` + id + `"}`,
		"/mj/submit/video":                    `{"prompt":"WORD"}`,
		generations + "?a=name-of-a-member":   `{"WORD":1,"prompt":"a fox"}`,
		generations + "?a=member-of-no-use":   `{"prompt":"a fox","metadata":{"a":["WORD"]}}`,
		generations + "?a=midjourney-in-text": `{"prompt":"a fox","midjourney":"{\"no\":\"WORD\"}"}`,
	} {
		for name, bad := range map[string]string{
			"Latin-1": "se\xf1or", "a cut character": "fox \xf0\x9f\xa6", "a surrogate's bytes": "\xed\xa0\xbd", "an overlong sign": "\xc0\xaf",
			"a high half": `fox \ud83e`, "a low half": `\udd8a fox`, "two high halves": `\ud83e\ud83e\udd8a`, "halves in the wrong order": `\udd8a\ud83e`,
			"a half before another escape": `\ud83e\n`, "a half behind backslashes": `\\\\\ud83e`,
		} {
			if strings.HasSuffix(path, "text") && strings.Contains(bad, `\`) {
				bad = strings.ReplaceAll(bad, `\`, `\\`)
			}
			status, _, body := h.call(t, "POST", path, strings.Replace(words, "WORD", bad, 1))
			if status != 400 || !strings.Contains(string(body), "UTF-8") || !strings.Contains(string(body), "offset ") {
				t.Errorf("%s with %s = %d %s, want 400 that says where", path, name, status, body)
			}
		}
	}
	if n := len(h.sim.Ledger()); n != 1 {
		t.Errorf("%d jobs were paid, want the first one only", n)
	}
}

// All that is Unicode is drawn as it was written, also what only looks like half a character.
func TestWordsOfEveryScriptAreDrawn(t *testing.T) {
	for sent, want := range map[string]string{
		"señor 狐 🦊":                "señor 狐 🦊",
		`se\u00f1or \u72d0`:        "señor 狐",
		`\ud83e\udd8a\ud83e\udd8a`: "🦊🦊",
		`a \\ud83e fox`:            `a \ud83e fox`,
		`a \\\ud83e\udd8a`:         `a \🦊`,
		"a \ufffd fox \ufffe":      "a \ufffd fox \ufffe",
		`a \ufffd fox`:             "a \ufffd fox",
	} {
		f := newFake()
		w := send(newServer(t, f), "POST", generations, `{"prompt":"`+sent+`"}`)
		if w.Code != 200 || f.drawn[0].Prompt != want {
			t.Errorf("%q = %d, drawn %+v; want %q", sent, w.Code, f.drawn, want)
		}
	}
}

// The place is one of the body that was sent, whatever was taken out of it before it was read, and a client's own names
// stay out of the log.
func TestTheFirstBadByteIsNamed(t *testing.T) {
	long := `"data:image/png;base64,` + strings.Repeat("iVBORw0K", 20_000) + `"`
	for name, tt := range map[string]struct {
		body, says string
		param      string
	}{
		"in a prompt":             {"{\"prompt\":\"un se\xf1or\"}", "byte 0xF1, at byte offset 16.", "prompt"},
		"behind a mark":           {"\ufeff{\"prompt\":\"un se\xf1or\"}", "byte 0xF1, at byte offset 19.", "prompt"},
		"in a list":               {"{\"prompt\":\"a\",\"midjourney\":{\"no\":[\"b\",\"\xf1\"]}}", "byte 0xF1, at byte offset 39.", "midjourney.no[1]"},
		"in a name":               {"{\"\xf1\":1,\"prompt\":\"a\"}", "byte 0xF1, at byte offset 2.", ""},
		"under a client's name":   {"{\"my secret\":\"\xf1\",\"prompt\":\"a\"}", "byte 0xF1, at byte offset 14.", ""},
		"in what is no JSON":      {"{\"prompt\":\"\xf1}", "byte 0xF1, at byte offset 11.", ""},
		"before a long picture":   {"{\"prompt\":\"\xf1\",\"image\":" + long + "}", "byte 0xF1, at byte offset 11.", "prompt"},
		"behind a long picture":   {"{\"image\":" + long + ",\"prompt\":\"\xf1\"}", "byte 0xF1, at byte offset 160044.", "prompt"},
		"half a character behind": {"{\"image\":" + long + `,"prompt":"\ud83e"}`, `escape \\ud83e is half a character, at byte offset 160044.`, "prompt"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			w := send(newServer(t, f), "POST", "/v1/images/edits", tt.body)
			_, _, param, code := problemOf(t, w)
			if w.Code != http.StatusBadRequest || param != tt.param || code != "invalid_utf8" || !strings.Contains(w.Body.String(), tt.says) {
				t.Errorf("%d %s, want 400 about %q that says %q", w.Code, w.Body, tt.param, tt.says)
			}
		})
	}
}
