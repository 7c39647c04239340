package workflow_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// A relay of 2025 has no submit/video and lets no animate button through; a prompt does it all the same.
func TestAVideoBehindARelayThatKnowsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{Dialect: simulator.NewAPI, NoVideo: true}, nil)
		f := adapter.VideoRequest{Generation: harness.Generation("it waves"), Input: &adapter.Reference{Image: s.Draw(t, "a red fox", 1)[0].ID}}
		run, refused := s.MakeVideo(t, "one", f)
		if refused != nil {
			t.Fatal(refused)
		}
		if got := s.Charged(); got != "imagine upscale video" {
			t.Errorf("jobs = %q, want the fox, its single picture and the video", got)
		}
		if got := s.Sim.Ledger(); got[len(got)-1].Clips != 1 {
			t.Errorf("%d clips were charged, want 1", got[len(got)-1].Clips)
		}
		if len(run.Result.Videos) != 1 {
			t.Errorf("videos = %q, want one", run.Result.Videos)
		}
	})
}

func TestAVideosParametersInItsPrompt(t *testing.T) {
	tests := map[string]struct {
		prompt string
		clips  int
		param  string // of the refusal
	}{
		"clips are paid as asked":     {prompt: "it waves --bs 2 --motion high", clips: 2},
		"one clip unless asked":       {prompt: "it waves —motion low --video 1 --loop", clips: 1},
		"three clips do not exist":    {prompt: "it waves --bs 3", param: "prompt"},
		"a motion that nobody has":    {prompt: "it waves --motion wild", param: "prompt"},
		"an end that is no picture":   {prompt: "it waves --end soon", param: "prompt"},
		"several jobs in one request": {prompt: "it waves --repeat 4", param: "prompt"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, simulator.Config{}, nil)
				run, refused := s.MakeVideo(t, name, adapter.VideoRequest{Generation: harness.Generation(test.prompt), Input: s.Upload(t, harness.Opaque(t, 96, 96))})
				if refused != nil {
					if refused.Param != test.param || s.Charged() != "" {
						t.Errorf("refused for %q after %q, want %q and no job", refused.Param, s.Charged(), test.param)
					}
					return
				}
				if test.param != "" {
					t.Fatalf("%q was taken, want a refusal", test.prompt)
				}
				if got := s.Sim.Ledger()[0].Clips; got != test.clips || len(run.Result.Videos) != test.clips {
					t.Errorf("%d clips charged and %d kept, want %d", got, len(run.Result.Videos), test.clips)
				}
			})
		})
	}
}

func TestAnExtensionOfSeveralClips(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		first, refused := s.MakeVideo(t, "one", adapter.VideoRequest{Generation: harness.Generation("a fox walks")})
		if refused != nil {
			t.Fatal(refused)
		}
		run, refused := s.MakeVideo(t, "two", adapter.VideoRequest{Generation: harness.Generation("on and on"), Extends: adapter.VideoID(first.ID), Seconds: 12})
		if refused != nil {
			t.Fatal(refused)
		}
		if got := s.Charged(); got != "imagine video extend extend extend" {
			t.Errorf("jobs = %q, want three extensions", got)
		}
		if f, err := adapter.VideoRequestOf(run); err != nil || f.Length() != 16 {
			t.Errorf("length = %d, %v, want 16 seconds", f.Length(), err)
		}
		_, refused = s.MakeVideo(t, "three", adapter.VideoRequest{Generation: harness.Generation("too far"), Extends: adapter.VideoID(run.ID), Seconds: 8})
		if refused == nil || refused.Param != "seconds" {
			t.Errorf("refusal = %v, want one for seconds", refused)
		}
	})
}

// Words that press Animate on an image route would be paid and could not be answered.
func TestAnEditThatWouldBeAVideo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		img := s.Draw(t, "a red fox", 1)[0]
		e := adapter.Edit{Generation: harness.Generation("animate it"), Images: []adapter.Reference{{Image: img.ID}}}
		_, err := s.Edit(t.Context(), s.Attempt("/v1/images/edits", "animate"), e)
		if got := harness.Refusal(t, err); got.Kind != adapter.Unsupported || !strings.Contains(got.Message, "/v1/videos") {
			t.Errorf("Edit() = %v, want a word about /v1/videos", got)
		}
	})
}

// A process that dies while a video is made leaves a run that another takes to its end, without a second charge.
func TestAVideoOutlivesItsProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		ticket, err := s.Film(t.Context(), s.Attempt("/v1/videos", "one"), adapter.VideoRequest{Generation: harness.Generation("a fox walks"), Seconds: 8})
		if err != nil {
			t.Fatal(err)
		}
		if err := ticket.Accepted(t.Context()); err != nil {
			t.Fatal(err)
		}
		again := s.Attempt("/v1/videos", "one")
		again.Retry = 1
		joined, err := s.Restarted(t).Film(t.Context(), again, adapter.VideoRequest{Generation: harness.Generation("a fox walks"), Seconds: 8})
		if err != nil || joined.Job().ID != ticket.Job().ID {
			t.Fatalf("the repeat = %v, %v, want the same job", joined, err)
		}
		if result, err := joined.Wait(t.Context(), nil); err != nil || len(result.Videos) != 1 {
			t.Errorf("the resumed video = %v, %v", result.Videos, err)
		}
		if got := s.Charged(); got != "imagine video extend" {
			t.Errorf("jobs = %q, want each once", got)
		}
	})
}

// What was paid of a video is handed out when an extension fails, and can be carried on.
func TestAVideoWhoseExtensionFailsIsShorter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		s.Sim.Fail(simulator.Fault{Route: "video", Kind: "banned", Match: "taskId"})
		run, refused := s.MakeVideo(t, "one", adapter.VideoRequest{Generation: harness.Generation("a fox walks"), Seconds: 12})
		if refused != nil {
			t.Fatal(refused)
		}
		f, err := adapter.VideoRequestOf(run)
		if err != nil || adapter.VideoLength(run, f) != 4 || run.Result.Missing != 2 || run.Result.Reason == "" {
			t.Errorf("the video has %d seconds and lacks %d for %q, %v; want 4, and why it lacks 2", adapter.VideoLength(run, f), run.Result.Missing, run.Result.Reason, err)
		}
		blob, err := s.VideoBytes(t.Context(), adapter.VideoID(run.ID), 0, false)
		if err != nil {
			t.Fatalf("VideoBytes() = %v", err)
		}
		blob.Close()
		more, refused := s.MakeVideo(t, "two", adapter.VideoRequest{Generation: harness.Generation("on and on"), Extends: adapter.VideoID(run.ID), Seconds: 12})
		if refused != nil {
			t.Fatal(refused)
		}
		if f, err := adapter.VideoRequestOf(more); err != nil || adapter.VideoLength(more, f) != 16 {
			t.Errorf("carried on it has %d seconds, %v; want 16", adapter.VideoLength(more, f), err)
		}
		if got := s.Charged(); got != "imagine video extend extend extend" {
			t.Errorf("jobs = %q", got)
		}
	})
}
