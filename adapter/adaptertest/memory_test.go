package adaptertest_test

import (
	"testing"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
)

func TestMemoryStore(t *testing.T) {
	adaptertest.Store(t, func(*testing.T) (adapter.Store, adapter.Store) {
		s := adaptertest.NewStore()
		return s, s
	})
}

func TestMemoryJournal(t *testing.T) {
	adaptertest.Journal(t, func(*testing.T) (adapter.Journal, adapter.Journal) {
		j := adaptertest.NewJournal()
		return j, j.Join()
	})
}

func TestMemoryLeases(t *testing.T) {
	adaptertest.Leases(t, func(*testing.T) adaptertest.Replicas {
		l := adaptertest.NewLeases()
		return adaptertest.Replicas{Here: l, There: l, Kill: func() { l.Kill("one") }}
	})
}
