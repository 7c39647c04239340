package proxy

import (
	"fmt"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// The model's name chooses version and speed on every route that costs something: the speed by the
// upstream's path, the version in the prompt where the job has one.
func TestTheModelsNameCountsOnEveryRoute(t *testing.T) {
	still := func(t *testing.T, w int) string { return `{"image_url":"` + stillURL(t, w, 64) + `"}` }
	for name, test := range map[string]struct {
		path, body string // %s: the model, then pictures
		pictures   int
		version    bool // the prompt names it
	}{
		"generations":                 {"/v1/images/generations", `{"model":%s,"prompt":"a fox","response_format":"url"}`, 0, true},
		"edits":                       {"/v1/images/edits", `{"model":%s,"prompt":"a moon","images":[%s],"response_format":"url"}`, 1, true},
		"edits of two":                {"/v1/images/edits", `{"model":%s,"prompt":"a moon","images":[%s,%s],"response_format":"url"}`, 2, true},
		"variations":                  {"/v1/images/variations", `{"model":%s,"image":%s,"response_format":"url"}`, 1, true},
		"blends":                      {"/v1/images/blends", `{"model":%s,"images":[%s,%s],"response_format":"url"}`, 2, false},
		"descriptions":                {"/v1/images/descriptions", `{"model":%s,"image":%s}`, 1, false},
		"shorten":                     {"/v1/prompts/shorten", `{"model":%s,"prompt":"a very very red fox"}`, 0, false},
		"videos":                      {"/v1/videos", `{"model":%s,"prompt":"a fox walks"}`, 0, false},
		"chat":                        {"/v1/chat/completions", `{"model":%s,"messages":[{"role":"user","content":"a fox"}]}`, 0, true},
		"responses":                   {"/v1/responses", `{"model":%s,"input":"a fox","tools":[{"type":"image_generation"}]}`, 0, true},
		"responses, the tool's model": {"/v1/responses", `{"model":"gpt-5","input":"a fox","tools":[{"type":"image_generation","model":%s}]}`, 0, true},
	} {
		for model, want := range map[string][2]string{"midjourney-v7-turbo": {"turbo", "--v 7"}, "niji-6-relax": {"relax", "--niji 6"}} {
			t.Run(name+" of "+model, func(t *testing.T) {
				t.Parallel()
				h := newHouse(t, simulator.Config{})
				args := []any{fmt.Sprintf("%q", model)}
				for i := range test.pictures {
					args = append(args, still(t, 96+16*i))
				}
				status, _, body := h.call(t, "POST", test.path, fmt.Sprintf(test.body, args...))
				if status != 200 {
					t.Fatalf("%s = %d %s", test.path, status, body)
				}
				if name == "videos" {
					h.finished(t, videoIn(t, status, body).ID)
				}
				jobs := h.sim.Ledger()
				for _, j := range jobs {
					if j.Speed != want[0] {
						t.Errorf("the %s ran at %s, want %s", j.Kind, j.Speed, want[0])
					}
				}
				if last := jobs[len(jobs)-1]; test.version && !strings.Contains(last.Prompt, want[1]) || strings.Contains(last.Prompt, "--"+want[0]) {
					t.Errorf("the %s drew %q, want %s in it: %v", last.Kind, last.Prompt, want[1], test.version)
				}
			})
		}
	}
}
