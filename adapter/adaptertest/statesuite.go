package adaptertest

import (
	"testing"

	"midgate/adapter"
)

// StateFactory makes an empty state and returns it as two replicas see it. A state for one process is returned twice.
type StateFactory func(t *testing.T) (here, there adapter.State)

// TestState runs the conformance suite of adapter.State. The factory is called once per case; the cases run in parallel.
func TestState(t *testing.T, factory StateFactory) {
	for name, check := range map[string]func(t *testing.T, here, there adapter.State){
		"a job is read as it was written, to the last field": stateKeepsJobs,
		"texts may hold anything":                            stateKeepsTexts,
		"what changes in a job's life is stored":             statePutsJobs,
		"a failed unit leaves nothing":                       stateUndoes,
		"a unit that panics leaves nothing":                  statePanics,
		"an ended context writes nothing":                    stateContext,
		"units at once are all written":                      stateWritesAtOnce,
		"a locked name keeps other units waiting":            stateLocks,
		"a claim is held once":                               stateClaims,
		"a job that another replica executes is not written": stateFences,
		"the outcome of a submission is noted once":          stateNotesSteps,
		"jobs are found by their body, abandoned ones first": stateJobsByBody,
		"jobs are found by their task, by their owner":       stateJobsByTask,
		"lists of jobs are by owner, newest first, in pages": stateListsJobs,
		"a delivery that was answered or taken stays":        stateSettles,
		"jobs to look for are given to one replica":          stateDueJobs,
		"jobs of dead replicas are taken over":               stateTakesOver,
		"a lease that lapsed is not unbroken":                stateLeases,
		"an image is read as it was written":                 stateKeepsImages,
		"what was noted of an image stays when it is put":    statePutsImagesAgain,
		"changes of an image at once are all kept":           stateUpdatesImages,
		"lists of images can be searched and filtered":       stateListsImages,
		"what has expired is not found, and goes in lots":    stateExpires,
		"bytes that nobody needs are orphans":                stateOrphans,
		"digests belong to their owner":                      stateDigests,
		"prints are found by what they look like":            statePrints,
		"a button is pressed by one job":                     stateClaimsPresses,
		"files are listed without references":                stateFiles,
		"the ledger adds up what is booked":                  stateBooks,
		"sales are by day, kind and speed":                   stateSells,
		"another replica sees what was written":              stateShares,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			here, there := factory(t)
			check(t, here, there)
		})
	}
}
