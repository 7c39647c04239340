package main

import (
	"context"

	"midgate/adapter"
	"midgate/proxy"
)

var _ proxy.Readiness = readiness(nil)

// readiness is the questions that must all be answered well before work can be taken on.
type readiness []struct {
	what string // cannot be used, if the answer is an error
	ask  func(context.Context) error
}

// Ready implements proxy.Readiness.
func (r readiness) Ready(ctx context.Context) error {
	for _, q := range r {
		if err := q.ask(ctx); err != nil {
			return adapter.Wrap(adapter.Storage, err, "%s cannot be used at the moment.", q.what)
		}
	}
	return nil
}
