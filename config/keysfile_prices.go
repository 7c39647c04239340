package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"midgate/adapter"
	"midgate/adapter/nearest"
	"midgate/adapter/spend"
)

func (r *keysReader) zone(name string) *time.Location {
	if name == "" {
		return time.UTC
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		r.wrong("budget_timezone", "is %q, which is no time zone; allowed: a name such as Europe/Berlin, or UTC", shorten(name))
		return time.UTC
	}
	return zone
}

// prices are by upstream, kind and, where they differ, speed.
func (r *keysReader) prices(in map[string]map[string]any) map[string]spend.Prices {
	all := map[string]spend.Prices{}
	for _, upstream := range sorted(in) {
		all[upstream] = spend.Prices{}
		for _, kind := range sorted(in[upstream]) {
			where := "prices." + upstream + "." + kind
			if !slices.Contains(spend.Kinds, kind) {
				near, _ := nearest.Of(kind, spend.Kinds)
				r.wrong(where, "is no kind of job; did you mean %s? allowed: %s", near, strings.Join(spend.Kinds, ", "))
				continue
			}
			all[upstream][kind] = r.bySpeed(where, in[upstream][kind])
		}
	}
	return all
}

func (r *keysReader) bySpeed(where string, value any) map[string]adapter.Money {
	by := map[string]adapter.Money{}
	speeds, several := value.(map[string]any)
	if !several {
		if m, ok := r.money(where, value); ok {
			by[""] = m
		}
		return by
	}
	for _, speed := range sorted(speeds) {
		if !slices.Contains(spend.Speeds, speed) {
			r.wrong(where+"."+speed, "is no speed; allowed: %s", strings.Join(spend.Speeds, ", "))
			continue
		}
		if m, ok := r.money(where+"."+speed, speeds[speed]); ok {
			by[speed] = m
		}
	}
	return by
}

func (r *keysReader) money(where string, value any) (adapter.Money, bool) {
	m, err := adapter.ParseMoney(fmt.Sprint(value))
	if err != nil {
		r.wrong(where, "%v; allowed: dollars, such as 0.056", err)
	}
	return m, err == nil
}

func (r *keysReader) refunds(in map[string]string) map[string]spend.Refunds {
	all := map[string]spend.Refunds{}
	for _, upstream := range sorted(in) {
		switch v := spend.Refunds(in[upstream]); v {
		case spend.RefundsAll, spend.RefundsUnmoderated, spend.RefundsNone:
			all[upstream] = v
		default:
			r.wrong("refunds."+upstream, "is %q, which is not known; allowed: all, unmoderated, none", shorten(in[upstream]))
		}
	}
	return all
}

func (r *keysReader) budget(where string, in budgetYAML) spend.Budget {
	return spend.Budget{Day: r.limit(where+".day", in.Day), Month: r.limit(where+".month", in.Month), Total: r.limit(where+".total", in.Total)}
}

func (r *keysReader) limit(where string, in limitYAML) spend.Limit {
	l := spend.Limit{Jobs: in.Jobs}
	if in.Jobs != nil && *in.Jobs < 0 {
		r.wrong(where+".jobs", "is below zero")
	}
	if in.USD != nil {
		if m, ok := r.money(where+".usd", in.USD); ok {
			l.Money = &m
		}
	}
	return l
}
