package adapter

import (
	"errors"
	"testing"
)

// What several jobs came to is told by the error after which one of them may still exist: only then is it looked for.
func TestAPartThatMayStillComeIsWhatIsTold(t *testing.T) {
	refused := Errorf(Moderated, "The prompt was refused.")
	for name, test := range map[string]struct {
		other error
		want  Kind
	}{
		"one that was lost":            {Errorf(Failed, "The upstream has lost the job."), Failed},
		"one that nobody knows of":     {Errorf(Ambiguous, "Nobody knows."), Ambiguous},
		"one that was not over":        {errors.New("the deadline is over"), Internal},
		"one that broke here":          {errors.New("a bug"), Internal},
		"one that was refused as well": {Errorf(Busy, "The upstream is full."), Moderated},
	} {
		_, err := gather(make([]Result, 2), []error{refused, test.other}, 8)
		if KindOf(err) != test.want {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
		part, err := gather([]Result{{}, {Images: []string{"img"}}}, []error{test.other, nil}, 8)
		if err != nil || part.Missing != 7 {
			t.Errorf("%s and a picture: %+v, %v; want 7 missing", name, part, err)
		}
	}
}
