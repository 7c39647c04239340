package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/ledger"
	"midgate/adapter/sqlstore"
	"midgate/config"
	"midgate/proxy/web"
)

// usage prints what keys may spend and have spent, as the state has it, whether a midgate runs or not.
func usage(ctx context.Context, p program, args []string) error {
	fs := p.flags("usage")
	file := fs.String("config", "", "YAML file with settings (MIDGATE_CONFIG)")
	name := ""
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		name, args = args[0], args[1:]
	}
	if err := parse(fs, args); err != nil {
		return err
	}
	cfg, err := config.Load(config.Source{Environ: p.environ, File: *file, NoUpstream: true})
	if err != nil {
		return err
	}
	names := []string{name}
	if name == "" {
		if names = keyNames(cfg); len(names) == 0 {
			return fmt.Errorf("no key has a name; give them names in MIDGATE_API_KEYS or MIDGATE_KEYS_FILE")
		}
	} else if !slices.Contains(keyNames(cfg), name) {
		return fmt.Errorf("%q is no key; there are: %s", name, strings.Join(keyNames(cfg), ", "))
	}
	state, err := sqlstore.Peek(ctx, cfg.State)
	if err != nil {
		return err
	}
	defer func() { _ = state.Close() }() // it was only read
	priced := cfg.Spend != nil && len(cfg.Spend.Prices) > 0
	table := tabwriter.NewWriter(p.out, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "key\twindow\tjobs\tspent\theld\tof\tresets")
	for _, name := range names {
		u, err := ledger.ReadUsage(ctx, state, cfg.Spend, web.OwnerOf(name), name, time.Now())
		if err != nil {
			return err
		}
		for _, w := range u.Windows {
			_, _ = fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\t%s\t%s\n", name, w.Window, w.Spent.Jobs, spentBy(w.Spent, priced), heldBy(w.Held, priced), limitOf(w), resets(w))
		}
	}
	return table.Flush()
}

// keyNames are the names of all keys.
func keyNames(cfg config.Config) (names []string) {
	for _, k := range cfg.Proxy.Keys {
		if k.Name != "" {
			names = append(names, k.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func spentBy(a adapter.Amount, priced bool) string {
	if !priced {
		return "-"
	}
	return a.Money.String()
}

func heldBy(a adapter.Amount, priced bool) string {
	switch {
	case a.Jobs == 0:
		return "-"
	case !priced:
		return fmt.Sprintf("%d jobs", a.Jobs)
	}
	return fmt.Sprintf("%d jobs, %s", a.Jobs, a.Money)
}

func limitOf(w adapter.WindowUse) string {
	switch {
	case w.Jobs != nil && w.Money != nil:
		return fmt.Sprintf("%d jobs, %s", *w.Jobs, *w.Money)
	case w.Jobs != nil:
		return fmt.Sprintf("%d jobs", *w.Jobs)
	case w.Money != nil:
		return w.Money.String()
	default:
		return "no limit"
	}
}

func resets(w adapter.WindowUse) string {
	if w.End.IsZero() {
		return "never"
	}
	return w.End.UTC().Format("2006-01-02 15:04Z")
}
