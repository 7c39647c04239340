package studio

import (
	"image"

	"midgate/adapter/midjourney/simulator/paint"
)

// Picture is one single picture that a task owns: nothing is drawn until somebody asks for its bytes. It never
// changes once made.
type Picture struct {
	key   string // names it in the caches
	W, H  int
	scene paint.Scene
	frame paint.Frame
	over  layer // what is laid over the drawn scene; nil for nothing
	// setting is the scene around the picture where that is not the drawn one: a region is drawn from its own words,
	// what zoom adds belongs to the rest.
	setting *paint.Scene
}

// around is the scene that goes on beyond the picture.
func (p *Picture) around() paint.Scene {
	if p.setting != nil {
		return *p.setting
	}
	return p.scene
}

// layer turns a drawn scene into the picture, at any size: previews are drawn small.
type layer interface {
	lay(s *Studio, img *image.RGBA, p *Picture, divisor int)
}

// natural is the picture before it was enlarged: what follows an enlargement is as large as ever, and a second
// enlargement repeats the first.
func (p *Picture) natural() *Picture {
	if p == nil {
		return nil
	}
	if l, ok := p.over.(larger); ok {
		return l.from
	}
	return p
}
