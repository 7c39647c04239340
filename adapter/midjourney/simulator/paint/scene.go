package paint

import (
	"image"
	"math"
)

// The genes of a scene, each 0…1: where things are. Variations move them, prompts choose what they place.
const (
	geneHorizon = iota
	geneSunX
	geneSunY
	geneSunSize
	geneSubjectX
	geneSubjectSize
	geneSecondX
	geneWarmth
	geneCloud
	geneRough
	geneWave // eight phases follow
)

// genes is how many there are.
const genes = geneWave + 12

// Scene is a picture before it has pixels: words and genes. It can be drawn at any size and through any frame.
type Scene struct {
	theme  theme
	gene   [genes]float64
	decor  uint32 // places stars, windows and trees
	aspect float64
	focus  *Frame // where the first subject goes, whatever the genes say
}

// NewScene is the scene of a prompt; style, seed and quarter decide the genes.
func NewScene(text string, style uint64, seed uint32, quarter int, aspect float64) Scene {
	sc := Scene{theme: themeOf(text), aspect: aspect}
	dice := uint64(seed)<<16 ^ uint64(quarter)<<8 ^ style
	sc.decor = uint32(Spread(dice ^ 0x5eed))
	for i := range sc.gene {
		dice = Spread(dice + 0x9e3779b97f4a7c15)
		sc.gene[i] = float64(dice>>11) / (1 << 53)
	}
	return sc
}

// Varied moves the genes by a share towards those of another seed.
func (sc Scene) Varied(share float64, seed uint32, quarter int) Scene {
	other := NewScene("", 0, seed, quarter, sc.aspect)
	for i := range sc.gene {
		sc.gene[i] += (other.gene[i] - sc.gene[i]) * share
	}
	if share > .2 {
		sc.decor = other.decor
	}
	return sc
}

// Retold keeps the composition and changes the words.
func (sc Scene) Retold(text string) Scene {
	sc.theme = themeOf(text)
	return sc
}

// Tinted pulls the scene's colours to one.
func (sc Scene) Tinted(c Ink, share float64) Scene {
	sc.theme.mood = sc.theme.mood.towards(c, share)
	return sc
}

// Empty is the scene without anything in it.
func (sc Scene) Empty() Scene {
	sc.theme.subjects = nil
	return sc
}

// Redecorated is the scene with its stars, windows and trees elsewhere.
func (sc Scene) Redecorated(decor uint32) Scene {
	sc.decor = decor
	return sc
}

// FocusedOn is the scene with its first subject at a place.
func (sc Scene) FocusedOn(at *Frame) Scene {
	sc.focus = at
	return sc
}

// NamedOnly is the scene without anything in it that the words do not name.
func (sc Scene) NamedOnly() Scene {
	if !sc.theme.named {
		sc.theme.subjects = nil
	}
	return sc
}

// Holding puts what other words name into this scene, at a place; the words may move its mood as well.
func (sc Scene) Holding(text string, at *Frame) Scene {
	other := themeOf(text)
	share := .12
	if other.moody {
		share = .6
		sc.theme.night, sc.theme.storm, sc.theme.snow = other.night, other.storm, other.snow
	}
	sc.theme.mood = mixMoods(sc.theme.mood, other.mood, share)
	sc.theme.subjects, sc.theme.named, sc.focus = other.subjects, other.named, at
	return sc
}

// OwnFrame is the frame of the scene's own picture.
func (sc Scene) OwnFrame() Frame { return Frame{0, 0, sc.aspect, 1} }

func (sc Scene) horizon() float64 { return .48 + .2*sc.gene[geneHorizon] }

// Draw paints the scene through a frame.
func (sc Scene) Draw(img *image.RGBA, f Frame) {
	c := newCanvas(img, f)
	m := sc.theme.mood
	m.horizon = mix(m.horizon, m.sun, .3*sc.gene[geneWarmth])
	c.background(fade(m.top, m.horizon, -.05, sc.horizon()+.04))
	if sc.theme.night {
		sc.stars(c)
	}
	sc.sun(c, m)
	sc.clouds(c, m)
	sc.ridges(c, m)
	sc.groundCover(c, m)
	for i, name := range sc.theme.subjects {
		sc.subject(c, m, name, i)
	}
	if sc.theme.snow {
		sc.snowfall(c)
	}
}

// noise is a number 0…1 that belongs to n.
func (sc Scene) noise(n int) float64 {
	return float64(Spread(uint64(sc.decor)<<20^uint64(n)*0x9e3779b97f4a7c15)>>11) / (1 << 53)
}

