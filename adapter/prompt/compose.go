package prompt

import (
	"slices"
	"strings"

	"midgate/adapter"
)

// Drawing is what a request asks Midjourney to draw.
type Drawing struct {
	Prompt  string        // addresses, text and parameters: what is submitted
	Text    string        // the words alone
	Version string        // "7", "8.1"; empty: the upstream decides
	Niji    bool          // Version is one of Niji's
	Speed   adapter.Speed // chooses the upstream's path; never part of Prompt
	Upscale bool          // high quality in upscale mode: every picture is upscaled
	Ratio   string        // "3:2"; empty: none is sent
	Seeded  bool          // the drawing names its seed
}

// Options are what decides a drawing besides the request.
type Options struct {
	DefaultSpeed adapter.Speed // when nothing names one
	SpeedLimit   adapter.Speed // the dearest that a client may choose; empty: any
	QualityHigh  string        // QualityNative or QualityUpscale
	Ratio        string        // used when neither prompt nor size names one, such as an edited picture's own
	Image        bool          // there is at least one image prompt, so the text may be empty
	Repeats      bool          // the prompt is one that was drawn before
	Fidelity     string        // input_fidelity: high and low become --iw
}

// Compose turns a request's words into a prompt or refuses them with an Invalid *Error. What the prompt says wins over
// the midjourney object, that over size, quality and style, and those over the model's name; nothing is sent twice.
// What follows from size, quality or style but does not exist in the version is left out.
func Compose(g adapter.Generation, m Model, o Options) (Drawing, error) {
	c, err := newBuilder(g.Prompt, o.Image)
	if err != nil {
		return Drawing{}, err
	}
	if err := c.chooseRelease(g.Midjourney, m); err != nil {
		return Drawing{}, err
	}
	if err := c.addOwn(g.Midjourney); err != nil {
		return Drawing{}, err
	}
	if err := c.addSize(g.Size, o.Ratio); err != nil {
		return Drawing{}, err
	}
	upscale := c.addQuality(g.Quality, o.QualityHigh)
	c.addStyle(g.Style)
	c.addFidelity(o.Fidelity)
	if err := c.check(c.release, c.from); err != nil {
		return Drawing{}, err
	}
	if err := c.weighs(); err != nil && !o.Repeats {
		return Drawing{}, err
	}
	speed, err := ChooseSpeed(c.Speed, g.Midjourney.Speed, m.Speed, o)
	if err != nil {
		return Drawing{}, err
	}
	if speed, err = c.release.fitting(speed, c.Speed, g.Midjourney.Speed, m.Speed); err != nil {
		return Drawing{}, err
	}
	d := Drawing{
		Prompt: c.String(), Text: c.Text, Version: c.release.number(), Niji: c.release.niji,
		Speed: speed, Upscale: upscale,
	}
	d.Ratio, _ = c.Flag("ar")
	_, d.Seeded = c.Flag("seed")
	return d, CheckDenied(d.Prompt)
}

func newBuilder(text string, image bool) (*builder, error) {
	p, err := readPrompt(text)
	if err != nil {
		return nil, err
	}
	pictures := len(p.URLs)
	if image {
		pictures++
	}
	if err := p.requireWords(image); err != nil {
		return nil, err
	}
	return &builder{Prompt: p, from: map[string]string{}, pictures: pictures > 0}, nil
}

// chooseRelease settles the version, and sends it unless the prompt does: the prompt's, the midjourney object's, the
// model's, or none.
func (c *builder) chooseRelease(own adapter.Midjourney, m Model) error {
	asked, param, err := ownRelease(own)
	if err != nil {
		return err
	}
	if c.release = c.Prompt.version(); c.release.known() {
		return nil
	}
	if c.release = asked; !asked.known() && m.Version != "" {
		c.release, _ = parseRelease(m.Version, m.Niji) // ParseModel has checked it
		param = "model"
	}
	if !c.release.known() {
		return nil
	}
	name := "v"
	if c.release.niji {
		name = "niji"
	}
	c.put(Flag{name, c.release.number()}, param)
	return nil
}

// ownRelease is the version that the midjourney object names, and the field that names it.
func ownRelease(own adapter.Midjourney) (Version, string, error) {
	version := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(own.Version)), "v")
	niji := strings.ToLower(strings.TrimSpace(own.Niji))
	switch niji {
	case "false":
		niji = ""
	case "true":
		niji = newestNiji
	}
	text, param := version, "midjourney.version"
	if niji != "" {
		text, param = niji, "midjourney.niji"
	}
	switch {
	case version != "" && niji != "":
		return Version{}, "", adapter.BadParam(param, "invalid_value", "midjourney.version and midjourney.niji exclude each other: use one of them.")
	case text == "":
		return Version{}, "", nil
	}
	r, ok := parseRelease(text, niji != "")
	if !ok {
		return Version{}, "", adapter.BadParam(param, "invalid_value", "%s must be %s.", param, versionForm{niji != ""})
	}
	return r, param, nil
}

// ChooseSpeed is the prompt's speed, the midjourney object's, the model's or the default.
func ChooseSpeed(prompt adapter.Speed, own string, model adapter.Speed, o Options) (adapter.Speed, error) {
	asked := adapter.Speed(strings.ToLower(strings.TrimSpace(own)))
	if asked != "" && !slices.Contains(speeds, asked) {
		return "", adapter.BadParam("midjourney.speed", "invalid_value", "midjourney.speed must be relax, fast or turbo.")
	}
	for _, choice := range []struct {
		speed adapter.Speed
		param string
	}{{prompt, "prompt"}, {asked, "midjourney.speed"}, {model, "model"}} {
		if choice.speed == "" {
			continue
		}
		if o.SpeedLimit != "" && slices.Index(speeds, choice.speed) > slices.Index(speeds, o.SpeedLimit) {
			return "", adapter.BadParam(choice.param, "invalid_value", "The speed %s is not offered here: the dearest is %s.", choice.speed, o.SpeedLimit)
		}
		return choice.speed, nil
	}
	return o.DefaultSpeed, nil
}

// fitting is the speed at which a version is drawn: 8.1 and later have no turbo. Who asked
// for it by name is told; where it is only the default, fast takes its place.
func (r Version) fitting(speed, prompt adapter.Speed, own string, model adapter.Speed) (adapter.Speed, error) {
	if speed != adapter.Turbo || r.niji || !r.known() || r.num < 8.1 {
		return speed, nil
	}
	var param string
	switch {
	case prompt == adapter.Turbo:
		param = "prompt"
	case strings.EqualFold(strings.TrimSpace(own), string(adapter.Turbo)):
		param = "midjourney.speed"
	case model == adapter.Turbo:
		param = "model"
	default:
		return adapter.Fast, nil
	}
	return "", adapter.BadParam(param, "invalid_value", "Midjourney %s has no turbo: use fast or relax, or version 7.", r.number())
}

// VersionName is the version as a record shows it: "7", "niji 6", or empty when the upstream decides.
func (d Drawing) VersionName() string {
	if d.Niji {
		return strings.TrimSpace("niji " + d.Version)
	}
	return d.Version
}
