package workflow

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"midgate/adapter"
	"midgate/adapter/prompt"
)

// checkAct refuses an action that this picture does not have, and completes a grid's quarter from its index.
func checkAct(img adapter.Image, act *adapter.Act) error {
	if act.CustomID != "" {
		i := slices.IndexFunc(img.AllButtons(), func(b adapter.Button) bool { return b.CustomID == act.CustomID })
		if i < 0 {
			return unavailable("custom_id", "This picture has no button with that custom_id", img)
		}
		b := img.AllButtons()[i]
		if act.Action != "" && act.Action != b.Action {
			return adapter.BadParam("action", "invalid_value", "custom_id is another button than action: send one of them.")
		}
		if act.Count() > 4 {
			return adapter.BadParam("n", "invalid_value", "A press by its custom_id is pressed once: n must be at most 4.")
		}
		if animates(b.Action) {
			return adapter.BadParam("custom_id", "invalid_value", "This button makes a video: ask for the action %q instead.", b.Action)
		}
		return checkExtras(img, act, b.Action)
	}
	if act.Action == "" {
		return adapter.BadParam("action", "missing_required_parameter", "An action is needed: one of %s.", strings.Join(adapter.Actions, ", "))
	}
	if !slices.Contains(adapter.Actions, act.Action) {
		return adapter.BadParam("action", "invalid_value", "Unknown action %q: it must be one of %s.", act.Action, strings.Join(adapter.Actions, ", "))
	}
	if act.Index < 0 || act.Index > 4 {
		return adapter.BadParam("index", "invalid_value", "index must be 1 to 4: top left, top right, bottom left, bottom right.")
	}
	if img.IsGrid() && act.Index == 0 && act.Action != adapter.ActReroll {
		return adapter.BadParam("index", "missing_required_parameter", "This picture is a whole grid: %s needs an index from 1 to 4, or ask for one of its quarters.", act.Action)
	}
	if act.Action == adapter.ActZoomCustom && (act.Zoom <= 1 || act.Zoom > 2) {
		return adapter.BadParam("zoom", "invalid_value", "zoom_custom needs a zoom above 1 and at most 2, for example 1.8.")
	}
	if !img.MayHave(act.Action) {
		return unavailable("action", fmt.Sprintf("Midjourney does not offer %q for this picture", act.Action), img)
	}
	return checkExtras(img, act, act.Action)
}

// takesWords are the buttons whose dialog takes words. What is not known by name may take some.
var takesWords = []string{"", adapter.ActVary, adapter.ActReroll, adapter.ActVarySubtle, adapter.ActVaryStrong, adapter.ActVaryRegion, adapter.ActZoomCustom,
	adapter.ActPanLeft, adapter.ActPanRight, adapter.ActPanUp, adapter.ActPanDown, adapter.ActAnimateLow, adapter.ActAnimateHigh}

// zoomOf are the factors of the buttons that have one of their own.
var zoomOf = map[string]float64{adapter.ActZoomOut2x: 2, adapter.ActZoomOut15x: 1.5}

// checkExtras refuses what comes with a press whose button cannot use it: the press would be paid without it.
func checkExtras(img adapter.Image, act *adapter.Act, action string) error {
	quarter := act.Index > 0 && (act.CustomID != "" || !img.IsGrid() && act.Index != max(img.Index, 1))
	switch {
	case single(action) && act.Count() > 1:
		return adapter.BadParam("n", "invalid_value", "This button makes one picture, the same each time it is pressed: 'n' must be 1.")
	case act.Mask != nil && action != adapter.ActVaryRegion:
		return adapter.BadParam("mask", "invalid_value", "Only vary_region takes a mask.")
	case act.Zoom > 1 && action != adapter.ActZoomCustom && act.Zoom != zoomOf[action]:
		return adapter.BadParam("zoom", "invalid_value", "Only the action zoom_custom takes a zoom.")
	case quarter || act.Index > 0 && img.IsGrid() && act.Index > len(img.Cells):
		return adapter.BadParam("index", "invalid_value", "index chooses one of the %d pictures of a whole grid; this is picture %d.", max(len(img.Cells), 1), max(img.Index, 1))
	case worded(act) && (!slices.Contains(takesWords, action) || img.Bare() && !animates(action)):
		if act.Prompt != img.Prompt && act.Prompt != img.RevisedPrompt {
			return adapter.BadParam("prompt", "invalid_value", "This button takes no words. To change the picture, vary or edit it.")
		}
		return onlyOwnLooks(act.Generation)
	}
	return nil
}

