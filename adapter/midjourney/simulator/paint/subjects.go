package paint

// easel places a subject: its foot at (x, y), one local unit is its height, y grows upwards.
type easel struct {
	c    *canvas
	x, y float64
	size float64
}

// shape fills a polygon given in local units.
func (e easel) shape(fill Ink, corners ...float64) {
	var shape []point
	for i := 0; i+1 < len(corners); i += 2 {
		shape = append(shape, point{e.x + corners[i]*e.size, e.y - corners[i+1]*e.size})
	}
	lit := mix(fill, Ink{1, 1, 1}, .16)
	e.c.polygon(shape, fade(lit, fill, e.y-e.size, e.y), 1)
}

// blob fills an ellipse given in local units.
func (e easel) blob(fill Ink, x, y, rx, ry float64) {
	e.c.ellipse(e.x+x*e.size, e.y-y*e.size, rx*e.size, ry*e.size, flat(fill), 1)
}

// subject draws one of the things the prompt names.
func (sc Scene) subject(c *canvas, m mood, name string, n int) {
	x := sc.aspect * (.3 + .4*sc.gene[geneSubjectX])
	if n > 0 {
		x += sc.aspect * (.18 + .14*sc.gene[geneSecondX]) * float64(1-2*(n%2))
	}
	size := (.3 + .16*sc.gene[geneSubjectSize]) * min(1, .45+.55*sc.aspect)
	e := easel{c: c, x: x, y: sc.footing(), size: size}
	if sc.focus != nil && n == 0 {
		e = sc.focused(e)
	}
	white, dark := Ink{.97, .96, .93}, Scale(m.near, .45)
	switch name {
	case "lighthouse":
		sc.lighthouse(e, m, white, dark)
	case "boat":
		e.boat(m, white, dark)
	case "animal":
		e.animal(mix(m.accent, Ink{.87, .45, .18}, .5), white, dark)
	case "house":
		e.house(m, white, dark)
	case "castle":
		e.castle(mix(m.far, white, .35), m.accent, dark)
	case "tree":
		e.tree(mix(m.near, Ink{.3, .55, .25}, .5), dark)
	case "balloon":
		e.y -= sc.lift(.28)
		e.balloon(m, white, dark)
	case "flower":
		e.flower(m, dark)
	case "figure":
		e.figure(m, white, dark)
	case "rocket":
		e.y -= sc.lift(.12)
		e.rocket(m, white, dark)
	default:
		sc.birds(c, dark)
	}
}

// lift is how high a flying subject hangs; in a focus it hangs there.
func (sc Scene) lift(height float64) float64 {
	if sc.focus != nil {
		return 0
	}
	return height
}

// focused stands a subject into the focus, as large as fits.
func (sc Scene) focused(e easel) easel {
	f := *sc.focus
	e.x, e.y, e.size = (f.X0+f.X1)/2, f.Y1-.08*(f.Y1-f.Y0), .62*min(f.Y1-f.Y0, 1.3*(f.X1-f.X0))
	return e
}

// footing is the height on which subjects stand.
func (sc Scene) footing() float64 {
	if sc.theme.ground == "sea" {
		return sc.shore() + .15
	}
	return sc.horizon() + .3
}

func (sc Scene) lighthouse(e easel, m mood, white, dark Ink) {
	e.size *= 1.35
	e.blob(dark, 0, -.02, .42, .1)
	e.blob(mix(dark, m.far, .25), -.1, .02, .26, .08)
	e.shape(white, -.1, 0, .1, 0, .065, .72, -.065, .72)
	for band := range 3 {
		y := .12 + .22*float64(band)
		in := .1 - .05*y
		e.shape(m.accent, -in, y, in, y, in-.006, y+.11, -in+.006, y+.11)
	}
	e.shape(dark, -.085, .72, .085, .72, .085, .745, -.085, .745)
	e.shape(mix(m.sun, Ink{1, .9, .5}, .5), -.05, .745, .05, .745, .05, .83, -.05, .83)
	e.shape(m.accent, -.07, .83, .07, .83, 0, .92)
	e.c.glow(e.x, e.y-.79*e.size, .3*e.size, .3*e.size, m.sun, .8)
	beam := []point{{e.x, e.y - .8*e.size}, {e.x + 1.6*e.size, e.y - 1.1*e.size}, {e.x + 1.6*e.size, e.y - .75*e.size}}
	e.c.polygon(beam, flat(m.sun), .22)
}