func (sc Scene) sunAt() (x, y, r float64) {
	return sc.aspect * (.15 + .7*sc.gene[geneSunX]), .14 + .26*sc.gene[geneSunY], .045 + .04*sc.gene[geneSunSize]
}

func (sc Scene) sun(c *canvas, m mood) {
	x, y, r := sc.sunAt()
	c.glow(x, y, .9, .75, mix(m.sun, m.horizon, .4), .55)
	c.glow(x, y, .3, .3, m.sun, .6)
	c.ellipse(x, y, r, r, flat(m.sun), 1)
	if sc.theme.night {
		c.ellipse(x+r*.45, y-r*.2, r*.86, r*.86, flat(mix(m.top, m.horizon, .35)), .9)
	}
}

func (sc Scene) stars(c *canvas) {
	for n := range 260 {
		x, y := sc.aspect*(3*sc.noise(4*n)-1), sc.horizon()*(2*sc.noise(4*n+1)-1)
		size := .0012 + .0022*sc.noise(4*n+2)
		c.ellipse(x, y, size, size, flat(Ink{1, 1, .95}), .35+.6*sc.noise(4*n+3))
	}
}

func (sc Scene) clouds(c *canvas, m mood) {
	tone, opacity := mix(m.horizon, Ink{1, 1, 1}, .6), .28
	if sc.theme.storm {
		tone, opacity = Scale(m.top, .7), .5
	}
	if sc.theme.night {
		tone, opacity = mix(m.horizon, m.top, .4), .3
	}
	for n := -2; n < 7; n++ {
		x := sc.aspect * (float64(n)/4.5 + .5*sc.gene[geneCloud] + .3*(sc.noise(900+n)-.5))
		y := .08 + .3*sc.noise(920+n) + .05*sc.gene[geneWave]
		w := .12 + .16*sc.noise(940+n)
		for puff := range 5 {
			shift := float64(puff)/2 - 1
			c.glow(x+shift*w*.8, y+.012*float64(puff%2), w*(1-.25*math.Abs(shift)), w*.3*(1-.3*math.Abs(shift)), tone, opacity*1.6)
		}
	}
}

// ridge is the height line of one layer of hills.
func (sc Scene) ridge(layer int) func(x float64) float64 {
	base := sc.horizon() + float64(layer)*.085 - .02
	height := (.1 - .018*float64(layer)) * (.6 + .9*sc.gene[geneRough])
	g := func(k int) float64 { return 2 * math.Pi * sc.gene[geneWave+(layer*3+k)%12] }
	pitch := 1.6 + float64(layer)*.7
	sharp := sc.theme.ground == "hills" || sc.theme.snow
	return func(x float64) float64 {
		v := math.Sin(pitch*x*2.1+g(0)) + .55*math.Sin(pitch*x*4.7+g(1)) + .28*math.Sin(pitch*x*11.3+g(2))
		if sharp && layer < 2 {
			v += .5*fold(pitch*x*1.9+g(1)) + .22*fold(pitch*x*5.3+g(2))
		}
		return base - height*v*.5
	}
}

// fold is a zigzag between -1 and 1.
func fold(x float64) float64 {
	x = x/math.Pi - math.Floor(x/math.Pi)
	return 1 - 4*math.Abs(x-.5)
}

// layers is how many rows of hills stand behind the foreground.
func (sc Scene) layers() int {
	if sc.theme.ground == "sea" || sc.theme.ground == "city" {
		return 2
	}
	return 4
}

func (sc Scene) ridges(c *canvas, m mood) {
	for layer := range sc.layers() {
		depth := float64(layer) / 3
		top := mix(m.far, m.near, depth)
		haze := mix(top, m.horizon, .45*(1-depth))
		if sc.theme.snow {
			top = mix(top, Ink{.96, .98, 1}, .55)
		}
		line := sc.ridge(layer)
		c.polygon(sc.below(c, line), fade(top, haze, sc.horizon()+float64(layer)*.085-.1, sc.horizon()+float64(layer)*.085+.16), 1)
	}
}

// below is the area under a height line, across the whole frame.
func (sc Scene) below(c *canvas, line func(float64) float64) []point {
	width := c.f.X1 - c.f.X0
	n := min(max(c.img.Bounds().Dx()/3, 48), 512)
	shape := []point{{c.f.X1 + .1*width, c.f.Y1 + 1}, {c.f.X0 - .1*width, c.f.Y1 + 1}}
	for i := range n + 1 {
		x := c.f.X0 + width*(1.04*float64(i)/float64(n)-.02)
		shape = append(shape, point{x, line(x)})
	}
	return shape
}
