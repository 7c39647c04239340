package workflow_test

import (
	"crypto/sha256"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

func TestOneImagineGivesFourDifferentPictures(t *testing.T) {
	for name, cfg := range harness.Dialects {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, cfg, nil)
				images := s.Draw(t, "a red fox", 4)
				seen := map[[32]byte]bool{}
				for _, img := range images {
					seen[sha256.Sum256(s.ReadPicture(t, img.ID))] = true
					if img.Width != 64 || img.Height != 64 {
						t.Errorf("a picture of %d×%d, want 64×64", img.Width, img.Height)
					}
				}
				if len(images) != 4 || len(seen) != 4 {
					t.Errorf("%d pictures, %d different ones, want 4 and 4", len(images), len(seen))
				}
				if got := s.Charged(); got != "imagine" {
					t.Errorf("jobs = %q, want one imagine", got)
				}
			})
		})
	}
}

func TestTenPicturesAreThreeJobsAndAPartIsAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		if images := s.Draw(t, "a red fox", 10); len(images) != 10 || s.Charged() != "imagine imagine imagine" {
			t.Errorf("%d pictures by %q, want 10 by three imagines", len(images), s.Charged())
		}
		s.Sim.Fail(simulator.Fault{Route: "imagine", Kind: "queue-full", Times: 0})
		g := harness.Generation("a blue fox")
		g.N = 8
		s.Sim.Fail(simulator.Fault{Route: "imagine", Kind: "banned", Times: 1})
		ticket, err := s.Generate(t.Context(), s.Attempt("/v1/images/generations", "part"), g)
		if err != nil {
			t.Fatal(err)
		}
		result, err := ticket.Wait(t.Context(), nil)
		if err != nil || len(result.Images) != 4 || result.Missing != 4 || result.Reason == "" {
			t.Errorf("Wait() = %+v, %v, want 4 pictures and 4 missing with a reason", result, err)
		}
	})
}

func TestEqualRequestsShareAGrid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		var mu sync.Mutex
		var all sync.WaitGroup
		seen := map[string]bool{}
		for range 4 {
			all.Go(func() {
				images := s.Draw(t, "a red fox", 1)
				mu.Lock()
				defer mu.Unlock()
				seen[images[0].ID] = true
			})
		}
		all.Wait()
		if len(seen) != 4 || s.Charged() != "imagine" {
			t.Errorf("%d different pictures by %q, want 4 by one imagine", len(seen), s.Charged())
		}
		<-time.After(2 * time.Second)
		s.Draw(t, "a red fox", 1)
		if s.Charged() != "imagine imagine" {
			t.Errorf("after the window: jobs = %q, want two imagines", s.Charged())
		}
	})
}

func TestRequestsThatMustNotShareAGrid(t *testing.T) {
	tests := map[string]func(*adapter.Attempt, *adapter.Generation){
		"of two owners":    func(a *adapter.Attempt, _ *adapter.Generation) { a.Caller.Owner = "another" },
		"with a seed":      func(_ *adapter.Attempt, g *adapter.Generation) { g.Prompt += " --seed 7" },
		"for two pictures": func(_ *adapter.Attempt, g *adapter.Generation) { g.N = 2 },
		"with a key":       func(a *adapter.Attempt, _ *adapter.Generation) { a.IdempotencyKey = "k" },
		"of another body":  func(a *adapter.Attempt, _ *adapter.Generation) { a.Body = "other" },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, simulator.Config{}, nil)
				a, g := s.Attempt("/v1/images/generations", "b"), harness.Generation("a red fox")
				b, h := a, g
				change(&b, &h)
				for _, ask := range []func() (adapter.Ticket, error){
					func() (adapter.Ticket, error) { return s.Generate(t.Context(), a, g) },
					func() (adapter.Ticket, error) { return s.Generate(t.Context(), b, h) },
				} {
					ticket, err := ask()
					if err != nil {
						t.Fatal(err)
					}
					defer func() { _, _ = ticket.Wait(t.Context(), nil) }()
				}
				synctest.Wait()
				if s.Charged() != "imagine imagine" {
					t.Errorf("jobs = %q, want two imagines", s.Charged())
				}
			})
		})
	}
}

func TestUpscaleModePressesUAndFallsBackToTheQuarter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, func(c *harness.Config) { c.Grid = adapter.GridUpscale })
		if images := s.Draw(t, "a red fox", 2); len(images) != 2 || s.Charged() != "imagine upscale upscale" {
			t.Errorf("%d pictures by %q, want 2 by an imagine and two upscales", len(images), s.Charged())
		}
		s.Sim.Fail(simulator.Fault{Route: "action", Kind: "banned", Times: 1})
		images := s.Draw(t, "a blue fox", 2)
		if len(images) != 2 {
			t.Fatalf("%d pictures, want 2: a paid quarter is cut", len(images))
		}
		for _, img := range images {
			s.ReadPicture(t, img.ID)
		}
	})
}

func TestHighQualityUpscalesWhereItIsSetSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, func(c *harness.Config) { c.QualityHigh = adapter.QualityUpscale })
		drawnLarge(t, s)
	})
}

// drawnLarge draws a picture of high quality, which is upscaled.
func drawnLarge(t *testing.T, s *harness.Harness) {
	t.Helper()
	g := harness.Generation("a red fox")
	g.Quality = "high"
	ticket, err := s.Generate(t.Context(), s.Attempt("/v1/images/generations", "b"), g)
	images := s.Await(t, ticket, err)
	if s.Charged() != "imagine upscale upscale_hd" || images[0].Width != 128 {
		t.Errorf("jobs = %q and %d pixels, want imagine, upscale, upscale_hd and 128", s.Charged(), images[0].Width)
	}
}

