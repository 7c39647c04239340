package workflow_test

import (
	"cmp"
	"testing"
	"testing/synctest"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

func TestTheWayOfAVideo(t *testing.T) {
	tests := map[string]struct {
		sim     simulator.Config
		known   bool
		upload  bool
		seconds int
		jobs    string         // after the imagine that made the known picture
		format  adapter.Format // MP4 if not said
		refused bool
	}{
		"from a known picture":                         {known: true, jobs: "video"},
		"from an upload":                               {upload: true, jobs: "video"},
		"from text, by a still":                        {jobs: "imagine video"},
		"twelve seconds are a clip and two extensions": {known: true, seconds: 12, jobs: "video extend extend"},
		"by the button where there is no submit/video": {sim: simulator.Config{NoVideo: true}, known: true, jobs: "upscale video", format: adapter.WebP},
		"from text where there is no submit/video":     {sim: simulator.Config{NoVideo: true}, jobs: "imagine upscale video", format: adapter.WebP},
		"an upload where there is no submit/video":     {sim: simulator.Config{NoVideo: true}, upload: true, refused: true},
		"from a known picture at an origin":            {sim: simulator.Config{Dialect: simulator.TrueAI}, known: true, jobs: "video"},
		"from a known picture behind a relay":          {sim: simulator.Config{Dialect: simulator.NewAPI}, known: true, jobs: "video"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, test.sim, nil)
				f := adapter.VideoRequest{Generation: harness.Generation("it waves"), Seconds: test.seconds}
				jobs := test.jobs
				if test.known {
					f.Input = &adapter.Reference{Image: s.Draw(t, "a red fox", 1)[0].ID}
					jobs = "imagine " + jobs
				}
				if test.upload {
					f.Input = s.Upload(t, harness.Opaque(t, 96, 96))
				}
				run, refused := s.MakeVideo(t, name, f)
				if (refused != nil) != test.refused {
					t.Fatalf("Film() = %v, want refused: %v", refused, test.refused)
				}
				if test.refused {
					return
				}
				if got := s.Charged(); got != jobs {
					t.Errorf("jobs = %q, want %q", got, jobs)
				}
				for _, c := range s.Sim.Ledger() {
					if c.Clips > 1 && !test.sim.NoVideo { // the button itself makes four
						t.Errorf("%s was charged for %d clips, want 1", c.Kind, c.Clips)
					}
				}
				blob, err := s.VideoBytes(t.Context(), adapter.VideoID(run.ID), 0, false)
				if err != nil {
					t.Fatalf("VideoBytes() = %v", err)
				}
				if want := cmp.Or(test.format, adapter.MP4); blob.Format != want || blob.Size < 1000 {
					t.Errorf("the video is %d bytes of %s, want %s", blob.Size, blob.Format, want)
				}
				blob.Close()
				thumb, err := s.VideoBytes(t.Context(), adapter.VideoID(run.ID), 0, true)
				if err != nil || thumb.Format != adapter.WebP {
					t.Fatalf("the thumbnail = %v, want a WebP", err)
				}
				thumb.Close()
			})
		})
	}
}

func TestAVideoIsExtendedAndDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		run, refused := s.MakeVideo(t, "one", adapter.VideoRequest{Generation: harness.Generation("a fox walks")})
		if refused != nil {
			t.Fatal(refused)
		}
		id := adapter.VideoID(run.ID)
		if _, refused = s.MakeVideo(t, "two", adapter.VideoRequest{Generation: harness.Generation("on and on"), Extends: id}); refused != nil {
			t.Fatal(refused)
		}
		if got := s.Charged(); got != "imagine video extend" {
			t.Errorf("jobs = %q, want imagine, video, extend", got)
		}
		if _, err := s.Video(t.Context(), adapter.Caller{Owner: "another"}, id); harness.Refusal(t, err).Code != "video_not_found" {
			t.Errorf("another owner sees the video: %v", err)
		}
		if err := s.DeleteVideo(t.Context(), s.Me, id); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Video(t.Context(), s.Me, id); harness.Refusal(t, err).Code != "video_not_found" {
			t.Errorf("a deleted video: %v, want video_not_found", err)
		}
	})
}
