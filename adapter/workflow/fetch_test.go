package workflow_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest/harness"
	"midgate/adapter/midjourney/simulator"
)

// taskOf reads a picture's task as the upstream shows it.
func taskOf(t *testing.T, s *harness.Harness, img adapter.Image) (adapter.Task, error) {
	account, err := s.Parts.Accounts.Made(t.Context(), s.Me, img.Upstream)
	if err != nil {
		return adapter.Task{}, err
	}
	return account.Upstream.Task(t.Context(), img.TaskID)
}

// drawn asks for n pictures and tells how long it took from the end of the upstream's job.
func drawn(t *testing.T, s *harness.Harness, n int) ([]adapter.Image, time.Duration) {
	t.Helper()
	images := s.Draw(t, "a red fox", n)
	task, err := taskOf(t, s, images[0])
	if err != nil {
		t.Fatal(err)
	}
	return images, time.Since(task.FinishedAt)
}

// TestNobodyWaitsForAGridBesideFourPictures: it is empty, gone, refused or dead, and gets its record when it comes.
func TestNobodyWaitsForAGridBesideFourPictures(t *testing.T) {
	tests := map[string]struct {
		fault simulator.Fault
		comes bool
	}{
		"empty":             {simulator.Fault{Route: "fetch", Kind: "task", Body: `{"imageUrl":""}`, Times: -1}, false},
		"null":              {simulator.Fault{Route: "fetch", Kind: "task", Body: `{"imageUrl":null}`, Times: -1}, false},
		"gone":              {simulator.Fault{Route: "cdn", Match: "grid_0", Kind: "404", Times: -1}, false},
		"private":           {simulator.Fault{Route: "cdn", Match: "grid_0", Kind: "403", Times: -1}, false},
		"a page":            {simulator.Fault{Route: "cdn", Match: "grid_0", Kind: "html-200", Times: -1}, false},
		"a server in need":  {simulator.Fault{Route: "cdn", Match: "grid_0", Kind: "502-html", Times: -1}, false},
		"dead":              {simulator.Fault{Route: "cdn", Match: "grid_0", Kind: "hang", Times: -1}, false},
		"late by a minute":  {simulator.Fault{Route: "cdn", Match: "grid_0", Kind: "404", For: time.Minute, Times: -1}, true},
		"late by an hour":   {simulator.Fault{Route: "cdn", Match: "grid_0", Kind: "403", For: 20 * time.Minute, Times: -1}, true},
		"slow, but it will": {simulator.Fault{Route: "cdn", Match: "grid_0", Kind: "slow", Delay: 30 * time.Second, Times: -1}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, simulator.Config{Dialect: simulator.TrueAI, Partner: true}, nil)
				list := test.fault
				if list.Route == "fetch" {
					list.Route = "list"
					s.Sim.Fail(list)
				}
				s.Sim.Fail(test.fault)
				images, took := drawn(t, s, 4)
				if len(images) != 4 || took > 3*time.Second {
					t.Errorf("%d pictures were answered %v after the job, want 4 within 3 s", len(images), took)
				}
				for _, img := range images {
					s.ReadPicture(t, img.ID)
				}
				<-time.After(2 * time.Hour)
				grid, err := s.Image(t.Context(), s.Me, images[0].Grid)
				if err != nil {
					t.Fatal(err)
				}
				if came := grid.Width == 2*images[0].Width; came != test.comes {
					t.Errorf("the grid's record has %d×%d pixels beside pictures of %d×%d, want its own file %v", grid.Width, grid.Height, images[0].Width, images[0].Height, test.comes)
				}
				if got := s.Charged(); got != "imagine" {
					t.Errorf("jobs = %q, want one", got)
				}
			})
		})
	}
}

// TestOneOfFourPicturesThatIsGoneIsCutFromTheGrid: it is paid, and there.
func TestOneOfFourPicturesThatIsGoneIsCutFromTheGrid(t *testing.T) {
	for _, which := range []string{"0_0.png", "0_2.png", "0_3.png"} {
		synctest.Test(t, func(t *testing.T) {
			s := harness.New(t, simulator.Config{Dialect: simulator.TrueAI, Partner: true}, nil)
			s.Sim.Fail(simulator.Fault{Route: "cdn", Match: which, Kind: "404", Times: -1})
			images, took := drawn(t, s, 4)
			if len(images) != 4 || took > 30*time.Second {
				t.Errorf("%d pictures were answered %v after the job, want 4 soon", len(images), took)
			}
			for _, img := range images {
				s.ReadPicture(t, img.ID)
			}
		})
	}
}

