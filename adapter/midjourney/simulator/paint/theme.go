package paint

import (
	"cmp"
	"slices"
	"strings"
)

// theme is what a prompt's words make of a scene: the same words always give the same theme, seeds only move things.
type theme struct {
	mood     mood
	ground   string // hills, sea, forest, city, desert
	subjects []string
	tint     Ink // a colour the words ask for
	tinted   float64
	snow     bool
	night    bool
	storm    bool
	moody    bool // the words say which mood
	named    bool // the words name a subject
}

// mood is a palette.
type mood struct{ top, horizon, sun, far, near, water, accent Ink }

// moods by name; each is sky above, sky at the horizon, sun, far hills, near hills, water, accent.
var moods = map[string]mood{
	"day":    {rgb(0x2f7fc4), rgb(0xcfe8f5), rgb(0xfff3c4), rgb(0x8fb3c7), rgb(0x2f5d50), rgb(0x3b83a8), rgb(0xd9483b)},
	"sunset": {rgb(0x3a2a5e), rgb(0xff9f5a), rgb(0xffe29a), rgb(0xa4567a), rgb(0x2b1a35), rgb(0x8a4a70), rgb(0xf2c14e)},
	"dawn":   {rgb(0x7a86c8), rgb(0xffd9c7), rgb(0xfff0dc), rgb(0xb79fc0), rgb(0x45506e), rgb(0x9fa9cf), rgb(0xe86f68)},
	"night":  {rgb(0x050a24), rgb(0x27386e), rgb(0xf4f1dc), rgb(0x22305c), rgb(0x060a18), rgb(0x101d48), rgb(0xffcf6b)},
	"storm":  {rgb(0x1f2a36), rgb(0x8798a3), rgb(0xdfe6e6), rgb(0x546672), rgb(0x18242c), rgb(0x32505c), rgb(0xe0b64a)},
	"winter": {rgb(0x7fa6c9), rgb(0xeef4f8), rgb(0xffffff), rgb(0xb9cddb), rgb(0x5c7890), rgb(0x8fb4c8), rgb(0xc23b3b)},
	"desert": {rgb(0x4f8fb8), rgb(0xf8e0b0), rgb(0xfff6d8), rgb(0xd99a5b), rgb(0x9a4f2a), rgb(0x4a9aa8), rgb(0x2f6f73)},
	"forest": {rgb(0x4d8f86), rgb(0xe6eec2), rgb(0xfff7c8), rgb(0x7fa67c), rgb(0x16382c), rgb(0x3f7f74), rgb(0xe39a2f)},
	"dream":  {rgb(0x3b1f6b), rgb(0xf49ac1), rgb(0xfff0f8), rgb(0x8a5fb0), rgb(0x2a1850), rgb(0x5a4aa8), rgb(0x4fe0d0)},
}

// meaning maps words to what they set.
var (
	moodWords = map[string]string{
		"night": "night", "moon": "night", "midnight": "night", "dark": "night", "stars": "night", "space": "night", "neon": "night",
		"sunset": "sunset", "dusk": "sunset", "evening": "sunset", "autumn": "sunset", "fire": "sunset", "warm": "sunset",
		"dawn": "dawn", "morning": "dawn", "mist": "dawn", "misty": "dawn", "fog": "dawn", "pastel": "dawn", "sunrise": "dawn",
		"storm": "storm", "rain": "storm", "stormy": "storm", "thunder": "storm", "dramatic": "storm",
		"snow": "winter", "winter": "winter", "ice": "winter", "snowy": "winter", "arctic": "winter",
		"desert": "desert", "dune": "desert", "dunes": "desert", "sand": "desert", "mars": "desert",
		"forest": "forest", "jungle": "forest", "woods": "forest", "garden": "forest", "meadow": "forest",
		"dream": "dream", "fantasy": "dream", "magic": "dream", "surreal": "dream", "cyberpunk": "dream",
		"day": "day", "summer": "day", "sunny": "day", "noon": "day", "aurora": "night",
	}
	groundWords = map[string]string{
		"sea": "sea", "ocean": "sea", "lake": "sea", "water": "sea", "river": "sea", "harbour": "sea", "harbor": "sea",
		"beach": "sea", "coast": "sea", "waves": "sea", "island": "sea", "lighthouse": "sea", "boat": "sea", "ship": "sea", "fish": "sea",
		"forest": "forest", "woods": "forest", "jungle": "forest", "trees": "forest", "pines": "forest",
		"city": "city", "town": "city", "street": "city", "skyline": "city", "tokyo": "city", "paris": "city", "cyberpunk": "city", "building": "city",
		"desert": "desert", "dune": "desert", "dunes": "desert", "mars": "desert", "sand": "desert",
		"mountain": "hills", "mountains": "hills", "hills": "hills", "valley": "hills", "meadow": "hills",
	}
	subjectWords = map[string]string{
		"lighthouse": "lighthouse", "boat": "boat", "ship": "boat", "sailboat": "boat", "rowing": "boat",
		"fox": "animal", "cat": "animal", "dog": "animal", "wolf": "animal", "animal": "animal", "kitten": "animal", "otter": "animal", "corgi": "animal",
		"house": "house", "cabin": "house", "cottage": "house", "hut": "house", "barn": "house",
		"castle": "castle", "tower": "castle", "palace": "castle", "temple": "castle",
		"tree": "tree", "oak": "tree", "bonsai": "tree",
		"balloon": "balloon", "balloons": "balloon", "airship": "balloon",
		"flower": "flower", "rose": "flower", "flowers": "flower", "tulip": "flower", "sunflower": "flower",
		"person": "figure", "portrait": "figure", "woman": "figure", "man": "figure", "girl": "figure", "boy": "figure", "astronaut": "figure", "knight": "figure", "robot": "figure", "wizard": "figure",
		"bird": "birds", "birds": "birds", "dragon": "birds", "owl": "birds",
		"rocket": "rocket", "spaceship": "rocket",
	}
	colourWords = map[string]uint32{
		"red": 0xd8322e, "crimson": 0xb01030, "orange": 0xf08a24, "yellow": 0xf6cf3a, "gold": 0xe0aa30, "golden": 0xe0aa30,
		"green": 0x3a9d4e, "emerald": 0x1f9d72, "teal": 0x1f9a9a, "blue": 0x2f66d0, "cyan": 0x35c3e0, "purple": 0x7c3fb8,
		"violet": 0x8a4fd0, "pink": 0xf07fb0, "magenta": 0xd83fa0, "brown": 0x8a5a34, "white": 0xf4f4f0, "black": 0x14141c,
		"gray": 0x85888f, "grey": 0x85888f, "silver": 0xb4bcc4, "fox": 0xdd6b26,
	}
)

