package ledger_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest/harness"
	"midgate/adapter/spend"
)

// alices is a request of alice's.
func alices(a adapter.Attempt) adapter.Attempt {
	a.Caller.Name = "alice"
	return a
}

// termed is an engine whose alice has a policy; what it points at may be changed later.
func termed(t *testing.T, up *harness.FakeUpstream, terms *spend.Terms) *harness.Engine {
	t.Helper()
	e := harness.NewEngine(t, up, nil)
	e.Terms = func() *spend.Terms { return terms }
	e.Restart(t)
	return e
}

func ofJobs(n int) spend.Limit { return spend.Limit{Jobs: &n} }

// shortenings are terms with a price for the one kind of job that these tests ask for.
func shortenings(price adapter.Money, b spend.Budget) *spend.Terms {
	return &spend.Terms{Prices: map[string]spend.Prices{spend.DefaultName: {spend.Shorten: {"": price}}}, Policies: map[string]spend.Policy{"alice": {Budget: b}}}
}

// row is a row of the ledger of these tests' owner, by what its span begins with.
func row(t *testing.T, e *harness.Engine, span string) (found adapter.LedgerRow) {
	t.Helper()
	rows, err := e.State.Ledger(context.WithoutCancel(t.Context()), "o")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if strings.HasPrefix(r.Span, span) {
			found.Spent, found.Held = found.Spent.Plus(r.Spent), found.Held.Plus(r.Held)
		}
	}
	return found
}

func wantRow(t *testing.T, e *harness.Engine, span string, spent, held adapter.Amount) {
	t.Helper()
	if got := row(t, e, span); got.Spent != spent || got.Held != held {
		t.Errorf("%s: spent %+v, held %+v; want %+v, %+v", span, got.Spent, got.Held, spent, held)
	}
}

var nothing adapter.Amount

func TestBudget_ARetryStormHoldsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := termed(t, &harness.FakeUpstream{Takes: 10 * time.Second}, shortenings(7, spend.Budget{Day: ofJobs(1)}))
		var tickets []adapter.Ticket
		for i := range 20 {
			tickets = append(tickets, e.Ask(t, alices(harness.Retry("b", i))))
		}
		synctest.Wait()
		wantRow(t, e, "day:", adapter.Amount{Jobs: 1, Money: 7}, nothing)
		for _, ticket := range tickets {
			harness.Text(t, ticket)
		}
		synctest.Wait()
		wantRow(t, e, "day:", adapter.Amount{Jobs: 1, Money: 7}, nothing)
		wantRow(t, e, adapter.SpanOpen, nothing, nothing)
	})
}

func TestBudget_IsHeldUntilSomethingIsSubmitted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent, goOn := make(chan struct{}), make(chan struct{})
		up := &harness.FakeUpstream{Takes: time.Second, OnSubmit: func(context.Context, adapter.Options) error {
			close(sent)
			<-goOn
			return nil
		}}
		e := termed(t, up, shortenings(7, spend.Budget{Day: ofJobs(1)}))
		ticket := e.Ask(t, alices(harness.Attempt("b")))
		<-sent
		wantRow(t, e, "total", nothing, adapter.Amount{Jobs: 1, Money: 7})
		wantRow(t, e, adapter.SpanOpen, nothing, adapter.Amount{Jobs: 1})
		_, err := e.Shorten(t.Context(), alices(harness.Attempt("c")), harness.Generation("a dog"))
		if adapter.KindOf(err) != adapter.Credit || !strings.HasPrefix(err.Error(), "key alice has used 1 of 1 jobs today; a fast shorten costs 1 job; resets ") {
			t.Errorf("the second: %v, want its budget's refusal", err)
		}
		close(goOn)
		harness.Text(t, ticket)
	})
}

// TestBudget_ARefusalGivesTheHoldBack: nothing was created, so nothing is spent; the repeat holds anew.
func TestBudget_ARefusalGivesTheHoldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := true
		up := &harness.FakeUpstream{Takes: time.Second}
		up.OnSubmit = func(context.Context, adapter.Options) error {
			if down {
				return adapter.Errorf(adapter.Unavailable, "No account.")
			}
			return nil
		}
		e := termed(t, up, shortenings(7, spend.Budget{Day: ofJobs(1)}))
		for range 3 {
			if _, err := e.Ask(t, alices(harness.Retry("b", 1))).Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Unavailable {
				t.Fatalf("Wait() = %v", err)
			}
			wantRow(t, e, "day:", nothing, nothing)
		}
		down = false
		harness.Text(t, e.Ask(t, alices(harness.Retry("b", 1))))
		synctest.Wait()
		wantRow(t, e, "day:", adapter.Amount{Jobs: 1, Money: 7}, nothing)
	})
}

