package sqlstore_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest/harness"
	"midgate/adapter/spend"
	"midgate/adapter/sqlstore"
	"midgate/adapter/sqlstore/pgtest"
)

// TestBudget_TwoHundredAtOnce: against a budget of 25 jobs, by one engine over SQLite and by two over one PostgreSQL,
// exactly 25 are paid.
func TestBudget_TwoHundredAtOnce(t *testing.T) {
	url := pgtest.URL(t)
	for name, cfgs := range map[string][]sqlstore.Config{
		"one engine over SQLite":      {{Path: filepath.Join(t.TempDir(), "midgate.db")}},
		"two engines over PostgreSQL": {{URL: url}, {URL: url}},
	} {
		t.Run(name, func(t *testing.T) {
			budget := 25
			terms := &spend.Terms{Policies: map[string]spend.Policy{"alice": {Budget: spend.Budget{Month: spend.Limit{Jobs: &budget}}}}}
			up := &harness.FakeUpstream{Takes: 50 * time.Millisecond}
			var gates []*harness.Gate
			var state *sqlstore.Store
			for i, cfg := range cfgs {
				state = open(t, cfg)
				g := harness.Wire(harness.Config{
					Jobs:     harness.Jobs{JobTimeout: time.Minute, JobDeadline: time.Hour, MaxInFlight: 500, MaxQueue: 500, Secret: make([]byte, 32), Replica: fmt.Sprint("r", i)},
					Workflow: harness.Workflow{DefaultSpeed: adapter.Fast, SpeedLimit: adapter.Turbo},
				}, harness.Parts{Accounts: up, State: state, Bus: state, Terms: func() *spend.Terms { return terms }, Log: slog.New(slog.DiscardHandler)})
				if err := g.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
				defer g.Close()
				gates = append(gates, g)
			}
			var all sync.WaitGroup
			var paid, refused atomic.Int64
			for i := range 200 {
				all.Go(func() {
					a := harness.OfOwner("alice's", fmt.Sprint("body ", i))
					a.Caller.Name = "alice"
					ticket, err := gates[i%len(gates)].Shorten(t.Context(), a, harness.Generation(fmt.Sprint("a fox ", i)))
					for adapter.KindOf(err) == adapter.Storage { // a slow database: nothing was submitted, and clients repeat that
						a.Retry++
						ticket, err = gates[i%len(gates)].Shorten(t.Context(), a, harness.Generation(fmt.Sprint("a fox ", i)))
					}
					if adapter.KindOf(err) == adapter.Credit {
						refused.Add(1)
						return
					}
					if err == nil {
						_, err = ticket.Wait(t.Context(), nil)
					}
					if err != nil {
						t.Error(err)
						return
					}
					paid.Add(1)
				})
			}
			all.Wait()
			if up.Charges() != budget || paid.Load() != int64(budget) || refused.Load() != int64(200-budget) {
				t.Errorf("%d jobs at the upstream, %d answered, %d refused; want %d, %d, %d", up.Charges(), paid.Load(), refused.Load(), budget, budget, 200-budget)
			}
			rows, err := state.Ledger(t.Context(), "alice's")
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				if row.Held != (adapter.Amount{}) || row.Span != adapter.SpanOpen && row.Spent.Jobs != budget {
					t.Errorf("the ledger has %+v, want %d spent and nothing held", row, budget)
				}
			}
		})
	}
}