func (e easel) boat(m mood, white, dark Ink) {
	e.y += .03
	e.shape(dark, -.34, .14, .36, .14, .26, 0, -.26, 0)
	e.shape(m.accent, -.35, .17, .38, .17, .36, .13, -.33, .13)
	e.shape(dark, -.012, .17, .012, .17, .012, .98, -.012, .98)
	e.shape(white, .03, .24, .34, .24, .03, .95)
	e.shape(mix(white, m.accent, .3), -.03, .24, -.24, .24, -.03, .84)
	e.c.ellipse(e.x, e.y+.01, .34*e.size, .012, flat(dark), .45)
}

func (e easel) animal(fur, white, dark Ink) {
	e.size *= .95
	e.blob(mix(fur, dark, .15), -.36, .2, .24, .085)
	e.blob(white, -.55, .22, .08, .055)
	e.blob(fur, 0, .28, .24, .26)
	e.blob(white, .07, .22, .12, .18)
	e.shape(mix(fur, dark, .5), -.1, 0, -.02, 0, -.02, .2, -.1, .2)
	e.shape(mix(fur, dark, .5), .06, 0, .14, 0, .14, .2, .06, .2)
	e.shape(fur, -.08, .72, -.02, .98, .08, .78)
	e.shape(fur, .14, .78, .26, .98, .28, .7)
	e.blob(fur, .1, .64, .2, .17)
	e.shape(white, -.06, .6, .26, .6, .12, .47)
	e.blob(dark, .115, .5, .026, .02)
	e.blob(dark, .03, .66, .024, .03)
	e.blob(dark, .19, .66, .024, .03)
}

func (e easel) house(m mood, white, dark Ink) {
	e.size *= .9
	e.shape(mix(white, m.far, .2), -.34, 0, .34, 0, .34, .4, -.34, .4)
	e.shape(m.accent, -.42, .38, .42, .38, .22, .74, -.22, .74)
	e.shape(dark, .14, .6, .22, .6, .22, .86, .14, .86)
	e.shape(dark, -.07, 0, .07, 0, .07, .24, -.07, .24)
	for _, x := range []float64{-.26, .14} {
		e.shape(Ink{1, .86, .45}, x, .17, x+.13, .17, x+.13, .3, x, .3)
	}
}

func (e easel) castle(stone, flag, dark Ink) {
	e.size *= 1.1
	e.shape(stone, -.3, 0, .3, 0, .3, .42, -.3, .42)
	for _, t := range []struct{ x, w, h float64 }{{-.36, .09, .62}, {.36, .09, .62}, {0, .12, .78}} {
		e.shape(mix(stone, dark, .12), t.x-t.w, 0, t.x+t.w, 0, t.x+t.w, t.h, t.x-t.w, t.h)
		e.shape(flag, t.x-t.w*1.25, t.h, t.x+t.w*1.25, t.h, t.x, t.h+t.w*2.3)
		e.shape(dark, t.x-.018, t.h-.18, t.x+.018, t.h-.18, t.x+.018, t.h-.08, t.x-.018, t.h-.08)
	}
	e.blob(dark, 0, .1, .07, .13)
	e.shape(dark, -.07, 0, .07, 0, .07, .1, -.07, .1)
}

