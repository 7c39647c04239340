package spend

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"midgate/adapter"
)

// Terms are what holds for all keys at one moment: prices, budgets and what each name may do. They never change; a file
// that was changed makes new ones.
type Terms struct {
	Prices   map[string]Prices  // by the upstream's name; DefaultName for those that are not named
	Refunds  map[string]Refunds // the same
	Zone     *time.Location     // whose days and months budgets count; nil: UTC
	Policies map[string]Policy  // by the key's name

	// Canonical is the name of a model after aliases; nil: as it is written.
	Canonical func(model string) string
}

// DefaultName stands for every upstream that is not named.
const DefaultName = "default"

// Policy is what a name may do; one that has none may do everything.
func (t *Terms) Policy(name string) Policy {
	if t == nil {
		return Policy{}
	}
	return t.Policies[name]
}

// Succeed adds the policies of names that earlier terms had and these have not: their jobs, and requests that were let in
// a moment ago, stay within their limits.
func (t *Terms) Succeed(earlier *Terms) {
	if earlier == nil {
		return
	}
	for name, policy := range earlier.Policies {
		if _, known := t.Policies[name]; !known {
			t.Policies[name] = policy
		}
	}
}

// Price is what an upstream takes for a job of a kind; false where nobody said.
func (t *Terms) Price(upstream, kind, speed string) (adapter.Money, bool) {
	if t == nil {
		return 0, false
	}
	if prices, ok := t.Prices[upstream]; ok {
		return prices.Of(kind, speed)
	}
	return t.Prices[DefaultName].Of(kind, speed)
}

// Refund reports whether an upstream gives back what a failed task cost.
func (t *Terms) Refund(upstream string, moderated bool) bool {
	rule := RefundsAll
	if t != nil {
		rule = cmp.Or(t.Refunds[upstream], t.Refunds[DefaultName], RefundsAll)
	}
	return rule == RefundsAll || rule == RefundsUnmoderated && !moderated
}

// In is the zone of the calendar.
func (t *Terms) In() *time.Location {
	if t == nil || t.Zone == nil {
		return time.UTC
	}
	return t.Zone
}

// Check refuses a request whose key may not use its model or its speed.
func (t *Terms) Check(c adapter.Caller, model string, speed adapter.Speed) error {
	p := t.Policy(c.Name)
	model = cmp.Or(strings.ToLower(strings.TrimSpace(model)), "midjourney")
	names := []string{model}
	if t != nil && t.Canonical != nil {
		names = append(names, t.Canonical(model))
	}
	if !p.AllowsModel(names...) {
		return &adapter.Error{Kind: adapter.Forbidden, Code: "model_not_allowed", Param: "model",
			Message: "The key " + c.Name + " may not use this model. It may use " + strings.Join(p.Models, ", ") + "."}
	}
	if p.Speed != "" && slices.Index(Speeds, string(speed)) > slices.Index(Speeds, p.Speed) {
		return adapter.BadParam("model", "speed_not_allowed", "The key %s may draw at %s speed at the most, and this would be %s: ask for a model such as midjourney-%s.", c.Name, p.Speed, speed, p.Speed)
	}
	return nil
}
