package main

import (
	"context"
	"encoding/json"

	"midgate/adapter"
	"midgate/adapter/midjourney"
	"midgate/config"
	"midgate/proxy"
)

// hooks is who takes the upstreams' webhooks: nobody, unless upstreams are told an address. With several replicas a
// webhook may reach any of them: it is passed on to all.
func (g *gate) hooks(ctx context.Context, cfg config.Config, fleet *midjourney.Fleet, bus adapter.Bus) proxy.Hooks {
	switch {
	case cfg.Midjourney.WebhookURL == "":
		return nil
	case bus == nil:
		return fleet
	}
	r := relay{fleet, bus}
	g.closing(background(ctx, r.hear))
	return r
}

// relay passes webhooks on between replicas. A hint only saves time, so losing one does no harm.
type relay struct {
	fleet *midjourney.Fleet
	bus   adapter.Bus
}

// topicHook is under which replicas tell each other of webhooks.
const topicHook = "hook"

// hookJSON is a webhook on its way to the other replicas.
type hookJSON struct {
	Token string `json:"token"`
	Body  []byte `json:"body"`
}

// Hint implements proxy.Hooks: the webhook is taken here, and by every other replica, since any of them may be the one
// that waits.
func (r relay) Hint(token string, body []byte) error {
	if err := r.fleet.Hint(token, body); err != nil {
		return err
	}
	if news, err := json.Marshal(hookJSON{token, body}); err == nil {
		r.bus.Tell(topicHook, news)
	}
	return nil
}

// hear takes the webhooks that reached other replicas, and its own once more.
func (r relay) hear(ctx context.Context) {
	_ = r.bus.Hear(ctx, func(topic string, news []byte) {
		var h hookJSON
		if topic == topicHook && json.Unmarshal(news, &h) == nil {
			_ = r.fleet.Hint(h.Token, h.Body) // the replica that it reached has answered for it
		}
	})
}
