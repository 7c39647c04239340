package spend

import (
	"time"

	"midgate/adapter"
)

// Limit is the most that may be spent within a window. A nil part is no limit.
type Limit struct {
	Jobs  *int
	Money *adapter.Money
}

// None reports whether nothing is limited.
func (l Limit) None() bool { return l.Jobs == nil && l.Money == nil }

// Allows reports whether more may be spent on top of what was spent and is held.
func (l Limit) Allows(spent, held, more adapter.Amount) bool {
	all := spent.Plus(held).Plus(more)
	return (l.Jobs == nil || all.Jobs <= *l.Jobs) && (l.Money == nil || all.Money <= *l.Money)
}

// Budget is what a key may spend by calendar day, by calendar month, and in all.
type Budget struct {
	Day, Month, Total Limit
}

// None reports whether nothing is limited.
func (b Budget) None() bool { return b.Day.None() && b.Month.None() && b.Total.None() }

// InMoney reports whether a part of the budget is in money, which needs prices.
func (b Budget) InMoney() bool {
	return b.Day.Money != nil || b.Month.Money != nil || b.Total.Money != nil
}

// The names of the windows.
const (
	Day   = "day"
	Month = "month"
	Total = "total"
)

// Window is one span of time within which spending is added up. Its key holds the span, so that nothing is ever reset: a
// new day begins with a new row.
type Window struct {
	Name       string    // Day, Month or Total
	Key        string    // day:2026-11-28, month:2026-11 or total
	Start, End time.Time // zero for Total
	Limit      Limit
}

// Windows are the three windows that a job which begins at a time counts for, in the days of a zone.
func (b Budget) Windows(at time.Time, zone *time.Location) []Window {
	at = at.In(zone)
	day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, zone)
	month := time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, zone)
	return []Window{
		{Name: Day, Key: day.Format("day:2006-01-02"), Start: day, End: day.AddDate(0, 0, 1), Limit: b.Day},
		{Name: Month, Key: month.Format("month:2006-01"), Start: month, End: month.AddDate(0, 1, 0), Limit: b.Month},
		{Name: Total, Key: Total, Limit: b.Total},
	}
}
