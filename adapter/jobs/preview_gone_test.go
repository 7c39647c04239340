package jobs

import (
	"context"
	"errors"
	"testing"

	"midgate/adapter"
	"midgate/adapter/jobs/active"
)

// sweeping are pictures that are swept away, with the job's end, while a rendition of one is being made.
type sweeping struct {
	adapter.Pictures
	end func()
}

func (sweeping) Stat(context.Context, string) (adapter.Picture, error) { return adapter.Picture{}, nil }

func (p sweeping) Open(context.Context, adapter.Rendition) (*adapter.Blob, error) {
	p.end()
	return nil, adapter.Errorf(adapter.Storage, "The folder is gone.")
}

// nobodys are accounts that are not asked for anything.
type nobodys struct{ adapter.Accounts }

func (nobodys) Made(context.Context, adapter.Caller, string) (adapter.Account, error) {
	return adapter.Account{}, nil
}

// TestAPreviewThatEndsWithItsJobIsNotFound: its file goes when the job ends, perhaps just while somebody looks.
func TestAPreviewThatEndsWithItsJobIsNotFound(t *testing.T) {
	for name, tt := range map[string]struct {
		ends bool
		want func(error) bool
	}{
		"the job ends":  {true, func(err error) bool { return errors.Is(err, adapter.ErrNotFound) }},
		"a broken disk": {false, func(err error) bool { return err != nil && !errors.Is(err, adapter.ErrNotFound) }},
	} {
		t.Run(name, func(t *testing.T) {
			s := &Engine{jobs: active.NewRegistry()}
			j := s.jobs.Enter(active.New(adapter.Job{ID: "job_1", Status: adapter.JobInProgress}))
			j.Execute(s, func(error) {}, "")
			j.Progress("imagine", 50, "https://cdn.example/half.png")
			s.deps.Accounts = nobodys{}
			s.deps.Pictures = sweeping{end: func() {
				if tt.ends {
					j.Release(s, &adapter.Job{Status: adapter.JobCompleted})
				}
			}}
			if _, err := s.NewestPreview(t.Context(), "job_1"); !tt.want(err) {
				t.Errorf("NewestPreview(…) = %v", err)
			}
		})
	}
}
