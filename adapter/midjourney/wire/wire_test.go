package wire

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestOddTypesSpoilNothing: what is no text or number is empty or 0, and the fields beside it are read.
func TestOddTypesSpoilNothing(t *testing.T) {
	for raw, want := range map[string]struct {
		text   Text
		number Number
	}{
		`"46%"`: {"46%", 46}, `46`: {"46", 46}, `-1`: {"-1", -1}, `1e3`: {"1e3", 1000}, `4.9`: {"4.9", 4}, `true`: {"true", 0},
		`null`: {"", 0}, `{}`: {"", 0}, `[7]`: {"", 0}, `"soon"`: {"soon", 0}, `1e300`: {"1e300", 0},
	} {
		var got struct {
			Text   Text   `json:"text"`
			Number Number `json:"number"`
			Beside string `json:"beside"`
		}
		err := json.Unmarshal([]byte(`{"text":`+raw+`,"number":`+raw+`,"beside":"x"}`), &got)
		if err != nil || got.Text != want.text || got.Number != want.number || got.Beside != "x" {
			t.Errorf("Unmarshal(%s) = %+v, %v; want %+v", raw, got, err, want)
		}
	}
}

func TestAnErrorIsReadInEachOfItsShapes(t *testing.T) {
	for raw, want := range map[string]struct {
		text   string
		openAI bool
		fails  bool
	}{
		`{"error":{"message":" hm ","code":"x"}}`: {"hm", true, true},
		`{"error":"hm"}`:                                         {"hm", false, true},
		`{"code":4,"description":"hm"}`:                          {"hm", false, false},
		`{"success":false,"message":"hm"}`:                       {"hm", false, true},
		`{"code":"23","description":5,"result":[]}`:              {"5", false, false},
		`{"code":4,"msg":"hm"}`:                                  {"hm", false, false},
		`{"detail":[{"loc":["body"],"msg":"hm"}]}`:               {"hm", false, false},
		`{"error":{"msg":"hm"}}`:                                 {"hm", true, true},
		`{"error":["hm","more"]}`:                                {"hm", false, true},
		`{"success":false,"errors":[{"code":9,"message":"hm"}]}`: {"hm", true, true},
		`{"error":{"message":"bad status 400: {\"code\":4,\"description\":\"hm\"}"}}`: {"bad status 400: hm", true, true},
		`{"code":4,"description":"{\"error\":{\"message\":\"hm\"}}"}`:                 {"hm", false, false},
		`{"code":4,"description":"a {\"error\":\"sign\"} in the rain"}`:               {`a {"error":"sign"} in the rain`, false, false},
	} {
		a, ok := DecodeAnswer([]byte(raw))
		if !ok || a.Text() != want.text || a.OpenAI() != want.openAI || a.Fails() != want.fails {
			t.Errorf("DecodeAnswer(%s) says %q, OpenAI %v, fails %v; want %+v", raw, a.Text(), a.OpenAI(), a.Fails(), want)
		}
	}
	for _, raw := range []string{``, `null`, `[]`, `"x"`, `{`, `<html>`} {
		if _, ok := DecodeAnswer([]byte(raw)); ok {
			t.Errorf("DecodeAnswer(%s) is an answer, want none", raw)
		}
	}
}

func TestATaskIsNamedByItsFirstID(t *testing.T) {
	for raw, want := range map[string]string{
		`"5"`: "5", `1768464763141701`: "1768464763141701", `["a","b"]`: "a", `"a, b"`: "a", `null`: "", `{}`: "",
		`{"taskId":"5"}`: "5", `[{"id":7}]`: "7", `{"task_id":"5","id":"request"}`: "5", `true`: "", `1.768464763141701e+15`: "1768464763141701", `"1e5"`: "1e5",
	} {
		if got := TaskID(json.RawMessage(raw)); got != want {
			t.Errorf("TaskID(%s) = %q, want %q", raw, got, want)
		}
	}
}

// TestATaskIsNamedUnderOtherNames, which are looked at where the usual one names none.
func TestATaskIsNamedUnderOtherNames(t *testing.T) {
	for raw, want := range map[string]string{
		`{"code":1,"data":"5"}`: "5", `{"code":1,"result":null,"taskId":"5"}`: "5", `{"code":1,"data":{"task_id":5},"result":""}`: "5",
		`{"code":1,"result":"6","taskId":"5"}`: "6", `{"code":1,"result":null,"id":"request"}`: "", `{"code":1,"data":{"message":"ok"}}`: "", `{"code":1,"data":"success"}`: "",
	} {
		if a, ok := DecodeAnswer([]byte(raw)); !ok || TaskID(a.Result) != want {
			t.Errorf("DecodeAnswer(%s) names %q, want %q", raw, TaskID(a.Result), want)
		}
	}
}

func TestACodeMayBeAWord(t *testing.T) {
	for raw, want := range map[string]string{`{"code":"quota_not_enough","message":"x"}`: "quota_not_enough", `{"code":"4","message":"x"}`: "", `{"code":null,"message":"x"}`: ""} {
		if a, _ := DecodeAnswer([]byte(raw)); strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(a.Words()), "x")) != want {
			t.Errorf("DecodeAnswer(%s) says %q, want %q in it", raw, a.Words(), want)
		}
	}
}
