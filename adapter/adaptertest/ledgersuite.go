package adaptertest

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"midgate/adapter"
)

// errFull is why a unit gives up what it booked.
var errFull = errors.New("the budget is used up")

// stateBooks: units that book at the same time see each other's sums, and one that fails books nothing.
func stateBooks(t *testing.T, here, there adapter.State) {
	one := adapter.Amount{Jobs: 1, Money: 7}
	add := []adapter.LedgerRow{{Account: "me", Span: "day:1", Held: one}, {Account: "me", Span: "total", Held: one}, {Account: "me", Span: adapter.SpanOpen, Held: adapter.Amount{Jobs: 1}}}
	var all sync.WaitGroup
	var mu sync.Mutex
	booked := 0
	for i := range 20 {
		all.Go(func() {
			s := here
			if i%2 == 1 {
				s = there
			}
			err := s.Write(t.Context(), func(tx adapter.Tx) error {
				now, err := tx.Book(t.Context(), add)
				if err == nil && now[1].Held.Jobs > 5 {
					err = errFull
				}
				return err
			})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				booked++
			} else if !errors.Is(err, errFull) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if booked != 5 {
		t.Errorf("%d units of 20 found room for one of five, want 5", booked)
	}
	settle := []adapter.LedgerRow{{Account: "me", Span: "total", Spent: one, Held: adapter.Amount{}.Minus(one)}}
	if err := here.Write(t.Context(), func(tx adapter.Tx) error { _, err := tx.Book(t.Context(), settle); return err }); err != nil {
		t.Fatal(err)
	}
	want := []adapter.LedgerRow{
		{Account: "me", Span: "day:1", Held: adapter.Amount{Jobs: 5, Money: 35}},
		{Account: "me", Span: adapter.SpanOpen, Held: adapter.Amount{Jobs: 5}},
		{Account: "me", Span: "total", Spent: one, Held: adapter.Amount{Jobs: 4, Money: 28}},
	}
	if got, err := there.Ledger(t.Context(), "me"); err != nil || !slices.Equal(got, want) {
		t.Errorf("ledger = %+v, %v, want %+v", got, err, want)
	}
	if got, err := there.Ledger(t.Context(), "you"); err != nil || len(got) != 0 {
		t.Errorf("another's ledger = %+v, %v", got, err)
	}
}

// stateSells: what counts is added up, and what does not is not.
func stateSells(t *testing.T, here, there adapter.State) {
	price := adapter.Money(56_000)
	sub := func(id string) *adapter.Submission { return &adapter.Submission{TaskID: id, At: birth} }
	step := func(name string, change func(*adapter.Step)) adapter.Step {
		st := adapter.Step{Name: name, Upstream: "main", Intended: birth, Submission: sub(name), Sold: "generation", Speed: adapter.Fast, Price: &price}
		if change != nil {
			change(&st)
		}
		return st
	}
	job := plainJob("job_1", func(j *adapter.Job) {
		j.N, j.Status = 4, adapter.JobCompleted
		j.Steps = []adapter.Step{
			step("opened", func(st *adapter.Step) { st.Free = true }),
			step("single/U1", func(st *adapter.Step) { st.Sold = "upscale" }),
			step("paid", nil), step("paid too", nil),
			step("given back", func(st *adapter.Step) { st.Refunded = true }),
			step("unknown", func(st *adapter.Step) { st.Submission, st.Sold = nil, "upscale" }),
			step("free", func(st *adapter.Step) { st.Free = true }),
			step("existing", func(st *adapter.Step) { st.Submission.Existing = true }),
			step("refused", func(st *adapter.Step) { st.Submission, st.Refusal = nil, &adapter.Error{Kind: adapter.Busy} }),
			step("next day", func(st *adapter.Step) { st.Intended, st.Price = birth.Add(24*time.Hour), nil }),
		}
	})
	if err := here.Write(t.Context(), func(tx adapter.Tx) error { return tx.InsertJob(t.Context(), job) }); err != nil {
		t.Fatal(err)
	}
	day, next := birth.UTC().Format(time.DateOnly), birth.Add(24*time.Hour).UTC().Format(time.DateOnly)
	want := []adapter.Sale{
		{Day: day, Kind: "generation", Speed: "fast", Spent: adapter.Amount{Jobs: 2, Money: 2 * price}, Refunded: adapter.Amount{Jobs: 1, Money: price}, Pictures: 4},
		{Day: day, Kind: "upscale", Speed: "fast", Spent: adapter.Amount{Jobs: 2, Money: 2 * price}},
		{Day: next, Kind: "generation", Speed: "fast", Spent: adapter.Amount{Jobs: 1}},
	}
	if got, err := there.Sales(t.Context(), "me", birth.Truncate(time.Microsecond), birth.Add(48*time.Hour)); err != nil || !slices.Equal(got, want) {
		t.Errorf("sales = %+v, %v, want %+v", got, err, want)
	}
	if got, err := there.Sales(t.Context(), "me", birth.Add(time.Hour), birth.Add(25*time.Hour)); err != nil || len(got) != 1 {
		t.Errorf("sales of the next day = %+v, %v, want one", got, err)
	}
	spend := adapter.Spend{Account: "me", Spans: []string{"total"}, Hold: adapter.Amount{Jobs: 2}, Prices: map[string]adapter.Money{"generation": price}}
	if err := here.Write(t.Context(), func(tx adapter.Tx) error { return tx.PutSpend(t.Context(), job.ID, spend) }); err != nil {
		t.Fatal(err)
	}
	if got, err := there.Job(t.Context(), job.ID); err != nil || got.Spend == nil || got.Spend.Hold.Jobs != 2 || got.Spend.Prices["generation"] != price {
		t.Errorf("the job's spend = %+v, %v", got.Spend, err)
	}
}
