package native

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"midgate/adapter"
)

func TestNativeFieldsHaveOneSpelling(t *testing.T) {
	for name, tt := range map[string]struct {
		route, body string
		want        string // what is sent; empty: refused
		param       string // where
	}{
		"as they are":                         {"imagine", `{"prompt":"a fox","botType":"MID_JOURNEY","noStorage":true}`, `{"botType":"MID_JOURNEY","noStorage":true,"prompt":"a fox"}`, ""},
		"in another case":                     {"imagine", `{"PROMPT":"a fox","BotType":"MID_JOURNEY"}`, `{"botType":"MID_JOURNEY","prompt":"a fox"}`, ""},
		"flags in another case":               {"imagine", `{"Prompt":"a fox --repeat 4"}`, "", "prompt"},
		"a second prompt in another case":     {"imagine", `{"prompt":"a fox","Prompt":"a fox --repeat 4"}`, "", "prompt"},
		"a second task in another case":       {"action", `{"taskId":"mine","taskid":"yours","customId":"MJ::U1"}`, "", "taskId"},
		"a letter that folds to another":      {"action", `{"taskId":"mine","ta\u017fkId":"yours","customId":"MJ::U1"}`, "", "taskId"},
		"a second task in snake case":         {"modal", `{"taskId":"mine","task_id":"yours","prompt":"a fox"}`, "", "taskId"},
		"one task in both cases":              {"modal", `{"taskId":"mine","task_id":"mine","prompt":"a fox"}`, `{"prompt":"a fox","taskId":"mine"}`, ""},
		"a number for a task beside another":  {"action", `{"taskId":17,"task_id":"mine","customId":"MJ::U1"}`, "", "taskId"},
		"a number for a task":                 {"action", `{"taskId":17,"customId":"MJ::U1"}`, "", "taskId"},
		"a list for a prompt":                 {"modal", `{"taskId":"mine","prompt":["a fox","--repeat 4"]}`, "", "prompt"},
		"members that are null":               {"imagine", `{"prompt":"a fox","accountFilter":null,"taskId":null}`, `{"prompt":"a fox"}`, ""},
		"speeds beside the prompt":            {"imagine", `{"prompt":"a fox","Mode":"FAST","modes":["TURBO"],"Speed":"turbo"}`, `{"prompt":"a fox"}`, ""},
		"speeds among the wishes":             {"imagine", `{"prompt":"a fox","accountFilter":{"Modes":["TURBO"],"remix":true}}`, `{"accountFilter":{"remix":true},"prompt":"a fox"}`, ""},
		"wishes that are none":                {"imagine", `{"prompt":"a fox","accountFilter":"TURBO"}`, "", "accountFilter"},
		"a tool that fetches somebody's task": {"action", `{"taskId":"mine","customId":"MJ::U1","tools":[{"name":"get_parent_task","input_schema":"http://10.0.0.1/"}]}`, `{"customId":"MJ::U1","taskId":"mine"}`, ""},
		"four jobs in another case":           {"action", `{"taskId":"mine","CustomID":"MJ::Job::PicReader::ALL "}`, "", "customId"},
	} {
		t.Run(name, func(t *testing.T) {
			n := adapter.NativeRequest{Route: tt.route}
			var fields map[string]any
			if err := json.Unmarshal([]byte(tt.body), &fields); err != nil {
				t.Fatal(err)
			}
			kept, err := settle(&n, fields)
			if tt.want == "" {
				if e, ok := errors.AsType[*adapter.Error](err); !ok || e.Param != tt.param {
					t.Errorf("settle(%s) = %v, %v, want it refused at %s", tt.body, kept, err, tt.param)
				}
				return
			}
			if got, _ := json.Marshal(kept); err != nil || string(got) != tt.want {
				t.Errorf("settle(%s) = %s, %v, want %s", tt.body, got, err, tt.want)
			}
		})
	}
}

// What midgate decides must be found under every name that a server may read.
func TestEveryNativeNameFolds(t *testing.T) {
	for _, name := range append([]string{"task_id"}, adapter.NativeNames...) {
		if got, want := adapter.NativeName(strings.ToUpper(name)), adapter.NativeName(name); got != want {
			t.Errorf("NativeName(%q) = %q, want %q", strings.ToUpper(name), got, want)
		}
	}
}