// TestAFreshAddressIsTakenFromTheTask: signed addresses expire and move, and the task knows.
func TestAFreshAddressIsTakenFromTheTask(t *testing.T) {
	for _, kind := range []string{"404", "403", "410", "html-200", "502-html"} {
		for _, dialect := range []simulator.Dialect{simulator.Comet, simulator.TrueAI} {
			t.Run(kind+" of "+string(dialect), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := harness.New(t, simulator.Config{Dialect: dialect}, nil)
					dead := `{"imageUrl":"http://upstream.test/cdn/dead/grid_0.webp?ex=1"}`
					s.Sim.Fail(simulator.Fault{Route: "list", Kind: "task", Body: dead, Times: 1})
					s.Sim.Fail(simulator.Fault{Route: "fetch", Kind: "task", Body: dead, Times: 1})
					s.Sim.Fail(simulator.Fault{Route: "cdn", Match: "/dead/", Kind: kind, Times: -1})
					images, took := drawn(t, s, 4)
					if limit := 5 * time.Second; len(images) != 4 || took > limit && kind != "502-html" || took > 15*time.Second {
						t.Errorf("%d pictures were answered %v after the job, want 4 within %v", len(images), took, limit)
					}
				})
			})
		}
	}
}

// TestAnotherAddressOfATaskIsTried.
func TestAnotherAddressOfATaskIsTried(t *testing.T) {
	for _, member := range []string{"url", "proxyUrl", "baseImageUrl"} {
		synctest.Test(t, func(t *testing.T) {
			s := harness.New(t, simulator.Config{Dialect: simulator.TrueAI}, nil)
			first := s.Draw(t, "a blue fox", 1)[0]
			task, err := taskOf(t, s, first)
			if err != nil {
				t.Fatal(err)
			}
			body := `{"imageUrl":"http://upstream.test/cdn/dead/grid_0.webp","` + member + `":"` + task.ImageURL + `"}`
			s.Sim.Fail(simulator.Fault{Route: "fetch", Kind: "task", Body: body, Times: -1})
			s.Sim.Fail(simulator.Fault{Route: "list", Kind: "task", Body: body, Times: -1})
			s.Sim.Fail(simulator.Fault{Route: "cdn", Match: "/dead/", Kind: "404", Times: -1})
			s.ReadPicture(t, s.Draw(t, "a red fox", 1)[0].ID)
		})
	}
}

// TestAStillIsNoVideo: some servers name a clip's first frame before the clip.
func TestAStillIsNoVideo(t *testing.T) {
	for name, body := range map[string]string{
		"no clips yet":       `{"videoUrls":null,"videoUrl":null,"imageUrl":"http://upstream.test/cdn/still/cover.jpeg"}`,
		"a still for a clip": `{"videoUrls":[{"url":"http://upstream.test/cdn/still/cover.jpeg"}],"videoUrl":"","imageUrl":"http://upstream.test/cdn/still/cover.jpeg"}`,
		"an empty list":      `{"videoUrls":[],"videoUrl":"","imageUrl":"http://upstream.test/cdn/still/cover.png"}`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, simulator.Config{}, nil)
				img := s.Draw(t, "a red fox", 1)[0]
				still := string(s.ReadPicture(t, img.ID))
				for _, route := range []string{"fetch", "list"} {
					s.Sim.Fail(simulator.Fault{Route: route, Kind: "task", Body: body, For: 5 * time.Second, Times: -1})
				}
				s.Sim.Fail(simulator.Fault{Route: "cdn", Match: "/still/", Kind: "answer", Status: 200, Header: map[string]string{"Content-Type": "image/png"}, Body: still, Times: -1})
				run, refused := s.MakeVideo(t, name, adapter.VideoRequest{Generation: harness.Generation("it waves"), Input: &adapter.Reference{Image: img.ID}})
				if refused != nil || len(run.Result.Videos) != 1 {
					t.Fatalf("the video = %+v, %v; want a clip", run.Result, refused)
				}
				pic, err := s.Bucket.Stat(t.Context(), run.Result.Videos[0])
				if err != nil || pic.Format != adapter.MP4 {
					t.Errorf("the video is %+v, %v; want a clip", pic, err)
				}
				if got := s.Charged(); got != "imagine video" {
					t.Errorf("jobs = %q, want one video", got)
				}
			})
		})
	}
}

