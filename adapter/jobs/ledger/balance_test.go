package ledger_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
	"midgate/adapter/adaptertest/harness"
	"midgate/adapter/jobs/ledger"
	"midgate/adapter/spend"
)

// books are a state in memory, with a row more than its jobs account for if it is cooked.
type books struct {
	*adaptertest.State
	cooked string
}

func (b books) Each(ctx context.Context, see func(adapter.Job) error) error {
	all, err := b.Jobs(ctx, adapter.JobQuery{Owner: "o", Limit: 100})
	for _, job := range all {
		if err := see(job); err != nil {
			return err
		}
	}
	return err
}

func (b books) Ledger(ctx context.Context, account string) ([]adapter.LedgerRow, error) {
	rows, err := b.State.Ledger(ctx, account)
	rows = slices.Clone(rows)
	for i := range rows {
		if rows[i].Span == b.cooked {
			rows[i].Held.Jobs++
		}
	}
	return rows, err
}

func TestUnbalanced_FindsWhatIsLeftOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := termed(t, &harness.FakeUpstream{Takes: time.Minute}, shortenings(7, spend.Budget{}))
		e.Ask(t, alices(harness.Attempt("b")))
		synctest.Wait()
		for span, want := range map[string]string{"": "", "total": "holds {Jobs:1", adapter.SpanOpen: "2 jobs under way in the ledger, and 1 are"} {
			found, err := ledger.Unbalanced(t.Context(), books{e.State, span})
			if err != nil || (len(found) > 0) != (want != "") || want != "" && !strings.Contains(found[0], want) {
				t.Errorf("with %q cooked: %q, %v, want %q", span, found, err, want)
			}
		}
	})
}
