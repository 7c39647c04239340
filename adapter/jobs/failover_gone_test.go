package jobs_test

import (
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
	"midgate/adapter/midjourney"
)

// A job that another upstream has is followed there, also when the one that it was meant for is taken out of the
// configuration before the next start.
func TestAJobOutlivesTheUpstreamThatDidNotTakeIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, s, _ := harness.NewThree(t, map[string]int{"a": 1000000})
		service := s.Gate
		u.Dead["a.test"] = true
		ask := s.Attempt("/v1/images/generations", "fox")
		// The first upstream is chosen before it is known to be dead.
		ticket, err := service.Generate(t.Context(), ask, harness.Generation("a red fox"))
		if err != nil {
			t.Fatal(err)
		}
		if err := ticket.Accepted(t.Context()); err != nil {
			t.Fatal(err)
		}
		var left []midjourney.UpstreamConfig
		for _, name := range []string{"b", "c"} {
			left = append(left, midjourney.UpstreamConfig{Name: name, URL: "http://" + name + ".test", Key: "k"})
		}
		fleet, err := midjourney.New(midjourney.Config{HTTP: u, Downloads: u, Upstreams: left})
		if err != nil {
			t.Fatal(err)
		}
		defer fleet.Close()
		s.Parts.Accounts = fleet
		s.Gate = s.Restarted(t)
		defer s.Close()
		<-time.After(2 * time.Minute)
		run, err := s.Job(t.Context(), s.Me, ticket.Job().ID)
		if err != nil || run.Status != adapter.JobCompleted || u.Paid("b.test")+u.Paid("c.test") != 1 {
			t.Errorf("Job() = %s, %v, %v after %d jobs; want completed after one", run.Status, run.Error, err, u.Paid("b.test")+u.Paid("c.test"))
		}
	})
}