// TestFilesAreTakenForWhatTheyAre: some servers hand out AVIF, or call every file a text.
func TestFilesAreTakenForWhatTheyAre(t *testing.T) {
	avif, err := os.ReadFile("../pictures/avif/testdata/grid.avif")
	if err != nil {
		t.Fatal(err)
	}
	for name, contentType := range map[string]string{"by its type": "image/avif", "as a text": "text/plain", "as a WebP": "image/webp", "without a type": ""} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, simulator.Config{Dialect: simulator.TrueAI}, nil)
				s.Sim.Fail(simulator.Fault{Route: "cdn", Kind: "answer", Status: 200, Header: map[string]string{"Content-Type": contentType}, Body: string(avif), Times: -1})
				images := s.Draw(t, "a red fox", 4)
				for _, img := range images {
					if img.Width != 32 || img.Height != 24 {
						t.Errorf("a quarter has %d×%d pixels, want 32×24", img.Width, img.Height)
					}
					if b := s.ReadPicture(t, img.ID); !bytes.HasPrefix(b, []byte("\x89PNG")) {
						t.Errorf("a quarter begins with %q, want a PNG", b[:min(len(b), 12)])
					}
				}
			})
		})
	}
}

// TestADraftOfManySketches: as many as were asked for are handed out, and all are kept, since all are paid.
func TestADraftOfManySketches(t *testing.T) {
	for _, test := range []struct{ there, n, want int }{{24, 1, 1}, {24, 4, 4}, {24, 3, 3}, {8, 2, 2}, {6, 4, 4}} {
		synctest.Test(t, func(t *testing.T) {
			s := harness.New(t, simulator.Config{Dialect: simulator.TrueAI}, nil)
			before := s.Draw(t, "a blue fox", 1)[0]
			task, err := taskOf(t, s, before)
			if err != nil {
				t.Fatal(err)
			}
			sketches := make([]string, test.there)
			for i := range sketches {
				sketches[i] = task.ImageURL + "#" + strconv.Itoa(i)
			}
			body, err := json.Marshal(map[string]any{"imageUrls": sketches})
			if err != nil {
				t.Fatal(err)
			}
			for _, route := range []string{"fetch", "list"} {
				s.Sim.Fail(simulator.Fault{Route: route, Kind: "task", Body: string(body), Times: -1})
			}
			images := s.Draw(t, "a red fox --v 8.1", test.n)
			if len(images) != test.want {
				t.Errorf("%d of %d sketches were handed out, want %d", len(images), test.there, test.want)
			}
			grid, err := s.Image(t.Context(), s.Me, images[0].Grid)
			if err != nil {
				t.Fatal(err)
			}
			if len(grid.Cells) != test.there {
				t.Errorf("%d sketches are kept, want %d", len(grid.Cells), test.there)
			}
			for _, id := range grid.Cells {
				s.ReadPicture(t, id)
			}
			if got := s.Charged(); got != "imagine imagine" {
				t.Errorf("jobs = %q, want one for each request", got)
			}
		})
	}
}

// TestFewerPicturesThanAGrid are handed out where no grid comes: they are paid. Whoever wants one gets one.
func TestFewerPicturesThanAGrid(t *testing.T) {
	for _, test := range []struct{ there, n, want int }{{1, 1, 1}, {1, 4, 1}, {2, 1, 1}, {2, 2, 2}, {3, 4, 3}} {
		synctest.Test(t, func(t *testing.T) {
			s := harness.New(t, simulator.Config{Dialect: simulator.TrueAI}, nil)
			task, err := taskOf(t, s, s.Draw(t, "a blue fox", 1)[0])
			if err != nil {
				t.Fatal(err)
			}
			var some []string
			for i := range test.there {
				some = append(some, task.ImageURL+"#"+strconv.Itoa(i))
			}
			body, err := json.Marshal(map[string]any{"imageUrls": some, "imageUrl": ""})
			if err != nil {
				t.Fatal(err)
			}
			for _, route := range []string{"fetch", "list"} {
				s.Sim.Fail(simulator.Fault{Route: route, Kind: "task", Body: string(body), Times: -1})
			}
			start := time.Now()
			images := s.Draw(t, "a red fox", test.n)
			if took := time.Since(start); len(images) != test.want || took > 2*time.Minute {
				t.Errorf("%d of %d pictures were handed out after %v, want %d", len(images), test.there, took, test.want)
			}
			for _, img := range images {
				s.ReadPicture(t, img.ID)
			}
			if got := s.Charged(); got != "imagine imagine" {
				t.Errorf("jobs = %q, want one for each request", got)
			}
		})
	}
}
