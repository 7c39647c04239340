package reconcile

import (
	"context"
	"errors"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/record"
)

// memory is an upstream that knows tasks by their ID.
type memory struct {
	adapter.Upstream
	tasks map[string]adapter.Task
}

func (m memory) Task(_ context.Context, id string) (adapter.Task, error) {
	if t, ok := m.tasks[id]; ok {
		return t, nil
	}
	return adapter.Task{}, errors.New("no such task")
}

// finder is one that can be asked for states, too.
type finder struct{ memory }

func (f finder) Find(_ context.Context, state string) (adapter.Task, error) {
	for _, t := range f.tasks {
		if t.State == state {
			return t, nil
		}
	}
	return adapter.Task{}, errors.New("no such state")
}

func TestFind(t *testing.T) {
	at := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	waits := map[string]adapter.Task{"press": {ID: "press", State: "mg_press", Status: adapter.Dialog}}
	goesOn := map[string]adapter.Task{"press": {ID: "press", State: "mg_press", Status: adapter.InProgress}}
	over := map[string]adapter.Task{"press": {ID: "press", State: "mg_press", Status: adapter.Success, ImageURL: "https://x/g.png"}}
	for name, c := range map[string]struct {
		upstream adapter.Upstream
		state    string
		opened   string
		want     string
		dialog   bool
	}{
		"by its state":                      {finder{memory{tasks: goesOn}}, "mg_press", "", "press", false},
		"by its state, with a dialog":       {finder{memory{tasks: waits}}, "mg_press", "", "press", true},
		"it is not there":                   {finder{memory{tasks: goesOn}}, "mg_answer", "", "", false},
		"the dialog goes on":                {finder{memory{tasks: goesOn}}, "mg_answer", "press", "press", false},
		"the dialog is over":                {finder{memory{tasks: over}}, "mg_answer", "press", "press", false},
		"the dialog still waits":            {finder{memory{tasks: waits}}, "mg_answer", "press", "", false},
		"the dialog is lost":                {finder{memory{}}, "mg_answer", "press", "", false},
		"nobody can be asked for states":    {memory{tasks: goesOn}, "mg_press", "", "", false},
		"a dialog is found without a state": {memory{tasks: goesOn}, "mg_answer", "press", "press", false},
	} {
		sub, ok := Find(t.Context(), adapter.Account{Upstream: c.upstream}, c.state, func() time.Time { return at }, c.opened)
		if ok != (c.want != "") || sub.TaskID != c.want || sub.Dialog != c.dialog {
			t.Errorf("%s: Find() = %+v, %v", name, sub, ok)
		}
		if byState := ok && c.opened == ""; byState && !sub.At.Equal(at) {
			t.Errorf("%s: it was submitted at %s", name, sub.At)
		}
	}
}

func TestPause_GrowsWithTheTimeMissing(t *testing.T) {
	for missing, want := range map[time.Duration]time.Duration{0: record.FirstLook, time.Minute: 15 * time.Second, 10 * time.Minute: 150 * time.Second, 24 * time.Hour: longest} {
		if got := pause(missing); got != want {
			t.Errorf("pause(%s) = %s, want %s", missing, got, want)
		}
	}
}
