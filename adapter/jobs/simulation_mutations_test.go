package jobs_test

import (
	"testing"

	"midgate/adapter/jobs"
)

// What each rule of which attempt is which forbids is found when the rule is switched off: by one of the first worlds.
func TestWorldsFindWhatIsMissing(t *testing.T) {
	const worlds = 300
	missing := map[string]lack{"an attempt is decided in one transaction": {hasty: true}}
	for name, rules := range jobs.EachRule {
		missing[name] = lack{rules: rules}
	}
	for name, without := range missing {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(worlds) {
				if log := simulate(t, seed+1, without); log.failed() {
					t.Logf("seed %d: %s", seed+1, log.problems[0])
					return
				}
			}
			t.Errorf("%d worlds do without the rule, and none of them shows it", worlds)
		})
	}
}

// lack is what a world does without.
type lack struct {
	rules jobs.Rules // that are switched off
	hasty bool       // attempts are not decided and recorded in one unit
}
