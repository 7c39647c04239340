package paint

import "math"

// groundCover is what lies in front of the hills.
func (sc Scene) groundCover(c *canvas, m mood) {
	switch sc.theme.ground {
	case "sea":
		sc.water(c, m)
	case "forest":
		sc.forest(c, m)
	case "city":
		sc.city(c, m)
	case "desert":
		sc.dunes(c, m)
	default:
		sc.grass(c, m)
	}
}

// shore is where the water begins.
func (sc Scene) shore() float64 { return sc.horizon() + .09 }

func (sc Scene) water(c *canvas, m mood) {
	shore := sc.shore()
	c.polygon([]point{{c.f.X0 - 1, shore}, {c.f.X1 + 1, shore}, {c.f.X1 + 1, c.f.Y1 + 1}, {c.f.X0 - 1, c.f.Y1 + 1}},
		fade(mix(m.water, m.horizon, .45), Scale(m.water, .55), shore, 1), 1)
	x, _, r := sc.sunAt()
	for n := range 26 {
		y := shore + .012 + (1-shore)*math.Pow(float64(n)/25, 1.4)
		wide := r * (.5 + 2.2*sc.noise(300+n))
		c.ellipse(x+.05*(sc.noise(330+n)-.5), y, wide, .0022+.003*(y-shore), flat(m.sun), .5*(1-(y-shore)))
	}
	for n := range 70 {
		y := shore + (1.6-shore)*math.Pow(sc.noise(2*n+400), 1.3)
		at := sc.aspect * (3*sc.noise(2*n+401) - 1)
		c.ellipse(at, y, .03+.09*(y-shore), .0016+.003*(y-shore), flat(mix(m.water, Ink{1, 1, 1}, .5)), .3)
	}
}

func (sc Scene) forest(c *canvas, m mood) {
	for row := range 3 {
		base := sc.horizon() + .2 + .13*float64(row)
		tone := mix(mix(m.far, m.near, .5), Scale(m.near, .75), float64(row)/2)
		count := int(26*max(sc.aspect, .4)) - 6*row
		for n := -count; n < 2*count; n++ {
			x := sc.aspect*float64(n)/float64(count) + .05*(sc.noise(row*500+n+700)-.5) + .04*sc.gene[geneWave+row]
			if x < c.f.X0-.2 || x > c.f.X1+.2 {
				continue
			}
			sc.pine(c, x, base+.03*sc.noise(row*500+n+1300), .12+.1*sc.noise(row*500+n+1900)+.05*float64(row), tone)
		}
		top := base - .004
		c.polygon([]point{{c.f.X0 - 1, top}, {c.f.X1 + 1, top}, {c.f.X1 + 1, c.f.Y1 + 1}, {c.f.X0 - 1, c.f.Y1 + 1}}, fade(tone, Scale(tone, .6), base, base+.3), 1)
	}
}

// pine is a fir of three tiers.
func (sc Scene) pine(c *canvas, x, base, height float64, tone Ink) {
	for tier := range 3 {
		t := float64(tier)
		bottom, top := base-height*.24*t, base-height*(.24*t+.52)
		half := height * (.24 - .055*t)
		c.polygon([]point{{x - half, bottom}, {x + half, bottom}, {x, top}}, fade(mix(tone, Ink{1, 1, .9}, .12), tone, top, bottom), 1)
	}
}

func (sc Scene) city(c *canvas, m mood) {
	for row := range 2 {
		base := sc.horizon() + .14 + .14*float64(row)
		tone := mix(m.far, m.near, .35+.5*float64(row))
		count := int(14 * max(sc.aspect, .4))
		for n := -count; n < 2*count; n++ {
			w := sc.aspect / float64(count)
			x := float64(n)*w + .03*sc.gene[geneWave+row]
			h := .08 + (.26-.06*float64(row))*sc.noise(row*400+n+2500)
			if x > c.f.X1 || x+w < c.f.X0 {
				continue
			}
			sc.block(c, x, base, w*.94, h, tone, m.accent, row*4000+n*40)
		}
		c.polygon([]point{{c.f.X0 - 1, base - .002}, {c.f.X1 + 1, base - .002}, {c.f.X1 + 1, c.f.Y1 + 1}, {c.f.X0 - 1, c.f.Y1 + 1}}, fade(Scale(tone, .8), Scale(m.near, .6), base, base+.3), 1)
	}
}

// block is a house front with lit windows.
func (sc Scene) block(c *canvas, x, base, w, h float64, tone, lit Ink, n int) {
	c.polygon([]point{{x, base}, {x, base - h}, {x + w, base - h}, {x + w, base}}, fade(mix(tone, Ink{1, 1, 1}, .08), tone, base-h, base), 1)
	for row := range int(h / .03) {
		for col := range 3 {
			if sc.noise(9000+n+row*3+col) < .45 {
				continue
			}
			wx, wy := x+w*(.16+.27*float64(col)), base-h+.012+.03*float64(row)
			c.polygon([]point{{wx, wy}, {wx + w*.15, wy}, {wx + w*.15, wy + .013}, {wx, wy + .013}}, flat(lit), .8)
		}
	}
}

func (sc Scene) dunes(c *canvas, m mood) {
	for layer := range 3 {
		base := sc.horizon() + .16 + .13*float64(layer)
		phase := 2 * math.Pi * sc.gene[geneWave+3+layer]
		line := func(x float64) float64 {
			return base - .045*math.Sin((1.5+.6*float64(layer))*x+phase) - .018*math.Abs(math.Sin(2.7*x+phase))
		}
		tone := mix(m.far, m.near, .25+.3*float64(layer))
		c.polygon(sc.below(c, line), fade(mix(tone, m.sun, .35), Scale(tone, .85), base-.06, base+.2), 1)
	}
}

func (sc Scene) grass(c *canvas, m mood) {
	line := sc.ridge(4)
	c.polygon(sc.below(c, func(x float64) float64 { return line(x) + .02 }), fade(mix(m.near, m.accent, .12), Scale(m.near, .55), sc.horizon()+.3, 1), 1)
	for n := range 60 {
		x := sc.aspect * (3*sc.noise(3*n+6000) - 1)
		y := max(line(x)+.05, sc.horizon()+.34+.3*sc.noise(3*n+6001))
		c.ellipse(x, y, .004+.004*sc.noise(3*n+6002), .004, flat(mix(m.accent, Ink{1, 1, 1}, sc.noise(3*n+6002)*.6)), .85)
	}
}

func (sc Scene) snowfall(c *canvas) {
	for n := range 160 {
		size := .0015 + .0035*sc.noise(3*n+7000)
		c.ellipse(sc.aspect*(3*sc.noise(3*n+7001)-1), 3*sc.noise(3*n+7002)-1, size, size, flat(Ink{1, 1, 1}), .75)
	}
}
