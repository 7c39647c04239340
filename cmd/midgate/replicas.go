package main

import (
	"crypto/rand"
	"strings"

	"midgate/adapter"
	"midgate/adapter/jetstream"
	"midgate/adapter/midjourney"
	"midgate/adapter/sharedpoll"
	"midgate/config"
	"midgate/proxy"
)

// replica names this process among its peers. Embedded state has one user, who is the same again after a restart and
// takes its jobs up at once; on a cluster every process is somebody new, and the jobs of the dead are taken over.
func replica(cfg config.Config) string {
	if cfg.State.URL == "" {
		return "local"
	}
	return strings.ToLower(rand.Text())
}

// accounts are the upstreams as the service sees them, and who takes their webhooks: nobody, unless upstreams are told
// an address. Replicas on one cluster poll each account together, and a webhook may reach any of them.
func (g *gate) accounts(cfg config.Config, fleet *midjourney.Fleet, state *jetstream.Engine) (adapter.Accounts, proxy.Hooks) {
	var accounts adapter.Accounts = fleet
	var hooks proxy.Hooks = fleet
	if cfg.State.URL != "" {
		shared := sharedpoll.New(fleet, fleet, state.Journal(), state.Leases(), cfg.Jobs.Replica, g.log)
		g.closing(shared.Close)
		accounts, hooks = shared, shared
	}
	if cfg.Midjourney.WebhookURL == "" {
		hooks = nil
	}
	return accounts, hooks
}
