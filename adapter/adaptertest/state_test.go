package adaptertest_test

import (
	"testing"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
)

func TestState_Conforms(t *testing.T) {
	adaptertest.TestState(t, func(*testing.T) (here, there adapter.State) {
		s := adaptertest.NewState(true)
		return s, s
	})
}
