package chat

import (
	"cmp"
	"slices"

	"midgate/adapter"
	"midgate/adapter/chat/intent"
)

// scene is what a turn can be about.
type scene struct {
	words    string
	attached []string
	last     Showing   // the pictures shown last; of a video, those it was made after
	video    string    // the video shown last, if nothing came after it
	chosen   Showing   // the pictures that a number chooses from
	before   Showing   // what was shown before the last
	all      []Showing // all that were shown, oldest first
	parent   bool      // the record of the last picture names one that it was made from
	prompt   string    // what the last picture was drawn from, where its record knows it
}

// scene looks at what was shown, newest first.
func (c Conversation) scene(o Options) scene {
	s := scene{words: c.Words, attached: c.Attached}
	pictures := slices.DeleteFunc(slices.Clone(c.Shown), func(s Showing) bool { return len(s.Images)+len(s.Sent) == 0 })
	if n := len(c.Shown); n > 0 {
		s.video = c.Shown[n-1].Video
	}
	s.all = pictures
	if n := len(pictures); n > 0 {
		s.last = pictures[n-1]
		if s.video != "" {
			s.before = s.last // back from a video is its picture
		} else if n > 1 {
			s.before = pictures[n-2]
		}
	}
	s.know(o)
	for _, p := range slices.Backward(pictures) {
		if s.chosen.choices() < 2 && p.choices() > 1 {
			s.chosen = p
		}
	}
	if s.last.choices() > 1 || s.chosen.choices() == 0 {
		s.chosen = s.last
	}
	return s
}

// know completes what the messages say of the last picture by its record: whether it is a grid, what it was chosen from.
func (s *scene) know(o Options) {
	if o.Picture == nil || len(s.last.Images) == 0 {
		return
	}
	img, ok := o.Picture(s.last.Images[0])
	if !ok {
		return
	}
	s.prompt = cmp.Or(img.Prompt, img.RevisedPrompt)
	if len(s.last.Images) > 1 {
		return
	}
	s.last.Grid = img.IsGrid()
	s.parent = img.Parent != "" || img.Grid != ""
	if img.Grid != "" {
		s.chosen = Showing{Images: []string{img.Grid}, Grid: true}
	}
}

// choices is how many pictures a number chooses from: several that came along, else those that were shown.
func (s scene) choices() int {
	if n := len(s.attached); n > 1 {
		return n
	}
	return s.chosen.choices()
}

// turn is what the words are decided by.
func (s scene) turn(c Conversation) intent.Turn {
	t := intent.Turn{Words: c.Words, Attached: len(c.Attached), Language: c.Language, Choices: s.choices()}
	switch {
	case s.video != "":
		t.Shown = intent.Video
	case s.last.choices() > 1:
		t.Shown = intent.Grid
	case len(s.last.Images)+len(s.last.Sent) > 0:
		t.Shown = intent.Single
	default:
		t.Shown = intent.Nothing
	}
	return t
}

// about says which pictures a turn is about: those that came with it, the one that a number chooses, those shown last.
func (s scene) about(t Turn, d intent.Decision) (Turn, error) {
	t.Index = d.Index
	switch {
	case len(s.attached) > 1 && t.Way == TurnAct: // a button works on one
		if d.Index == 0 || d.Index > len(s.attached) {
			return t, adapter.BadParam("messages", "invalid_value", "Say which of the %d attached pictures is meant, or attach one: this works on one picture.", len(s.attached))
		}
		t.Attached, t.Index = s.attached[d.Index-1:d.Index], 0
	case len(s.attached) > 0:
		t.Attached = s.attached
		if t.Way != TurnAct { // it may be a grid of ours, of which a button wants one
			t.Index = 0
		}
	case d.Index > 0 && len(s.chosen.Images) > 0:
		t.Images = s.chosen.Images
	case len(s.last.Images) > 0:
		t.Images = s.last.Images
	case len(s.last.Sent) > 0:
		t.Attached, t.Index = s.last.Sent, 0
	default:
		return s.said(t, intent.Decision{Kind: intent.Ask, Topic: intent.NoPicture, Language: d.Language})
	}
	if s.byDefault(t) {
		t.Note = intent.Line(d.Language, intent.Used, intent.Fill{N: 1, Count: s.last.choices()})
	}
	return t, nil
}

