package proxy

import (
	"context"
	"fmt"
	"slices"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
)

// act serves POST /v1/images/{id}/actions: it presses a button of that picture (contract.md §5, Actions).
func (s *Server) act(c *gin.Context) error {
	img, err := s.imageNamed(c)
	if err != nil {
		return err
	}
	p, err := s.read(c)
	if err != nil {
		return err
	}
	act, stream, err := s.decodeAct(c, p, img.ID)
	if err != nil {
		return err
	}
	if act.Action == adapter.ActAnimateLow || act.Action == adapter.ActAnimateHigh {
		return s.begin(c, p, func(ctx context.Context, a adapter.Attempt) (Ticket, error) { return s.core.Films.Animate(ctx, a, act) })
	}
	a, err := s.attempt(c, p, stream, formOf(act.Generation))
	if err != nil {
		return err
	}
	t, err := s.core.Draw.Act(c.Request.Context(), a, act)
	if err != nil {
		return err
	}
	if stream {
		return s.streamPictures(c, t, "image_edit", formOf(act.Generation))
	}
	return s.deliver(c, t, s.pictures(c, formOf(act.Generation)))
}

func (s *Server) decodeAct(c *gin.Context, p *payload, id string) (act adapter.Act, stream bool, err error) {
	act.Generation, stream, err = p.generation(false)
	visitOf(c).model = act.Model
	if err != nil {
		return act, false, err
	}
	act.Image = id
	var read reading
	read.do(func() (err error) { act.Action, err = p.action(); return })
	read.do(func() (err error) { act.CustomID, err = p.text("custom_id"); return })
	read.do(func() (err error) { act.Index, err = p.index(); return })
	read.do(func() (err error) { act.Zoom, err = p.zoom(); return })
	read.do(func() (err error) { act.Force, err = p.truth("force"); return })
	read.do(func() error { return s.mask(c, p, &act) })
	if read.err != nil {
		return act, false, read.err
	}
	if act.Action == "" && act.CustomID == "" {
		return act, false, adapter.BadParam("action", "missing_required_parameter", "Missing required parameter: 'action' (or 'custom_id').")
	}
	return act, stream, nil
}

// action reads one of the names; which of them this picture offers is the core's business.
func (p *payload) action() (string, error) {
	name, err := p.text("action")
	if err != nil || name == "" || slices.Contains(adapter.Actions, name) {
		return name, err
	}
	return "", adapter.BadParam("action", "invalid_value", "'action' must be one of %s.", quoted(adapter.Actions))
}

func (p *payload) index() (int, error) {
	n, err := p.whole("index", 1, 4)
	if err != nil || n == nil {
		return 0, err
	}
	return int(*n), nil
}

// zoom reads the factor of Custom Zoom (upstream-protocol.md §5.4).
func (p *payload) zoom() (float64, error) {
	z, err := decimal(p.fields["zoom"], "zoom")
	if err != nil || z == nil {
		return 0, err
	}
	if *z < 1 || *z > 2 {
		return 0, adapter.BadParam("zoom", "invalid_value", "'zoom' must be a number from 1 to 2.")
	}
	return *z, nil
}

// mask looks the mask up, if there is one.
func (s *Server) mask(c *gin.Context, p *payload, act *adapter.Act) error {
	if !p.form {
		if err := p.jsonMask(); err != nil {
			return err
		}
	}
	if err := p.unused("mask"); err != nil || p.mask == nil {
		return err
	}
	ref, err := s.resolve(c, *p.mask)
	if err != nil {
		return fmt.Errorf("mask: %w", err)
	}
	act.Mask = &ref
	return nil
}