// onlyOwnLooks refuses settings for a button that is pressed without words: it repeats the picture's own.
func onlyOwnLooks(g adapter.Generation) error {
	looks := slices.DeleteFunc(g.Midjourney.Looks(), func(name string) bool { return slices.Contains(g.Midjourney.Unasked, name) })
	if len(looks) > 0 {
		return adapter.BadParam("midjourney."+looks[0], "invalid_value", "A button pressed without words repeats the picture's own words and settings: say what is to be seen, with 'midjourney.%s'.", looks[0])
	}
	return nil
}

// onlyOwnVersion refuses a model of another version for a button that is pressed without words: it draws with its
// picture's.
func (s *Recipes) onlyOwnVersion(img adapter.Image, model string) error {
	m, err := prompt.ParseModel(model, s.cfg.Aliases)
	if err != nil || m.Version == "" {
		return err
	}
	own, named := adapter.Midjourney{Version: m.Version}, prompt.Drawing{Version: m.Version, Niji: m.Niji}.VersionName()
	if m.Niji {
		own = adapter.Midjourney{Niji: m.Version}
	}
	if named == img.Version || img.Version == "" && prompt.Lacks(cmp.Or(img.RevisedPrompt, img.Prompt), own) == "" {
		return nil
	}
	return adapter.BadParam("model", "invalid_value", "A button pressed without words draws with its picture's own version (%s): name the model without a version, or say what is to be seen.", cmp.Or(img.Version, "not known"))
}

// inRegion refuses another shape for an area that is drawn anew: its picture keeps its own.
func inRegion(img adapter.Image, g *adapter.Generation) error {
	if p, err := prompt.Read(g.Prompt); err == nil {
		if ratio, _ := p.Flag("ar"); ratio != "" && !prompt.Alike(ratio, fmt.Sprintf("%d:%d", img.Width, img.Height)) {
			return adapter.BadParam("prompt", "invalid_value", "An area that is drawn anew keeps the picture's shape: leave --ar out.")
		}
	}
	err := onlyOwnShape(img, g.Size, "An area that is drawn anew keeps the picture's shape: leave 'size' out.")
	g.Size = ""
	return err
}

// ofWords says why a shape cannot be used without words.
const ofWords = "A button pressed without words keeps the picture's shape: leave 'size' out, or say what is to be seen, too."

// onlyOwnShape refuses a shape where the picture keeps its own, and says why. A square is what clients send unasked.
func onlyOwnShape(img adapter.Image, size, why string) error {
	ratio, err := prompt.Ratio(size)
	if err != nil || ratio == "" || ratio == "1:1" {
		return err
	}
	if own, err := prompt.Ratio(fmt.Sprintf("%dx%d", img.Width, img.Height)); err == nil && prompt.Alike(ratio, own) {
		return nil
	}
	return adapter.BadParam("size", "invalid_value", "%s", why)
}

// custom makes a zoom that comes with words a custom one, where there is such a button: the others have no dialog for them.
func custom(img adapter.Image, act *adapter.Act) {
	if factor := zoomOf[act.Action]; factor > 0 && act.CustomID == "" && (act.Zoom <= 1 || act.Zoom == factor) && worded(act) && img.MayHave(adapter.ActZoomCustom) {
		act.Action, act.Zoom = adapter.ActZoomCustom, factor
	}
}

func unavailable(param, why string, img adapter.Image) *adapter.Error {
	return adapter.BadParam(param, "action_unavailable", "%s. Available now: %s.", why, cmp.Or(strings.Join(img.Offers(), ", "), "none"))
}

// afterPaid says of a press that turned out to be impossible that its U was paid, and is there.
func afterPaid(err error, paid bool) error {
	e, ok := errors.AsType[*adapter.Error](err)
	if !ok || !paid {
		return err
	}
	told := *e
	told.Message = "One job was paid to make this quarter a picture of its own, which shows what can be done with it. " + e.Message
	return &told
}

// worded reports whether a press comes with words of its own: a button that would run at once is asked for its dialog then.
func worded(act *adapter.Act) bool { return strings.TrimSpace(act.Prompt) != "" }
