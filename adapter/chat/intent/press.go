package intent

import (
	"slices"
	"strconv"
)

// pressed is a button with what is said beside it: which picture, and how far.
func (r *reading) pressed(l *language, name string, all []meaning) (Decision, bool) {
	d := Decision{Kind: Press, Button: name}
	numbers, factors := said(all, number), said(all, factor)
	if name == ZoomOut {
		return r.zoomed(l, d, all)
	}
	if len(factors) > 0 {
		return Decision{Kind: Ask, Topic: OneThing}, true
	}
	if len(numbers) == 0 {
		return d, true
	}
	n, ok := numberOf(numbers[0])
	if ok && n == 0 {
		return r.nothingAt(n), true
	}
	d.Index = n
	if name == Undo || name == ShowGrid { // back to that one
		d = Decision{Kind: Pick, Button: name, Index: n}
	}
	return d, ok && n > 0
}

// zooms reports whether of two numbers one says how far and the other which picture: "zoom out 1.5 on the second".
func (r *reading) zooms(all []meaning) bool {
	figures := 0
	for _, m := range all {
		if m.class == number && m.plain {
			figures++
		}
	}
	return slices.Equal(said(all, button), []string{ZoomOut}) && len(said(all, number)) == 2 && figures == 1 && len(said(all, factor)) == 0
}

// zoomed is a zoom: "2x" is how far, "the second" is which picture, and a figure alone is what the other is not.
func (r *reading) zoomed(l *language, d Decision, all []meaning) (Decision, bool) {
	far := ""
	for _, f := range said(all, factor) {
		far = f
	}
	for _, m := range all {
		if m.class != number {
			continue
		}
		n, whole := numberOf(m.value)
		switch {
		case !m.plain, whole && far != "", whole && r.upon(l, m.value), whole && n != 2 && n <= r.Choices && r.Shown == Grid:
			d.Index = n
		case far == "":
			far = m.value
		default:
			return Decision{Kind: Ask, Topic: OneThing}, true
		}
	}
	if far == "" {
		return d, true
	}
	z, err := strconv.ParseFloat(far, 64)
	d.Zoom = z
	return d, err == nil && z > 1
}

// upon reports whether a figure stands behind a word such as "on", which makes it a picture's number.
func (r *reading) upon(l *language, value string) bool {
	for i, t := range r.tokens {
		if t.text != value {
			continue
		}
		for n := 1; n <= min(i, 3); n++ {
			if l.first(r.tokens[i-n:i], &l.Upon) == n {
				return true
			}
		}
	}
	return false
}
