package images

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/tidwall/gjson"

	"midgate/adapter"
	"midgate/proxy/body"
	"midgate/proxy/web"
)

// Act serves POST /v1/images/{id}/actions: it presses a button of that picture.
func (s *Routes) Act(c *gin.Context) error {
	img, err := s.named(c)
	if err != nil {
		return err
	}
	p, err := s.Read(c)
	if err != nil {
		return err
	}
	act, stream, err := s.decodeAct(c, p, img.ID)
	if err != nil {
		return err
	}
	if act.Action == adapter.ActAnimateLow || act.Action == adapter.ActAnimateHigh {
		return s.animate(c, p, act)
	}
	a, err := web.Attempt(c, p, stream, web.EchoOf(act.Generation))
	if err != nil {
		return err
	}
	t, err := s.drawer.Act(c.Request.Context(), a, act)
	if err != nil {
		return err
	}
	if stream {
		return s.stream(c, t, "image_edit", web.EchoOf(act.Generation))
	}
	return s.Deliver(c, t, s.Render(c, web.EchoOf(act.Generation)))
}

func (s *Routes) decodeAct(c *gin.Context, p *body.Body, id string) (act adapter.Act, stream bool, err error) {
	act.Generation, stream, err = ReadGeneration(p, false)
	web.RequestOf(c).Model = act.Model
	if err != nil {
		return act, false, err
	}
	act.Image = id
	var read body.Steps
	read.Do(func() (err error) { act.Action, err = readAction(p); return })
	read.Do(func() (err error) { act.CustomID, err = p.Text("custom_id"); return })
	read.Do(func() (err error) { act.Index, err = readIndex(p); return })
	read.Do(func() (err error) { act.Zoom, err = readZoom(p); return })
	read.Do(func() (err error) { act.Force, err = p.Truth("force"); return })
	read.Do(func() error { return s.mask(c, p, &act) })
	if read.Err != nil {
		return act, false, read.Err
	}
	if act.Action == "" && act.CustomID == "" {
		return act, false, adapter.BadParam("action", "missing_required_parameter", "Missing required parameter: 'action' (or 'custom_id').")
	}
	if err := onlyPresses(p, act); err != nil {
		return act, false, err
	}
	var same []string // names under which the picture of the address is told once more
	for name, v := range p.Fields {
		if v.Str == id {
			same = append(same, name)
		}
	}
	if err := p.Strange(same...); err != nil {
		return act, false, err
	}
	return act, stream, s.ReachableWords(c, &act.Prompt)
}

// given is what a body says of a picture's looks in the names of the midjourney object, as the parameters that it sent: what
// clients send for other APIs is no wish of this one.
func given(p *body.Body, also ...string) (params []string) {
	m, err := readSettings(p, also)
	if err != nil {
		return nil // it was said before
	}
	inside, _ := p.Object("midjourney") // read before
	for _, name := range m.Looks() {
		params = append(params, sentAs(p, inside, name))
	}
	return params
}

// sentAs is the parameter by which a member of the midjourney object was sent.
func sentAs(p *body.Body, inside gjson.Result, member string) string {
	if !inside.Map()[member].Exists() {
		for _, beside := range besideNames {
			if beside.member == member && body.Says(p.Fields[beside.name]) {
				return beside.name
			}
		}
	}
	return "midjourney." + member
}

// onlyPresses refuses what a press would leave out: it works on one picture, and without words of its own it repeats that
// picture's words and settings.
func onlyPresses(p *body.Body, act adapter.Act) error {
	if len(act.Midjourney.ReferenceImages) > 0 {
		return adapter.BadParam("midjourney.reference_images", "invalid_value", "A press works on the picture that the address names: edit that picture to bring others along.")
	}
	if act.Action == adapter.ActAnimateLow || act.Action == adapter.ActAnimateHigh {
		if foreign := foreignLooks(p); foreign != "" {
			return adapter.BadParam(foreign, "invalid_value", "A video looks like the picture that it begins with: '%s' cannot change that.", foreign)
		}
		for _, name := range []string{"seconds", "duration", "motion", "loop", "video_type", "end_image"} {
			if body.Says(p.Fields[name]) {
				return adapter.BadParam(name, "invalid_value", "This button makes one clip of about five seconds: POST /v1/videos takes '%s'.", name)
			}
		}
		return OnlyFilms(p, &act.Generation, true)
	}
	if err := noClips(act.Generation); err != nil {
		return err
	}
	if strings.TrimSpace(act.Prompt) != "" {
		return nil
	}
	unused := given(p)
	if foreign := foreignLooks(p); foreign != "" {
		unused = append(unused, foreign)
	}
	if len(unused) > 0 {
		return adapter.BadParam(unused[0], "invalid_value", "A press without words repeats the picture's own words and settings: send a 'prompt' with '%s'.", unused[0])
	}
	return nil
}