// byDefault reports whether the first of several pictures is acted on although nobody chose it.
func (s scene) byDefault(t Turn) bool {
	return t.Index == 0 && len(t.Attached) == 0 && s.last.choices() > 1 && t.Way != TurnShow && t.Action != adapter.ActReroll && t.Action != ActExtend
}

// press is a button: one of a picture's own, or one that a conversation has beside them.
func (s scene) press(t Turn, d intent.Decision) (Turn, error) {
	t.Way, t.Action, t.Extra = TurnAct, d.Button, d.Extra
	switch d.Button {
	case intent.Undo:
		return s.back(t, d)
	case intent.ShowGrid:
		return s.grid(t, d)
	case intent.Extend:
		t.Action, t.Video = ActExtend, s.video
		if s.video == "" || len(s.attached) > 0 { // it goes on from the video's own last frame
			return s.said(t, intent.Decision{Kind: intent.Ask, Topic: intent.Unclear, Language: d.Language})
		}
		return t, nil
	case intent.Square:
		t.Action, t.Size = ActReshape, "square"
	case intent.Wider, intent.Taller:
		t.Action, t.Size = ActReshape, d.Button
	case intent.Reshape:
		t.Action, t.Size = ActReshape, d.Ratio
	case intent.ZoomOut:
		t.zoom(d.Zoom)
	}
	if d.Extra != "" && !goesOn(t.Action) { // its button takes no words
		t.Way, t.Action = TurnEdit, ""
		if d.Button == intent.Vary || d.Button == intent.VarySubtle || d.Button == intent.VaryStrong {
			t.Prompt = d.Extra
		}
	}
	return s.about(t, d)
}

// goesOn reports whether a button takes more words.
func goesOn(action string) bool {
	return slices.Contains([]string{adapter.ActReroll, adapter.ActAnimateLow, adapter.ActAnimateHigh}, action)
}

// zoom chooses the button of a factor: two have buttons of their own.
func (t *Turn) zoom(factor float64) {
	switch factor {
	case 0, 2:
		t.Action = adapter.ActZoomOut2x
	case 1.5:
		t.Action = adapter.ActZoomOut15x
	default:
		t.Action, t.Zoom = adapter.ActZoomCustom, factor
	}
}

// back goes back to what was shown before, or to what the picture was made from; with more words, that is changed.
func (s scene) back(t Turn, d intent.Decision) (Turn, error) {
	t.Way, t.Action, t.Extra = TurnShow, "", ""
	switch {
	case len(s.attached) > 0:
		return s.said(t, intent.Decision{Kind: intent.Ask, Topic: intent.Unclear, Language: d.Language})
	case len(s.before.Images) > 0:
		t.Images = s.before.Images
	case s.parent:
		t.Images, t.Action = s.last.Images, ActBack
	default:
		return s.said(t, intent.Decision{Kind: intent.Ask, Topic: intent.NothingToUndo, Language: d.Language})
	}
	t.Note = intent.Line(d.Language, intent.Undone, intent.Fill{})
	if d.Extra != "" && t.Action == "" {
		t.Way, t.Prompt, t.Note = TurnEdit, d.Extra, ""
		if s.before.choices() > 1 {
			t.Note = intent.Line(d.Language, intent.Used, intent.Fill{N: 1, Count: s.before.choices()})
		}
	}
	return t, nil
}

// backTo goes back to the picture of a conversation that a number names, where the last ones are new: none of those can be
// gone back to.
func (s scene) backTo(t Turn, d intent.Decision) (Turn, bool) {
	if d.Button == "" || len(s.attached) > 0 || s.last.choices() < 2 || len(s.all) < 2 || d.Index >= len(s.all) || len(s.all[d.Index-1].Images) == 0 {
		return t, false
	}
	t.Way, t.Images, t.Note = TurnShow, s.all[d.Index-1].Images, intent.Line(d.Language, intent.Undone, intent.Fill{})
	return t, true
}

// grid shows the pictures that the last one was chosen from.
func (s scene) grid(t Turn, d intent.Decision) (Turn, error) {
	t.Way, t.Action = TurnShow, ""
	if s.chosen.choices() < 2 {
		return s.said(t, intent.Decision{Kind: intent.Ask, Topic: intent.NothingToUndo, Language: d.Language})
	}
	t.Images = s.chosen.Images
	return t, nil
}
