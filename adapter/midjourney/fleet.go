package midjourney

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/poll"
	"midgate/adapter/publicnet"
)

// Fleet is all configured upstreams. It implements adapter.Accounts.
type Fleet struct {
	shared    *shared
	upstreams []*upstream

	ctx  context.Context // of the pollers; ends with Close
	stop context.CancelFunc
	work sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	accounts map[accountKey]*account
	swept    time.Time // when idle accounts were last looked for
}

var _ adapter.Accounts = (*Fleet)(nil)

// accountKey tells the accounts of a Fleet apart; key is empty for an upstream's own.
type accountKey struct{ upstream, key string }

// account is one upstream with one key, and the poller of its tasks.
type account struct {
	client *client
	poller *poll.Poller
	used   time.Time
}

// New checks the configuration and builds the accounts; nothing is sent yet.
func New(cfg Config) (*Fleet, error) {
	cfg = cfg.withDefaults()
	if cfg.WebhookURL != "" && len(cfg.Secret) == 0 {
		return nil, errors.New("midjourney: webhooks need a secret")
	}
	s := &shared{cfg: cfg, log: cfg.Log, api: apiClient(cfg.HTTP, readIdle), jobs: apiClient(cfg.HTTP, submitIdle)}
	f := &Fleet{shared: s, accounts: map[accountKey]*account{}}
	s.hints = newHints()
	if err := f.addUpstreams(); err != nil {
		return nil, fmt.Errorf("midjourney: %w", err)
	}
	downloads, err := f.downloads()
	if err != nil {
		return nil, fmt.Errorf("midjourney: trusted hosts: %w", err)
	}
	s.downloads = downloadClient(downloads)
	f.ctx, f.stop = context.WithCancel(context.Background())
	return f, nil
}

func (f *Fleet) addUpstreams() error {
	names := map[string]bool{}
	for _, uc := range f.shared.cfg.Upstreams {
		if uc.Name == "" || names[uc.Name] {
			return fmt.Errorf("upstream name %q is empty or used twice", uc.Name)
		}
		names[uc.Name] = true
		u, err := newUpstream(f.shared, uc)
		if err != nil {
			return err
		}
		f.upstreams = append(f.upstreams, u)
	}
	if len(f.upstreams) == 0 {
		return errors.New("no upstream is configured")
	}
	return nil
}

func (f *Fleet) downloads() (http.RoundTripper, error) {
	if f.shared.cfg.Downloads != nil {
		return f.shared.cfg.Downloads, nil
	}
	trusted, err := publicnet.ParseAllow(f.shared.cfg.TrustedHosts)
	if err != nil {
		return nil, err
	}
	bases := make([]*url.URL, 0, len(f.upstreams))
	for _, u := range f.upstreams {
		bases = append(bases, u.base)
	}
	return downloadTransport(bases, trusted), nil
}

// Close stops all polling and waits for its goroutines. Waits go on until their contexts end, but
// hear nothing any more.
func (f *Fleet) Close() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.stop()
	f.work.Wait()
	f.shared.api.CloseIdleConnections()
	f.shared.jobs.CloseIdleConnections()
	f.shared.downloads.CloseIdleConnections()
}

// start runs a goroutine that Close waits for; after Close it does nothing and returns false.
func (f *Fleet) start(run func()) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	f.work.Go(run)
	return true
}

// Made implements adapter.Accounts.
func (f *Fleet) Made(_ context.Context, c adapter.Caller, name string) (adapter.Account, error) {
	for _, u := range f.upstreams {
		if u.cfg.Name == name {
			return f.account(u, c)
		}
	}
	return adapter.Account{}, adapter.Errorf(adapter.Unavailable, "The upstream that made this picture is no longer configured.")
}

// account returns the account of an upstream that a caller uses, and makes it on first need.
func (f *Fleet) account(u *upstream, c adapter.Caller) (adapter.Account, error) {
	id, key := accountKey{upstream: u.cfg.Name}, u.cfg.Key
	if f.shared.cfg.Passthrough {
		if c.Key == "" {
			return adapter.Account{}, adapter.Errorf(adapter.Unauthorized, "The upstream's key is missing.")
		}
		id.key, key = c.Key, c.Key
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	f.forget(now)
	a, ok := f.accounts[id]
	if !ok {
		cl := &client{upstream: u, key: key}
		a = &account{client: cl, poller: f.poller(cl)}
		f.accounts[id] = a
	}
	a.used = now
	return adapter.Account{Name: u.cfg.Name, Upstream: a.client, Waiter: a.poller}, nil
}

// poller makes the poller of an account.
func (f *Fleet) poller(c *client) *poll.Poller {
	s := f.shared
	return poll.New(c, &knownRoute{c.routes, adapter.FeatureList}, c.learned, poll.Config{
		Name: c.cfg.Name, Tuning: s.cfg.Poll, RelayTTL: s.cfg.FeatureTTL, Webhooks: s.cfg.WebhookURL != "",
		Ended: s.hints.finished, Log: s.log, Ctx: f.ctx, Start: f.start,
		Observe: func(how string, ids int, took time.Duration, err error) {
			s.cfg.Observe.Poll(c.cfg.Name, how, ids, took, err)
		},
	})
}

// forget drops the passthrough accounts that nobody has used for a while and nobody waits at. It looks at all of them,
// so it does so now and then.
func (f *Fleet) forget(now time.Time) {
	if !f.shared.cfg.Passthrough || now.Sub(f.swept) < f.shared.cfg.Idle/60 {
		return
	}
	f.swept = now
	for id, a := range f.accounts {
		if now.Sub(a.used) > f.shared.cfg.Idle && a.poller.Open() == 0 {
			delete(f.accounts, id)
		}
	}
}
