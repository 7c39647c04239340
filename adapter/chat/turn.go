package chat

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strings"

	openai "github.com/sashabaranov/go-openai"

	"midgate/adapter"
	"midgate/adapter/chat/intent"
)

// Turn is what the last turn of a conversation asks for.
type Turn struct {
	Way      Way
	Prompt   string      // the person's words, without a leading command
	Extra    string      // TurnAct: what the words go on to ask beside the button
	Attached []string    // addresses or data URLs of the pictures that it is about
	Images   []string    // IDs of our pictures that it is about, in their order; of a grid its own alone
	Action   string      // TurnAct: what to press, on picture Index of them
	Index    int         // from 1; 0 where none was said
	Zoom     float64     // of zoom_custom
	Size     string      // of ActReshape, and of an edit that names a shape, too: a ratio, or wider, taller, square
	Video    string      // of ActExtend
	Note     string      // a sentence that the answer begins with
	Reply    CannedReply // TurnReply: what is answered at once

	Schema json.RawMessage // TurnDescribe: of the JSON that answers it; nil for prompts in words
}

// Picture is the picture that a turn is about: the quarter that it names, the first where it names none, the whole grid for
// a reroll. read looks one of the caller's up.
func (t Turn) Picture(read func(id string) (adapter.Image, error)) (adapter.Image, error) {
	if len(t.Images) == 0 {
		return adapter.Image{}, adapter.BadParam("messages", "invalid_value", "There is no picture in this conversation yet: describe one to draw, or attach one.")
	}
	which := cmp.Or(t.Index, 1) - 1
	if len(t.Images) > 1 && which < len(t.Images) {
		return read(t.Images[which])
	}
	img, err := read(t.Images[0])
	if err == nil && img.IsGrid() && t.Action != adapter.ActReroll && which < len(img.Cells) {
		return read(img.Cells[which])
	}
	return img, err
}

// Way says how a turn is answered.
type Way string

// The ways. Only TurnReply and TurnShow cost nothing for certain.
const (
	TurnDraw     Way = "draw" // with the attached pictures as references
	TurnEdit     Way = "edit"
	TurnAct      Way = "act"
	TurnDescribe Way = "describe"
	TurnBlend    Way = "blend"
	TurnShow     Way = "show" // pictures that are there already: number Index of them, or all
	TurnReply    Way = "reply"
)

// What a turn can press beside the actions of pictures.
const (
	ActReshape = "reshape" // the same picture in another shape
	ActExtend  = "extend"  // a longer video
	ActBack    = "back"    // TurnShow: the picture that Images were made from
)

// Options say how conversations are read.
type Options struct {
	DrawTasks bool // clients' background requests are drawn like any other text (MIDGATE_CHAT_TASKS=draw)
	Follow    bool // a turn after a picture changes that picture, whatever its words: the image tool's way
	Must      bool // a picture is insisted on: nothing is small talk
	Never     bool // no picture is wanted: nothing is drawn

	// Picture looks one of the caller's pictures up; nil: nothing is known of them but what the messages say.
	Picture func(id string) (adapter.Image, bool)
}

// ReadTurn reads a conversation and decides what its last turn asks for. It is a pure function but for Options.Picture; an
// Invalid *Error if there is nothing to answer.
func ReadTurn(req openai.ChatCompletionRequest, o Options) (Turn, error) {
	c, err := Read(req.Messages)
	if err != nil {
		return Turn{}, err
	}
	if c.Quiet || o.Never {
		reply, ok := background(req, c, o)
		if !ok {
			reply = CannedReply{Rule: "nothing to draw", Text: sentence.text("", "")}
		}
		return Turn{Way: TurnReply, Reply: reply}, nil
	}
	command, words, err := slash(c.Words)
	if err != nil {
		return Turn{}, err
	}
	if command == "" {
		if t, ok := c.asksInJSON(req, o); ok {
			return t, nil
		}
		if reply, ok := background(req, c, o); ok {
			return Turn{Way: TurnReply, Reply: reply}, nil
		}
	}
	c.Words = words
	t, err := c.decide(command, o)
	if err == nil && t.Prompt == "" && (t.Way == TurnDraw || t.Way == TurnEdit) {
		err = adapter.BadParam("messages", "empty_string", "The last user message is empty: write what should be drawn.")
	}
	return t, err
}

