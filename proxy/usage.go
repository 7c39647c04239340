package proxy

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/web"
)

// Spending knows what keys may spend and have spent.
type Spending interface {
	Usage(ctx context.Context, owner, name string) (adapter.Usage, error)
	Sales(ctx context.Context, owner string, since, until time.Time) ([]adapter.Sale, error)
	KeyNames() []string // that have budgets or other terms
}

// usageRoutes are the routes that tell what keys have spent and may spend, in the ways of several APIs.
type usageRoutes struct {
	*web.Server
	spending Spending
}

// usageJSON is GET /v1/usage.
type usageJSON struct {
	Object      string       `json:"object"`
	Key         string       `json:"key"`
	Currency    string       `json:"currency"`
	Windows     []windowJSON `json:"windows"`
	Data        []saleJSON   `json:"data"`
	InFlight    int          `json:"in_flight"`
	MaxInFlight *int         `json:"max_in_flight"`
	ExpiresAt   *int64       `json:"expires_at"`
	Admin       bool         `json:"admin,omitempty"` // of the key that asks for itself: it may ask for others
}

type windowJSON struct {
	Window    string     `json:"window"`
	Start     *int64     `json:"start"`
	End       *int64     `json:"end"`
	Limit     amountJSON `json:"limit"`
	Spent     amountJSON `json:"spent"`
	Held      amountJSON `json:"held"`
	Remaining amountJSON `json:"remaining"`
}

// amountJSON is an amount; null where there is no limit.
type amountJSON struct {
	USD  *float64 `json:"usd"`
	Jobs *int     `json:"jobs"`
}

func amountOf(a adapter.Amount) amountJSON { return amountJSON{new(a.Money.Float()), new(a.Jobs)} }

// saleJSON is a line of the data; what it is not grouped by is left out.
type saleJSON struct {
	Day      string  `json:"day,omitempty"`
	Kind     string  `json:"kind,omitempty"`
	Speed    string  `json:"speed,omitempty"`
	Jobs     int     `json:"jobs"`
	Pictures int     `json:"pictures"`
	USD      float64 `json:"usd"`
	Refunded float64 `json:"refunded_usd"`
}

// whose is the owner and name that a request asks about: its own key's, or for an admin any.
func whose(c *gin.Context) (owner, name string, err error) {
	caller := web.RequestOf(c).Caller
	asked := c.Query("key")
	if asked == "" || asked == caller.Name {
		return caller.Owner, caller.Name, nil
	}
	if !caller.Admin {
		return "", "", &adapter.Error{Kind: adapter.Forbidden, Code: "admin_required", Param: "key", Message: "Only a key with admin: true may ask what other keys spend."}
	}
	return web.OwnerOf(asked), asked, nil
}

// get serves GET /v1/usage; an admin may ask for ?key=NAME, or all.
func (s *usageRoutes) get(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	window := cmp.Or(c.Query("window"), "month")
	if !slices.Contains([]string{"day", "month", "total"}, window) {
		return adapter.BadParam("window", "invalid_value", "'window' must be day, month or total.")
	}
	group := strings.Split(cmp.Or(c.Query("group_by"), "kind,speed"), ",")
	for _, by := range group {
		if !slices.Contains([]string{"kind", "speed", "day"}, strings.TrimSpace(by)) {
			return adapter.BadParam("group_by", "invalid_value", "'group_by' must be kind, speed or day, or several of them with commas.")
		}
	}
	if c.Query("key") == "all" && web.RequestOf(c).Caller.Admin {
		return s.all(c, window, group)
	}
	owner, name, err := whose(c)
	if err != nil {
		return err
	}
	u, err := s.of(c.Request.Context(), owner, name, window, group)
	if err != nil {
		return err
	}
	caller := web.RequestOf(c).Caller
	u.Admin = caller.Admin && name == caller.Name
	s.WriteJSON(c, http.StatusOK, u)
	return nil
}

// all is a list of every key's.
func (s *usageRoutes) all(c *gin.Context, window string, group []string) error {
	list := struct {
		Object string      `json:"object"`
		Data   []usageJSON `json:"data"`
	}{"list", []usageJSON{}}
	for _, name := range s.names() {
		u, err := s.of(c.Request.Context(), web.OwnerOf(name), name, window, group)
		if err != nil {
			return err
		}
		list.Data = append(list.Data, u)
	}
	s.WriteJSON(c, http.StatusOK, list)
	return nil
}

// names are all names that there are.
func (s *usageRoutes) names() []string {
	names := append(s.KeyNames(), s.spending.KeyNames()...)
	slices.Sort(names)
	return slices.Compact(names)
}

func (s *usageRoutes) of(ctx context.Context, owner, name, window string, group []string) (usageJSON, error) {
	u, err := s.spending.Usage(ctx, owner, name)
	if err != nil {
		return usageJSON{}, err
	}
	j := usageJSON{Object: "usage", Key: name, Currency: "usd", InFlight: u.InFlight, Data: []saleJSON{}}
	if u.MaxInFlight > 0 {
		j.MaxInFlight = &u.MaxInFlight
	}
	if !u.Expires.IsZero() {
		j.ExpiresAt = new(u.Expires.Unix())
	}
	for _, w := range u.Windows {
		j.Windows = append(j.Windows, showWindow(w))
	}
	of := u.Window(window)
	until := time.Now().Add(time.Hour) // clocks differ
	sales, err := s.spending.Sales(ctx, owner, of.Start, until)
	if err != nil {
		return usageJSON{}, err
	}
	j.Data = grouped(sales, group)
	return j, nil
}

func showWindow(w adapter.WindowUse) windowJSON {
	j := windowJSON{Window: w.Window, Spent: amountOf(w.Spent), Held: amountOf(w.Held)}
	if !w.Start.IsZero() {
		j.Start, j.End = new(w.Start.Unix()), new(w.End.Unix())
	}
	used := w.Spent.Plus(w.Held)
	if w.Jobs != nil {
		j.Limit.Jobs, j.Remaining.Jobs = w.Jobs, new(max(*w.Jobs-used.Jobs, 0))
	}
	if w.Money != nil {
		j.Limit.USD, j.Remaining.USD = new(w.Money.Float()), new(max(*w.Money-used.Money, 0).Float())
	}
	return j
}

// grouped adds sales up by what is asked for.
func grouped(sales []adapter.Sale, group []string) []saleJSON {
	by := func(word string) bool {
		return slices.ContainsFunc(group, func(g string) bool { return strings.TrimSpace(g) == word })
	}
	type sums struct {
		saleJSON
		spent, refunded adapter.Money
	}
	var lines []sums
	for _, sale := range sales {
		var line saleJSON
		if by("day") {
			line.Day = sale.Day
		}
		if by("kind") {
			line.Kind = sale.Kind
		}
		if by("speed") {
			line.Speed = sale.Speed
		}
		at := slices.IndexFunc(lines, func(l sums) bool { return l.Day == line.Day && l.Kind == line.Kind && l.Speed == line.Speed })
		if at < 0 {
			at, lines = len(lines), append(lines, sums{saleJSON: line})
		}
		l := &lines[at]
		l.Jobs, l.Pictures = l.Jobs+sale.Spent.Jobs, l.Pictures+sale.Pictures
		l.spent, l.refunded = l.spent+sale.Spent.Money, l.refunded+sale.Refunded.Money
	}
	all := []saleJSON{}
	for _, l := range lines {
		l.USD, l.Refunded = l.spent.Float(), l.refunded.Float()
		all = append(all, l.saleJSON)
	}
	return all
}
