package harness

import (
	"bytes"
	"encoding/json"
	"sync"
	"testing"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// Press presses a button of a picture and waits for what it makes.
func (s *Harness) Press(t *testing.T, act adapter.Act) ([]adapter.Image, *adapter.Error) {
	t.Helper()
	ticket, err := s.Act(t.Context(), s.Attempt("/v1/images/"+act.Image+"/actions", AsJSON(t, act)), act)
	if err == nil {
		var result adapter.Result
		if result, err = ticket.Wait(t.Context(), nil); err == nil {
			ticket.Answered()
			var images []adapter.Image
			for _, id := range result.Images {
				img, err := s.Image(t.Context(), s.Me, id)
				if err != nil {
					t.Fatal(err)
				}
				images = append(images, img)
			}
			return images, nil
		}
	}
	return nil, Refusal(t, err)
}

// Upload sends a picture.
func (s *Harness) Upload(t *testing.T, data []byte) *adapter.Reference {
	t.Helper()
	ref, err := s.Receive(t.Context(), s.Me, bytes.NewReader(data), "upload.png")
	if err != nil {
		t.Fatal(err)
	}
	return &ref
}

// EditPicture edits pictures and waits for what comes of it.
func (s *Harness) EditPicture(t *testing.T, prompt string, mask *adapter.Reference, images ...adapter.Reference) []adapter.Image {
	t.Helper()
	ticket, err := s.Edit(t.Context(), s.Attempt("/v1/images/edits", prompt+images[0].Image), adapter.Edit{Generation: Generation(prompt), Images: images, Mask: mask})
	return s.Await(t, ticket, err)
}

// HideTasks makes everything that tells of a lost submission fail for longer than it is looked for at once.
func (s *Harness) HideTasks() {
	for _, route := range []string{"tasks", "fetch", "list-by-ids", "list"} {
		s.Sim.Fail(simulator.Fault{Route: route, Kind: "500", Times: 25})
	}
}

// AtOnce sends four requests about one quarter and returns the IDs of their pictures.
func (s *Harness) AtOnce(t *testing.T, ask func(i int) (adapter.Ticket, error)) map[string]bool {
	t.Helper()
	made := map[string]bool{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			ticket, err := ask(i)
			if err != nil {
				t.Errorf("request %d: %v", i, err)
				return
			}
			result, err := ticket.Wait(t.Context(), nil)
			if err != nil || len(result.Images) != 1 {
				t.Errorf("request %d: %+v, %v; want one picture", i, result, err)
				return
			}
			ticket.Answered()
			mu.Lock()
			defer mu.Unlock()
			made[result.Images[0]] = true
		})
	}
	all.Wait()
	return made
}

// Unreachable makes so many downloads fail: half a minute's worth are 11, and a picture is given up after about 40.
func (s *Harness) Unreachable(downloads int) {
	for _, route := range []string{"image", "cdn"} {
		s.Sim.Fail(simulator.Fault{Route: route, Kind: "404", Times: downloads})
	}
}

// MakeVideo asks for a video and waits for its job.
func (s *Harness) MakeVideo(t *testing.T, name string, f adapter.VideoRequest) (adapter.Job, *adapter.Error) {
	t.Helper()
	ticket, err := s.Film(t.Context(), s.Attempt("/v1/videos", name), f)
	if err == nil {
		_, err = ticket.Wait(t.Context(), nil)
	}
	if err != nil {
		return adapter.Job{}, Refusal(t, err)
	}
	job, err := s.Video(t.Context(), s.Me, adapter.VideoID(ticket.Job().ID))
	if err != nil {
		t.Fatal(err)
	}
	return job, nil
}

// AsJSON writes a value as JSON.
func AsJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Buttoned are the dialects whose pictures have buttons.
var Buttoned = []string{"comet", "trueai", "trueai, partner", "newapi", "with remix", "without a list"}

// Dialects are the kinds of upstreams.
var Dialects = map[string]simulator.Config{
	"comet":           {Dialect: simulator.Comet},
	"trueai":          {Dialect: simulator.TrueAI},
	"trueai, partner": {Dialect: simulator.TrueAI, Partner: true},
	"newapi":          {Dialect: simulator.NewAPI},
	"novicezk":        {Dialect: simulator.NoviceZK},
	"without a list":  {Dialect: simulator.Comet, NoList: true},
	"with remix":      {Dialect: simulator.NewAPI, Remix: true},
}