// TestBudget_ARestartLeavesNoHold: whenever the process ends, the next one finds the ledger as its jobs are.
func TestBudget_ARestartLeavesNoHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: 30 * time.Second}
		e := termed(t, up, shortenings(7, spend.Budget{Total: ofJobs(3)}))
		e.Ask(t, alices(harness.Attempt("b")))
		synctest.Wait()
		e.Restart(t)
		harness.Text(t, e.Ask(t, alices(harness.Retry("b", 1))))
		synctest.Wait()
		wantRow(t, e, "total", adapter.Amount{Jobs: 1, Money: 7}, nothing)
		wantRow(t, e, adapter.SpanOpen, nothing, nothing)

		// A submission of unknown outcome stays charged: nobody knows that it is not paid.
		sent := make(chan struct{})
		up.OnSubmit = func(ctx context.Context, _ adapter.Options) error {
			close(sent)
			<-ctx.Done()
			return ctx.Err()
		}
		e.Ask(t, alices(harness.Attempt("c")))
		<-sent
		e.Restart(t)
		if _, err := e.Ask(t, alices(harness.Retry("c", 1))).Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Ambiguous {
			t.Fatalf("Wait() = %v", err)
		}
		synctest.Wait()
		wantRow(t, e, "total", adapter.Amount{Jobs: 2, Money: 14}, nothing)
		wantRow(t, e, adapter.SpanOpen, nothing, nothing)
	})
}

// TestBudget_ThePriceIsThatOfTheRequest: what a job costs is settled when it is accepted, and counts for the window of then.
func TestBudget_ThePriceIsThatOfTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		terms := shortenings(7, spend.Budget{Day: ofJobs(1)})
		up := &harness.FakeUpstream{Takes: 25 * time.Minute}
		hold := make(chan struct{})
		up.OnSubmit = func(context.Context, adapter.Options) error { <-hold; return nil }
		e := termed(t, up, terms)
		now := time.Now().UTC() // midnight in the bubble
		<-time.After(23*time.Hour + 50*time.Minute)
		ticket := e.Ask(t, alices(adapter.Attempt{Caller: adapter.Caller{Owner: "o"}, Route: "/v1/prompts/shorten", Body: "b", Async: true}))
		synctest.Wait()
		terms.Prices[spend.DefaultName][spend.Shorten][""] = 9
		<-time.After(20 * time.Minute) // it is the next day
		close(hold)
		if got, err := ticket.Wait(t.Context(), nil); err != nil || got.Cost == nil || *got.Cost != 7 {
			t.Errorf("Wait() = %+v, %v, want a cost of 7", got, err)
		}
		synctest.Wait()
		wantRow(t, e, now.Format("day:2006-01-02"), adapter.Amount{Jobs: 1, Money: 7}, nothing)
		wantRow(t, e, now.AddDate(0, 0, 1).Format("day:2006-01-02"), nothing, nothing)
		up.OnSubmit, up.Takes = nil, time.Second
		harness.Text(t, e.Ask(t, alices(harness.Attempt("c")))) // of the new day's budget, at the new price
		synctest.Wait()
		wantRow(t, e, now.AddDate(0, 0, 1).Format("day:2006-01-02"), adapter.Amount{Jobs: 1, Money: 9}, nothing)
	})
}

// TestBudget_ReplicasShareIt: requests at the same time at two replicas are paid as often as the budget allows.
func TestBudget_ReplicasShareIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: time.Second}
		e := termed(t, up, shortenings(1_000_000, spend.Budget{Month: spend.Limit{Money: new(adapter.Money(2_500_000))}}))
		other := e.Peer(t, "other")
		refused := make(chan bool, 8)
		for i := range 8 {
			gate := []*harness.Engine{e, other}[i%2]
			go func() {
				ticket, err := gate.Shorten(t.Context(), alices(harness.Attempt(fmt.Sprint(i))), harness.Generation("a cat"))
				if err == nil {
					_, err = ticket.Wait(t.Context(), nil)
				} else if !strings.Contains(err.Error(), "of $2.50 this month; a fast shorten costs $1.00; resets ") {
					t.Errorf("refused with %v", err)
				}
				refused <- err != nil
			}()
		}
		n := 0
		for range 8 {
			if <-refused {
				n++
			}
		}
		if n != 6 || up.Charges() != 2 {
			t.Errorf("%d refused, %d paid; want 6 and 2", n, up.Charges())
		}
	})
}