// foreignLooks is the first parameter of OpenAI's or of another API that says how a picture is to look. At midgate's own
// routes nobody sends one without meaning it.
func foreignLooks(p *body.Body) string {
	shapes, _ := readShapes(p) // what cannot be read was refused before
	if len(shapes) > 0 {
		return shapes[0].param
	}
	if name := foreignSetting(p); name != "" {
		return name
	}
	if strings.EqualFold(p.Hint("style"), "raw") {
		return "style"
	}
	return ""
}

// OnlyAnimated refuses other APIs' settings of a drawing where a video begins with a picture.
func OnlyAnimated(p *body.Body) error {
	if name := foreignSetting(p); name != "" {
		return adapter.BadParam(name, "invalid_value", "A video looks like the picture that it begins with: '%s' cannot change that.", name)
	}
	return nil
}

// foreignSetting is the first of those that other image APIs call so.
func foreignSetting(p *body.Body) string {
	for _, name := range []string{"negative_prompt", "negativePrompt"} {
		if body.Says(p.Fields[name]) {
			return name
		}
	}
	if seed, _ := readSeed(p.Fields["seed"], "seed"); seed != nil {
		return "seed"
	}
	return ""
}

// FilmMembers are the members of the midjourney object that belong to videos alone.
var FilmMembers = []string{"motion", "loop", "video_type", "end_image"}

// OnlyFilms refuses what a video would leave out. begun: there is a picture or a video that it begins with.
func OnlyFilms(p *body.Body, g *adapter.Generation, begun bool) error {
	if g.N > 1 {
		return adapter.BadParam("n", "invalid_value", "A request makes one video: 'midjourney.batch_size' (1, 2 or 4) asks for more clips of it.")
	}
	if !begun {
		return nil // the settings are those of the picture that is drawn first
	}
	for _, name := range given(p, FilmMembers...) {
		if name != "raw" && name != "midjourney.raw" {
			return adapter.BadParam(name, "invalid_value", "A video looks like the picture that it begins with: '%s' cannot change that.", name)
		}
	}
	return nil
}

// readAction reads one of the names, or what the button says; which of them this picture offers is the core's business.
func readAction(p *body.Body) (string, error) {
	name, err := p.Text("action")
	if err != nil || name == "" || slices.Contains(adapter.Actions, name) {
		return name, err
	}
	if known := adapter.ActionNamed(name); known != "" {
		return known, nil
	}
	return "", adapter.BadParam("action", "invalid_value", "'action' must be one of %s.", body.Quoted(adapter.Actions))
}

func readIndex(p *body.Body) (int, error) {
	n, err := p.Whole("index", 1, 4)
	if err != nil || n == nil {
		return 0, err
	}
	return int(*n), nil
}

// readZoom reads the factor of Custom Zoom.
func readZoom(p *body.Body) (float64, error) {
	z, err := body.Decimal(p.Fields["zoom"], "zoom")
	if err != nil || z == nil {
		return 0, err
	}
	if *z < 1 || *z > 2 {
		return 0, adapter.BadParam("zoom", "invalid_value", "'zoom' must be a number from 1 to 2.")
	}
	return *z, nil
}

// mask looks the mask up, if there is one.
func (s *Routes) mask(c *gin.Context, p *body.Body, act *adapter.Act) error {
	if err := p.JSONImages(); err != nil {
		return err
	}
	if err := p.Unused("mask"); err != nil || p.Mask == nil {
		return err
	}
	ref, err := s.Resolve(c, *p.Mask)
	if err != nil {
		return fmt.Errorf("mask: %w", err)
	}
	act.Mask = &ref
	return nil
}