func (e easel) tree(leaf, dark Ink) {
	e.size *= 1.15
	e.shape(mix(dark, Ink{.4, .25, .15}, .5), -.05, 0, .06, 0, .03, .55, -.03, .55)
	for i, b := range []struct{ x, y, r float64 }{{-.2, .55, .2}, {.2, .56, .2}, {0, .5, .22}, {-.1, .74, .2}, {.12, .74, .19}, {0, .86, .15}} {
		e.blob(mix(leaf, Ink{1, 1, .7}, .05*float64(i)), b.x, b.y, b.r, b.r*.92)
	}
}

func (e easel) balloon(m mood, white, dark Ink) {
	stripes := []Ink{m.accent, white, m.accent, white, m.accent}
	e.shape(mix(m.accent, dark, .25), -.3, .62, .3, .62, .06, .2, -.06, .2)
	for i, tone := range stripes {
		e.blob(tone, 0, .68, .36*(1-float64(i)*.22), .34)
	}
	e.shape(dark, -.055, .2, -.045, .2, -.05, .08, -.06, .08)
	e.shape(dark, .045, .2, .055, .2, .06, .08, .05, .08)
	e.shape(mix(dark, Ink{.5, .32, .16}, .7), -.075, 0, .075, 0, .085, .1, -.085, .1)
}

func (e easel) flower(m mood, dark Ink) {
	green := mix(Ink{.2, .5, .25}, dark, .25)
	e.shape(green, -.015, 0, .015, 0, .012, .7, -.012, .7)
	e.blob(green, -.1, .24, .12, .04)
	e.blob(green, .1, .34, .12, .04)
	for _, at := range []point{{-.15, .76}, {.15, .76}, {0, .92}, {-.1, .62}, {.1, .62}, {0, .76}} {
		e.blob(mix(m.accent, Ink{1, 1, 1}, at.y*.25), at.x, at.y, .12, .12)
	}
	e.blob(Ink{1, .85, .35}, 0, .75, .07, .07)
}

func (e easel) figure(m mood, white, dark Ink) {
	e.shape(m.accent, -.2, 0, .2, 0, .1, .62, -.1, .62)
	e.shape(mix(m.accent, dark, .3), -.1, .58, -.22, .22, -.15, .2, -.05, .5)
	e.shape(mix(m.accent, dark, .3), .1, .58, .22, .22, .15, .2, .05, .5)
	e.shape(white, -.09, .6, .09, .6, .05, .67, -.05, .67)
	e.blob(dark, 0, .81, .13, .15)
	e.blob(Ink{.93, .77, .64}, 0, .78, .1, .12)
	e.blob(dark, -.035, .8, .012, .014)
	e.blob(dark, .035, .8, .012, .014)
}

func (e easel) rocket(m mood, white, dark Ink) {
	e.shape(Ink{1, .7, .2}, -.07, .12, .07, .12, 0, -.14)
	e.shape(m.accent, -.22, .06, .22, .06, .1, .36, -.1, .36)
	e.blob(white, 0, .5, .14, .42)
	e.shape(m.accent, -.095, .8, .095, .8, 0, 1)
	e.blob(dark, 0, .6, .07, .07)
	e.blob(mix(m.water, white, .4), 0, .6, .05, .05)
}

// birds fly in a loose line across the sky.
func (sc Scene) birds(c *canvas, dark Ink) {
	for n := range 9 {
		x := sc.aspect*(.2+.5*sc.gene[geneSubjectX]) + (float64(n)-4)*.05 + .02*sc.noise(n+8000)
		y := .2 + .12*sc.gene[geneSunY] + .03*float64(n%3) + .02*sc.noise(n+8100)
		s := .018 + .02*sc.noise(n+8200)
		c.polygon([]point{{x, y}, {x - s, y - s*.7}, {x - 2*s, y - s*.2}, {x - s, y - s*.35}}, flat(dark), 1)
		c.polygon([]point{{x, y}, {x + s, y - s*.7}, {x + 2*s, y - s*.2}, {x + s, y - s*.35}}, flat(dark), 1)
	}
}