// themeOf reads a prompt's text.
func themeOf(text string) theme {
	t := theme{}
	moodName, hash := "", Hash(text)
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r < 'a' || r > 'z' }) {
		moodName = cmp.Or(moodName, moodWords[word])
		t.ground = cmp.Or(t.ground, groundWords[word])
		if subject := subjectWords[word]; subject != "" && len(t.subjects) < 3 && !slices.Contains(t.subjects, subject) {
			t.subjects = append(t.subjects, subject)
		}
		if value, ok := colourWords[word]; ok && t.tinted == 0 {
			t.tint, t.tinted = rgb(value), .42
		}
		t.snow = t.snow || moodWords[word] == "winter"
	}
	t.moody, t.named = moodName != "" || t.tinted > 0, len(t.subjects) > 0
	if moodName == "" {
		moodName = []string{"day", "sunset", "dawn", "forest", "dream"}[hash%5]
	}
	t.place(moodName, hash)
	t.mood, t.night, t.storm = moods[moodName], moodName == "night", moodName == "storm"
	if t.tinted > 0 {
		t.mood = t.mood.towards(t.tint, t.tinted)
	}
	return t
}

// place chooses ground and subject where the words name none; who cannot swim is not put to sea.
func (t *theme) place(moodName string, hash uint32) {
	if t.ground == "" {
		t.ground = map[string]string{"desert": "desert", "forest": "forest"}[moodName]
	}
	if t.ground == "" && len(t.subjects) > 0 {
		t.ground = []string{"hills", "forest"}[hash>>3%2]
	}
	if t.ground == "" {
		t.ground = []string{"hills", "sea", "hills", "forest"}[hash>>3%4]
	}
	if len(t.subjects) > 0 {
		return
	}
	t.subjects = []string{[]string{"balloon", "tree", "house", "castle", "birds"}[hash>>6%5]}
	if t.ground == "sea" {
		t.subjects = []string{[]string{"boat", "lighthouse", "balloon", "birds"}[hash>>6%4]}
	}
}

// towards pulls a palette to a colour; sun and accent keep more of their own.
func (m mood) towards(c Ink, share float64) mood {
	return mood{
		top: mix(m.top, Scale(c, .55), share), horizon: mix(m.horizon, mix(c, Ink{1, 1, 1}, .5), share),
		sun: m.sun, far: mix(m.far, mix(c, m.far, .3), share), near: mix(m.near, Scale(c, .35), share),
		water: mix(m.water, Scale(c, .7), share), accent: mix(m.accent, c, .8),
	}
}

// mixMoods is the way from one mood to another; what stands out changes most.
func mixMoods(a, b mood, share float64) mood {
	return mood{
		mix(a.top, b.top, share), mix(a.horizon, b.horizon, share), mix(a.sun, b.sun, share), mix(a.far, b.far, share),
		mix(a.near, b.near, share), mix(a.water, b.water, share), mix(a.accent, b.accent, max(share, .7)),
	}
}

// Scale makes a colour brighter or darker.
func Scale(c Ink, k float64) Ink { return Ink{c.R * k, c.G * k, c.B * k} }

// NearestColour names a colour.
func NearestColour(c Ink) string {
	best, name := 9., "muted"
	for _, word := range []string{"red", "orange", "yellow", "green", "teal", "blue", "purple", "pink", "brown", "white", "black", "grey"} {
		d := rgb(colourWords[word])
		if far := (c.R-d.R)*(c.R-d.R) + (c.G-d.G)*(c.G-d.G) + (c.B-d.B)*(c.B-d.B); far < best {
			best, name = far, word
		}
	}
	return name
}
