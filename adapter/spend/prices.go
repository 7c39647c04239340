package spend

import (
	"slices"
	"strings"

	"midgate/adapter"
)

// The kinds of upstream jobs that have prices of their own. A kind without a price costs what Generation costs, unless
// it is one of those that servers sell apart.
const (
	Generation = "generation" // imagine: a grid
	Vary       = "vary"       // a variation, a reroll
	Edit       = "edit"       // an edit, Vary (Region), zoom, pan: a grid out of a picture
	Blend      = "blend"
	Upscale    = "upscale" // U1–U4, and the upscalers behind them
	Describe   = "describe"
	Shorten    = "shorten"
	Video      = "video" // one clip; an extension is one more
	Swap       = "swap"  // a face
)

// Kinds are all of them, in the order in which they are listed.
var Kinds = []string{Generation, Vary, Edit, Blend, Upscale, Describe, Shorten, Video, Swap}

// grids are the kinds that cost what a generation does where nothing else is said: they are one job of the same work.
var grids = []string{Vary, Edit, Blend}

// Speeds are what prices may be given by.
var Speeds = []string{"relax", "fast", "turbo"}

// Prices are what an upstream takes for a job, by kind and speed. The speed "" is any that has no price of its own.
type Prices map[string]map[string]adapter.Money

// Of returns the price of one job; false where none is known.
func (p Prices) Of(kind, speed string) (adapter.Money, bool) {
	if price, ok := p.own(kind, speed); ok {
		return price, true
	}
	if slices.Contains(grids, kind) {
		return p.own(Generation, speed)
	}
	return 0, false
}

func (p Prices) own(kind, speed string) (adapter.Money, bool) {
	bySpeed, ok := p[kind]
	if !ok {
		return 0, false
	}
	if price, ok := bySpeed[speed]; ok {
		return price, true
	}
	price, ok := bySpeed[""]
	return price, ok
}

// Missing are the kinds and speeds that have no price although a key may use them, such as "video" or
// "generation at turbo": a budget in money cannot be kept with them.
func (p Prices) Missing(speeds []string) []string {
	var missing []string
	for _, kind := range Kinds {
		var at []string
		for _, speed := range speeds {
			if _, ok := p.Of(kind, speed); !ok {
				at = append(at, speed)
			}
		}
		switch {
		case len(at) == len(speeds) && len(at) > 0:
			missing = append(missing, kind)
		case len(at) > 0:
			missing = append(missing, kind+" at "+strings.Join(at, " and "))
		}
	}
	return missing
}
