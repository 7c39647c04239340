package workflow_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest/harness"
	"midgate/adapter/midjourney/simulator"
)

// spoil programmes a fault for all files of the upstream.
func spoil(s *harness.Harness, f simulator.Fault) {
	for _, route := range []string{"image", "cdn"} {
		f.Route = route
		s.Sim.Fail(f)
	}
}

// drawings are jobs of files of every format that the simulated upstream sends.
var drawings = map[string]func(ctx context.Context, s *harness.Harness, a adapter.Attempt, img adapter.Image) (adapter.Ticket, error){
	"PNG": func(ctx context.Context, s *harness.Harness, a adapter.Attempt, img adapter.Image) (adapter.Ticket, error) {
		return s.Generate(ctx, a, harness.Generation("a red boat --v 6"))
	},
	"WebP": func(ctx context.Context, s *harness.Harness, a adapter.Attempt, img adapter.Image) (adapter.Ticket, error) {
		return s.Generate(ctx, a, harness.Generation("a red boat --v 7"))
	},
	"MP4": func(ctx context.Context, s *harness.Harness, a adapter.Attempt, img adapter.Image) (adapter.Ticket, error) {
		return s.Film(ctx, a, adapter.VideoRequest{Generation: harness.Generation("it waves"), Input: &adapter.Reference{Image: img.ID}})
	},
}

// whole fails the test unless every file of a result is stored to its end.
func whole(t *testing.T, s *harness.Harness, result adapter.Result) {
	t.Helper()
	names := result.Videos
	for _, id := range result.Images {
		img, err := s.Image(t.Context(), s.Me, id)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, img.Source)
		s.ReadPicture(t, id)
	}
	for _, name := range names {
		blob, err := s.Bucket.Open(t.Context(), adapter.Rendition{Name: name})
		if err != nil {
			t.Fatalf("Open(%s) = %v", name, err)
		}
		if err := s.Bucket.Inspect(blob, 1<<30); err != nil {
			t.Errorf("%s, %d bytes of %s, is stored: %v", name, blob.Size, blob.Format, err)
		}
		blob.Close()
	}
	if len(names) == 0 {
		t.Error("the result is empty")
	}
}

// TestACutFileIsFetchedAgainInTheSameRequest, however it was cut.
func TestACutFileIsFetchedAgainInTheSameRequest(t *testing.T) {
	for format, draw := range drawings {
		for _, fault := range []simulator.Fault{
			{Kind: "short"}, {Kind: "short", Part: -1024}, {Kind: "short-length"}, {Kind: "short-length", Part: -1024},
			{Kind: "short-length", Part: -1}, {Kind: "cut"}, {Kind: "cut", Part: -1024}, {Kind: "short", Part: 10}, {Kind: "empty"},
		} {
			t.Run(format+" "+fault.Kind, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := harness.New(t, simulator.Config{}, nil)
					img := s.Draw(t, "a fox", 1)[0]
					fault.Times = 2
					spoil(s, fault)
					start := time.Now()
					ticket, err := draw(t.Context(), s, s.Attempt("/v1/images/generations", "cut"), img)
					if err != nil {
						t.Fatal(err)
					}
					result, err := ticket.Wait(t.Context(), nil)
					if err != nil {
						t.Fatalf("Wait() = %v", err)
					}
					whole(t, s, result)
					if took := time.Since(start); took > time.Minute {
						t.Errorf("it took %v", took)
					}
				})
			})
		}
	}
}

// TestAFileThatStaysCutIsFetchedLater: nothing of it is stored meanwhile, the client is told that the upstream is at
// fault, and the repeat gets what was paid.
func TestAFileThatStaysCutIsFetchedLater(t *testing.T) {
	for format, draw := range drawings {
		for _, fault := range []simulator.Fault{{Kind: "short"}, {Kind: "short-length", Part: -1024}, {Kind: "cut"}} {
			for _, healed := range []time.Duration{10 * time.Minute, 40 * time.Minute} {
				t.Run(format+" "+fault.Kind+" "+healed.String(), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						s := harness.New(t, simulator.Config{}, nil)
						img := s.Draw(t, "a fox", 1)[0]
						fault.Times = -1
						spoil(s, fault)
						a := s.Attempt("/v1/images/generations", "stays cut")
						ticket, err := draw(t.Context(), s, a, img)
						if err != nil {
							t.Fatal(err)
						}
						if _, err := ticket.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Failed {
							t.Fatalf("Wait() = %v, want kind %q", err, adapter.Failed)
						}
						ticket.Answered()
						paid := s.Charged()
						<-time.After(healed)
						run, err := s.Job(t.Context(), s.Me, ticket.Job().ID)
						if err != nil || run.Status == adapter.JobCompleted {
							t.Fatalf("Job() = %s, %v while the file is cut", run.Status, err)
						}
						s.Sim.Heal()
						<-time.After(15 * time.Minute)
						a.Retry = 1
						again, err := draw(t.Context(), s, a, img)
						if err != nil || again.Job().ID != ticket.Job().ID {
							t.Fatalf("the repeat = %v, %v, want the same job", again, err)
						}
						result, err := again.Wait(t.Context(), nil)
						if err != nil {
							t.Fatalf("the repeat's Wait() = %v", err)
						}
						whole(t, s, result)
						if got := s.Charged(); got != paid {
							t.Errorf("jobs = %q, want %q", got, paid)
						}
					})
				})
			}
		}
	}
}

// TestAFileThatIsAlwaysCutIsNeverStored.
func TestAFileThatIsAlwaysCutIsNeverStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		spoil(s, simulator.Fault{Kind: "short", Times: -1})
		ticket, err := s.Generate(t.Context(), s.Attempt("/v1/images/generations", "always"), harness.Generation("a red fox"))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = ticket.Wait(t.Context(), nil)
		<-time.After(3 * time.Hour)
		run, err := s.Job(t.Context(), s.Me, ticket.Job().ID)
		if err != nil || run.Status != adapter.JobFailed || run.Error == nil || run.Error.Kind != adapter.Failed {
			t.Errorf("Job() = %+v, %v; want it failed", run, err)
		}
		images, err := s.Images(t.Context(), s.Me, adapter.ImageQuery{Limit: 10})
		if err != nil || len(images) != 0 {
			t.Errorf("Images() = %v, %v; want none", images, err)
		}
	})
}
