package adaptertest_test

import (
	"errors"
	"testing"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
)

var errDisk = errors.New("no space left on device")

func TestBrokenWritesLeaveNothing(t *testing.T) {
	var f adaptertest.Faults
	j := f.Journal(adaptertest.NewJournal())
	f.Break(errDisk, 1)
	created, err := j.Create(t.Context(), adapter.Job{ID: "job_1"})
	if err != nil {
		t.Fatalf("the write before the fault = %v, want no error", err)
	}
	if _, err := j.Save(t.Context(), created); !errors.Is(err, errDisk) {
		t.Errorf("Save = %v, want %v", err, errDisk)
	}
	got, err := j.Get(t.Context(), "job_1")
	if err != nil || got.Revision != created.Revision {
		t.Errorf("Get = revision %d, %v, want %d", got.Revision, err, created.Revision)
	}
	f.Mend()
	if _, err := j.Save(t.Context(), created); err != nil {
		t.Errorf("Save after Mend = %v, want no error", err)
	}
}

func TestLostAnswersLeaveTheWrite(t *testing.T) {
	var f adaptertest.Faults
	s := f.Store(adaptertest.NewStore())
	f.LoseAnswers(errDisk)
	if err := s.Put(t.Context(), adapter.Image{ID: "img_1"}); !errors.Is(err, errDisk) {
		t.Errorf("Put = %v, want %v", err, errDisk)
	}
	if _, err := s.Get(t.Context(), "img_1"); err != nil {
		t.Errorf("Get = %v, want the record", err)
	}
}

func TestUnreachableEnginesDoNotRead(t *testing.T) {
	var f adaptertest.Faults
	s, l := f.Store(adaptertest.NewStore()), f.Leases(adaptertest.NewLeases())
	f.BreakAll(errDisk)
	if _, err := s.Get(t.Context(), "img_1"); !errors.Is(err, errDisk) {
		t.Errorf("Get = %v, want %v", err, errDisk)
	}
	if _, _, err := l.Hold(t.Context(), "name", "one"); !errors.Is(err, errDisk) {
		t.Errorf("Hold = %v, want %v", err, errDisk)
	}
}
