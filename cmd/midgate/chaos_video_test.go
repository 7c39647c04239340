package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// A gate that is killed while videos are made finishes them when it is served again: nobody repeats anything, each job
// is submitted once, and what was uploaded for the first frame is still there.
func TestVideosSurviveAKill(t *testing.T) {
	t.Parallel()
	b := newBed(t, simulator.Config{Pace: 2 * time.Second})
	picture, err := os.ReadFile(frame(t))
	if err != nil {
		t.Fatal(err)
	}
	still := "data:image/png;base64," + base64.StdEncoding.EncodeToString(picture)
	films := map[string]string{
		"of words, twice as long":   `{"prompt": "a fox walks", "seconds": "8"}`,
		"of an upload":              `{"prompt": "it waves", "input_reference": {"image_url": "` + still + `"}}`,
		"whose still is being made": `{"prompt": "a hare jumps"}`,
	}
	ids := map[string]string{}
	submit := func(name string) {
		var v struct{ ID string }
		ask(t, b.url+"/v1/videos", "alices-key", films[name]).into(t, &v)
		ids[name] = v.ID
	}
	taken := func(step string) (n int) {
		for _, j := range b.jobs() {
			for _, st := range j.Steps {
				if st.Name == step && st.TaskID != "" {
					n++
				}
			}
		}
		return n
	}
	submit("of words, twice as long")
	eventually(t, "the first clip is being made", func() bool { return taken("video") == 1 })
	submit("of an upload")
	submit("whose still is being made")
	eventually(t, "a still and an upload's clip are being made", func() bool { return taken("imagine") == 2 && taken("video") >= 2 })
	b.kill()
	b.serve()
	for name, id := range ids {
		var v struct {
			Status, Seconds string
			Error           json.RawMessage
		}
		eventually(t, name+" has ended", func() bool {
			ask(t, b.url+"/v1/videos/"+id, "alices-key", "").into(t, &v)
			return v.Status == "completed" || v.Status == "failed"
		})
		a := ask(t, b.url+"/v1/videos/"+id+"/content", "alices-key", "")
		if v.Status != "completed" || a.status != 200 || a.header.Get("Content-Type") != "video/mp4" || len(a.body) < 1000 || !bytes.Equal(a.body[4:8], []byte("ftyp")) {
			t.Errorf("the video %s = %+v, %s; its content = %d with %d bytes", name, v, v.Error, a.status, len(a.body))
		}
	}
	var kinds []string
	states := map[string]bool{}
	for _, c := range b.sim.Ledger() {
		kinds = append(kinds, c.Kind)
		states[c.State] = true
	}
	slices.Sort(kinds)
	if got, want := strings.Join(kinds, " "), "extend imagine imagine video video video"; got != want || len(states) != len(kinds) {
		t.Errorf("paid %q with %d different states, want %q, each once", got, len(states), want)
	}
}