// The upscaler's button may come a while after the single picture.
func TestHighQualityWaitsForTheUpscalersButton(t *testing.T) {
	for _, late := range []string{`null`, `[]`, `""`} {
		synctest.Test(t, func(t *testing.T) {
			s := harness.New(t, simulator.Config{Dialect: simulator.TrueAI}, func(c *harness.Config) { c.QualityHigh = adapter.QualityUpscale })
			for _, route := range []string{"fetch", "list"} {
				s.Sim.Fail(simulator.Fault{Route: route, Kind: "task", Body: `{"buttons":` + late + `}`, Late: 4 * time.Second, Times: -1})
			}
			drawnLarge(t, s)
		})
	}
}

func TestAllFourQuartersAndTheGridHaveRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		one := s.Draw(t, "a red fox", 1)[0]
		all, err := s.Images(t.Context(), s.Me, adapter.ImageQuery{Limit: 10})
		if err != nil || len(all) != 5 {
			t.Fatalf("Images() = %d records, %v, want the grid and its quarters", len(all), err)
		}
		grid, err := s.Image(t.Context(), s.Me, one.Grid)
		if err != nil || !grid.IsGrid() || grid.Cells[0] != one.ID || grid.Width != 128 {
			t.Errorf("the grid's record = %+v, %v", grid, err)
		}
		if _, err := s.Image(t.Context(), adapter.Caller{Owner: "another"}, one.ID); harness.Refusal(t, err).Code != "image_not_found" {
			t.Errorf("another owner sees the picture: %v", err)
		}
	})
}

func TestAFailedJobIsToldByItsKind(t *testing.T) {
	tests := map[string]adapter.Kind{
		"sim-banned":  adapter.Moderated,
		"sim-invalid": adapter.Invalid,
		"sim-fail":    adapter.Failed,
	}
	for word, kind := range tests {
		t.Run(word, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, simulator.Config{}, nil)
				ticket, err := s.Generate(t.Context(), s.Attempt("/v1/images/generations", word), harness.Generation("a fox "+word))
				if err == nil {
					_, err = ticket.Wait(t.Context(), nil)
				}
				if got := harness.Refusal(t, err); got.Kind != kind || got.Message == "" {
					t.Errorf("the job failed with %q (%s), want %q", got.Kind, got.Message, kind)
				}
			})
		})
	}
}

func TestProgressReachesWhoWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{Pace: 30 * time.Second}, nil)
		ticket, err := s.Generate(t.Context(), s.Attempt("/v1/images/generations", "b"), harness.Generation("a red fox"))
		if err != nil {
			t.Fatal(err)
		}
		var seen []string
		if _, err := ticket.Wait(t.Context(), func(p adapter.Progress) {
			if p.Preview != "" {
				seen = append(seen, fmt.Sprint(p.Percent))
			}
		}); err != nil {
			t.Fatal(err)
		}
		if len(seen) < 3 {
			t.Errorf("progress with a preview: %v, want at least three steps", seen)
		}
	})
}

func TestAListHasTheQuartersInTheirOrderBeforeTheirGrid(t *testing.T) {
	for _, name := range []string{"comet", "trueai, partner"} {
		synctest.Test(t, func(t *testing.T) {
			s := harness.New(t, harness.Dialects[name], nil)
			s.Draw(t, "a red fox", 1)
			all, err := s.Images(t.Context(), s.Me, adapter.ImageQuery{Limit: 10})
			if err != nil || len(all) != 5 {
				t.Fatalf("Images() = %d, %v, want 5", len(all), err)
			}
			for i, img := range all {
				if want := (i + 1) % 5; img.Index != want || img.Model != "midjourney" {
					t.Errorf("%s: picture %d of the list has index %d and model %q, want %d and midjourney", name, i+1, img.Index, img.Model, want)
				}
			}
		})
	}
}

// Each grid that is handed out whole is a job, whatever makes it; and as many are held of a budget.
func TestWholeGridsAreAJobEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		whole := harness.Generation("a red fox")
		whole.N, whole.Midjourney.Grid = 3, adapter.GridWhole
		ticket, err := s.Generate(t.Context(), harness.Attempt("b"), whole)
		if err != nil {
			t.Fatal(err)
		}
		if held := ticket.Job().Spend.Hold.Jobs; held != 3 {
			t.Errorf("%d jobs are held, want 3", held)
		}
		drawn, err := ticket.Wait(t.Context(), nil)
		if err != nil || len(drawn.Images) != 3 || s.Charged() != "imagine imagine imagine" {
			t.Fatalf("%+v, %v, jobs %q; want three grids of three jobs", drawn, err, s.Charged())
		}
		act := adapter.Act{Generation: whole, Image: drawn.Images[0], Action: adapter.ActVary, Index: 1}
		act.N, act.Prompt = 2, ""
		if ticket, err = s.Act(t.Context(), harness.Attempt("c"), act); err != nil {
			t.Fatal(err)
		}
		varied, err := ticket.Wait(t.Context(), nil)
		if err != nil || len(varied.Images) != 2 || ticket.Job().Spend.Hold.Jobs != 2 {
			t.Errorf("%+v, %v, want two grids", varied, err)
		}
	})
}
