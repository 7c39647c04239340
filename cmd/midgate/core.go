package main

import (
	"context"

	"midgate/adapter"
	"midgate/proxy"
)

// core shows the service to proxy through its small interfaces.
func core(s *adapter.Service, ready readiness) proxy.Core {
	return proxy.Core{Draw: drawer{s}, Edit: editor{s}, Keep: s, Runs: s, Ready: ready}
}

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

// drawer and editor only turn tickets into proxy's interface of them.
type (
	drawer struct{ s *adapter.Service }
	editor struct{ s *adapter.Service }
)

// Model implements proxy.Drawer.
func (d drawer) Model(name string) error {
	_, err := d.s.Model(name)
	return err
}

// Generate implements proxy.Drawer.
func (d drawer) Generate(ctx context.Context, a adapter.Attempt, g adapter.Generation) (proxy.Ticket, error) {
	return ticket(d.s.Generate(ctx, a, g))
}

// Shorten implements proxy.Drawer.
func (d drawer) Shorten(ctx context.Context, a adapter.Attempt, g adapter.Generation) (proxy.Ticket, error) {
	return ticket(d.s.Shorten(ctx, a, g))
}

// Act implements proxy.Drawer.
func (d drawer) Act(ctx context.Context, a adapter.Attempt, act adapter.Act) (proxy.Ticket, error) {
	return ticket(d.s.Act(ctx, a, act))
}

// Edit implements proxy.Editor.
func (e editor) Edit(ctx context.Context, a adapter.Attempt, ed adapter.Edit) (proxy.Ticket, error) {
	return ticket(e.s.Edit(ctx, a, ed))
}

// Vary implements proxy.Editor.
func (e editor) Vary(ctx context.Context, a adapter.Attempt, ed adapter.Edit) (proxy.Ticket, error) {
	return ticket(e.s.Vary(ctx, a, ed))
}

// Blend implements proxy.Editor.
func (e editor) Blend(ctx context.Context, a adapter.Attempt, ed adapter.Edit) (proxy.Ticket, error) {
	return ticket(e.s.Blend(ctx, a, ed))
}

// Describe implements proxy.Editor.
func (e editor) Describe(ctx context.Context, a adapter.Attempt, ed adapter.Edit) (proxy.Ticket, error) {
	return ticket(e.s.Describe(ctx, a, ed))
}

// ticket keeps a nil *adapter.Ticket from becoming an interface that is not nil.
func ticket(t *adapter.Ticket, err error) (proxy.Ticket, error) {
	if err != nil {
		return nil, err
	}
	return t, nil
}
