package main

import (
	"context"
	"fmt"

	"midgate/adapter"
	"midgate/adapter/midjourney"
)

// keyed is an upstream as it is configured.
type keyed struct {
	midjourney.UpstreamConfig
	all midjourney.Config
}

// advice says what to do about a key that is refused.
func (u keyed) advice(ctx context.Context) string {
	if way := u.otherWay(ctx); way != "" {
		return way
	}
	return "it is refused in each of the three ways of MIDGATE_UPSTREAM_AUTH: check MIDGATE_UPSTREAM_KEY"
}

// otherWay names another way to send the key, if the upstream takes it so; empty if it does not.
func (u keyed) otherWay(ctx context.Context) string {
	for _, way := range []midjourney.Auth{midjourney.AuthBearer, midjourney.AuthSecret, midjourney.AuthRaw} {
		if way == u.Auth || way == midjourney.AuthBearer && u.Auth == "" {
			continue
		}
		if u.accepts(ctx, way) {
			return fmt.Sprintf("it is accepted when it is sent in another way: set MIDGATE_UPSTREAM_AUTH=%s", way)
		}
	}
	return ""
}

// accepts tries another way to send the key, with questions that cost nothing.
func (u keyed) accepts(ctx context.Context, way midjourney.Auth) bool {
	cfg, up := u.all, u.UpstreamConfig
	up.Auth = way
	cfg.Upstreams = []midjourney.UpstreamConfig{up}
	fleet, err := midjourney.New(cfg)
	if err != nil {
		return false
	}
	defer fleet.Close()
	account, err := fleet.Made(ctx, adapter.Caller{Key: stranger}, up.Name)
	return err == nil && met(ctx, account.Upstream) == nil
}
