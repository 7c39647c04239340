package main

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/ledger"
	"midgate/adapter/midjourney"
	"midgate/adapter/spend"
	"midgate/config"
	"midgate/proxy/metrics"
	"midgate/proxy/web"
)

// known are the words of metrics that the settings say.
func known(cfg config.Config) metrics.Known {
	k := metrics.Known{Sold: spend.Kinds}
	speeds := map[adapter.Speed]bool{}
	for _, u := range cfg.Midjourney.Upstreams {
		k.Upstreams = append(k.Upstreams, u.Name)
		for speed := range u.Prefixes {
			speeds[speed] = true
		}
	}
	k.Speeds = slices.Sorted(maps.Keys(speeds))
	for _, key := range cfg.Proxy.Keys {
		if key.Name != "" {
			k.Keys = append(k.Keys, key.Name)
		}
	}
	return k
}

// showApart serves the metrics at an address of their own, if there is one.
func (g *gate) showApart(ctx context.Context, cfg config.Config, shown http.Handler) error {
	if cfg.Metrics == "" {
		return nil
	}
	listen, err := listenOn(ctx, cfg.Metrics, "MIDGATE_METRICS_LISTEN")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", shown)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listen) // until it is closed
	}()
	g.closing(func() {
		_ = server.Close()
		<-ended
	})
	g.about = append(g.about, "metrics", listen.Addr().String())
	return nil
}

// answered says of the upstreams that were asked whether they answered last.
func answered(all []midjourney.Reach) map[string]bool {
	known := map[string]bool{}
	for _, r := range all {
		if !r.At.IsZero() {
			known[r.Name] = r.Answered
		}
	}
	return known
}

// remaining is what is left of the budgets that keys have.
func remaining(ctx context.Context, keys []string, terms *spend.Terms, spending ledger.Spending) (all []metrics.Remaining) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		if terms.Policy(key).Budget.None() {
			continue
		}
		use, err := spending.Usage(ctx, web.OwnerOf(key), key)
		if err != nil {
			return all // the state is away: the others are not known either
		}
		for _, w := range use.Windows {
			if ratio, limited := left(w); limited {
				all = append(all, metrics.Remaining{Key: key, Window: w.Window, Ratio: ratio})
			}
		}
	}
	return all
}

// left is the share of a window's limits that is neither spent nor held: the less of jobs and money.
func left(w adapter.WindowUse) (ratio float64, limited bool) {
	used := w.Spent.Plus(w.Held)
	ratio = 1
	if w.Jobs != nil {
		ratio = min(ratio, share(int64(*w.Jobs-used.Jobs), int64(*w.Jobs)))
	}
	if w.Money != nil {
		ratio = min(ratio, share(int64(*w.Money-used.Money), int64(*w.Money)))
	}
	return ratio, w.Jobs != nil || w.Money != nil
}

func share(left, whole int64) float64 {
	if left <= 0 || whole <= 0 {
		return 0
	}
	return float64(left) / float64(whole)
}
