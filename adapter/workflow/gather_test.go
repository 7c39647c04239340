package workflow

import (
	"errors"
	"testing"

	"midgate/adapter"
)

// What several jobs came to is told by the error after which one of them may still exist: only then is it looked for.
func TestAPartThatMayStillComeIsWhatIsTold(t *testing.T) {
	refused := adapter.Errorf(adapter.Moderated, "The prompt was refused.")
	for name, test := range map[string]struct {
		other error
		want  adapter.Kind
	}{
		"one that was lost":            {adapter.Errorf(adapter.Failed, "The upstream has lost the job."), adapter.Failed},
		"one that nobody knows of":     {adapter.Errorf(adapter.Ambiguous, "Nobody knows."), adapter.Ambiguous},
		"one that was not over":        {errors.New("the deadline is over"), adapter.Internal},
		"one that broke here":          {errors.New("a bug"), adapter.Internal},
		"one that was refused as well": {adapter.Errorf(adapter.Busy, "The upstream is full."), adapter.Moderated},
	} {
		_, err := gather(make([]adapter.Result, 2), []error{refused, test.other}, 8)
		if adapter.KindOf(err) != test.want {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
		part, err := gather([]adapter.Result{{}, {Images: []string{"img"}}}, []error{test.other, nil}, 8)
		if err != nil || part.Missing != 7 {
			t.Errorf("%s and a picture: %+v, %v; want 7 missing", name, part, err)
		}
	}
}
