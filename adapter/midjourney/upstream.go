package midjourney

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/sony/gobreaker/v2"
	"golang.org/x/sync/semaphore"

	"midgate/adapter/midjourney/poll"
)

// upstream is one configured server: what all of its accounts share.
type upstream struct {
	shared  *shared
	cfg     UpstreamConfig
	base    *url.URL
	breaker *gobreaker.TwoStepCircuitBreaker[struct{}]
	routes  *routes
	learned *poll.Learned
	reach   reach

	downloading *semaphore.Weighted // the files that are fetched at once
}

func newUpstream(s *shared, cfg UpstreamConfig) (*upstream, error) {
	cfg = cfg.withDefaults()
	base, err := baseURL(cfg.URL)
	if err != nil {
		return nil, fmt.Errorf("upstream %q: %w", cfg.Name, err)
	}
	return &upstream{
		shared: s, cfg: cfg, base: base, breaker: newBreaker(s, cfg.Name),
		routes: &routes{ttl: s.cfg.FeatureTTL}, learned: &poll.Learned{},
		downloading: semaphore.NewWeighted(maxDownloads),
	}, nil
}

// baseURL reads a base URL; a trailing /mj that was copied along is dropped.
func baseURL(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	switch {
	case err != nil:
		return nil, errors.New("its address is not a URL")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, errors.New("its address is not an http or https URL")
	}
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/mj")
	u.RawPath, u.RawQuery, u.Fragment, u.User = "", "", "", nil
	return u, nil
}

// newBreaker stops new submissions while the upstream cannot be reached. Only connections that
// did not come about count, so an opened breaker never hides a job that was started.
func newBreaker(s *shared, name string) *gobreaker.TwoStepCircuitBreaker[struct{}] {
	return gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		Name:        name,
		MaxRequests: 1,
		Timeout:     s.cfg.BreakFor,
		ReadyToTrip: func(c gobreaker.Counts) bool { return int(c.ConsecutiveFailures) >= s.cfg.BreakAfter },
		OnStateChange: func(name string, from, to gobreaker.State) {
			s.log.Info("upstream breaker changed", "upstream", name, "from", from.String(), "to", to.String())
		},
	})
}

// broken reports whether new jobs should go elsewhere.
func (u *upstream) broken() bool { return u.breaker.State() == gobreaker.StateOpen }