// decide is what a turn comes to: a command, else what its words ask for.
func (c Conversation) decide(command string, o Options) (Turn, error) {
	s := c.scene(o)
	t := Turn{Prompt: c.Words}
	switch command {
	case "imagine":
		t.Way, t.Attached = TurnDraw, c.Attached
		return t, nil
	case "blend":
		t.Way, t.Attached = TurnBlend, c.Attached
		if c.Words != "" && !strings.HasPrefix(c.Words, "--") && len(c.Attached) > 1 { // a blend has no place for words
			t.Way = TurnEdit
		}
		return t, nil
	case "describe", "edit":
		t.Way = map[string]Way{"describe": TurnDescribe, "edit": TurnEdit}[command]
		d := intent.Decide(s.turn(c))
		return s.about(t, intent.Decision{Index: d.Index, Language: d.Language})
	}
	d := s.settle(intent.Decide(s.turn(c)), o)
	switch d.Kind {
	case intent.Talk, intent.Ask, intent.Refuse:
		if d.Topic == intent.Prompted && s.prompt == "" {
			t.Way = TurnDescribe
			return s.about(t, d)
		}
		return s.said(t, d)
	case intent.Draw:
		t.Way, t.Attached, t.Prompt = TurnDraw, c.Attached, cmp.Or(d.Extra, t.Prompt)
		return t, nil
	case intent.Blend:
		t.Way, t.Attached = TurnBlend, c.Attached
		return t, nil
	case intent.Describe:
		t.Way = TurnDescribe
	case intent.Edit:
		t.Way, t.Prompt, t.Size = TurnEdit, cmp.Or(d.Extra, t.Prompt), d.Ratio
	case intent.Pick:
		if back, ok := s.backTo(t, d); ok {
			return back, nil
		}
		t.Way = TurnShow
	case intent.Press:
		return s.press(t, d)
	}
	return s.about(t, d)
}

// settle obeys who asks: an image tool changes the picture before whatever is said, and somebody who insists on a picture
// gets one.
func (s scene) settle(d intent.Decision, o Options) intent.Decision {
	subject := s.last.choices()+len(s.last.Sent)+len(s.attached) > 0
	free := d.Kind == intent.Talk || d.Kind == intent.Ask
	switch {
	case o.Must && free, o.DrawTasks && d.Kind == intent.Talk && !subject:
		d = intent.Decision{Kind: intent.Draw, Language: d.Language}
	case o.Follow && d.Kind == intent.Ask && d.Topic == intent.Unclear && subject && s.words != "":
		return intent.Decision{Kind: intent.Edit, Language: d.Language}
	}
	if o.Follow && d.Kind == intent.Draw && subject {
		d.Kind = intent.Edit
	}
	return d
}

// said is a free answer, or the error that a turn about a missing picture is.
func (s scene) said(t Turn, d intent.Decision) (Turn, error) {
	words := s.words
	if d.Topic == intent.Prompted {
		words = s.prompt
	}
	line := intent.Line(d.Language, d.Topic, intent.Fill{Words: words, N: d.Index, Count: max(s.choices(), 1)})
	if d.Kind == intent.Refuse || d.Topic == intent.NoPicture {
		return t, adapter.BadParam("messages", "invalid_value", "%s", line)
	}
	return Turn{Way: TurnReply, Prompt: t.Prompt, Reply: CannedReply{Rule: string(d.Kind) + ": " + string(d.Topic), Text: line}}, nil
}

// commands are what a turn may begin with, after a slash.
var commands = []string{"imagine", "edit", "blend", "describe"}

// slashWord begins a turn that means a command, known or not: a word alone, which a path is not.
var slashWord = regexp.MustCompile(`^/[\p{L}_-]+(?:\s|$)`)

// slash splits a leading command from a text; Discord's own "prompt:" behind it goes too. A command that does not exist is
// refused: it is a typing error, or one of Discord's that nothing here does, and a picture of it would be paid for.
func slash(text string) (command, rest string, err error) {
	for _, c := range commands {
		if tail, ok := cutFold(text, "/"+c); ok && (tail == "" || strings.ContainsAny(tail[:1], " \n\t:")) {
			tail = strings.TrimSpace(strings.TrimPrefix(tail, ":"))
			if after, ok := cutFold(tail, "prompt:"); ok {
				tail = strings.TrimSpace(after)
			}
			return c, tail, nil
		}
	}
	if word := slashWord.FindString(text); word != "" {
		return "", "", adapter.BadParam("messages", "invalid_value", "There is no command %s: there are /%s. A text without a slash is drawn.", strings.TrimSpace(word), strings.Join(commands, ", /"))
	}
	return "", text, nil
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
