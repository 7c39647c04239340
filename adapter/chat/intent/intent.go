package intent

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Shown is what the conversation showed last.
type Shown string

// What can have been shown. Grid stands for any pictures that a number can choose from.
const (
	Nothing Shown = "nothing"
	Grid    Shown = "grid"
	Single  Shown = "single"
	Video   Shown = "video"
)

// Turn is what a person says, and what they say it about.
type Turn struct {
	Words    string
	Shown    Shown
	Choices  int    // how many pictures a number can choose from: those of the last grid, even if a single one came after it
	Attached int    // pictures that came with the words
	Language string // what the person wrote in before, for words that belong to every language; may be empty
}

// Kind is what a turn comes to.
type Kind string

// The kinds. Talk, Ask and Refuse cost nothing.
const (
	Draw     Kind = "draw"     // a new picture
	Pick     Kind = "pick"     // picture Index of those shown
	Press    Kind = "press"    // Button, on picture Index
	Edit     Kind = "edit"     // a change of the picture shown last, or of those that came along
	Describe Kind = "describe" // what the picture shows
	Blend    Kind = "blend"    // the pictures that came along, mixed
	Talk     Kind = "talk"     // a line about Topic
	Ask      Kind = "ask"      // unclear: Topic says what is asked back
	Refuse   Kind = "refuse"   // there is no picture Index
)

// The buttons, named as the actions of pictures are where one of those is meant.
const (
	Upscale         = "upscale"
	UpscaleSubtle   = "upscale_subtle"
	UpscaleCreative = "upscale_creative"
	Vary            = "vary"
	VarySubtle      = "vary_subtle"
	VaryStrong      = "vary_strong"
	Reroll          = "reroll"
	ZoomOut         = "zoom_out" // by Zoom; 0 where no factor was said
	PanLeft         = "pan_left"
	PanRight        = "pan_right"
	PanUp           = "pan_up"
	PanDown         = "pan_down"
	Square          = "make_square"
	Wider           = "wider"
	Taller          = "taller"
	Reshape         = "ratio" // to Ratio
	Animate         = "animate_low"
	AnimateHigh     = "animate_high"
	Extend          = "extend" // a video
	Undo            = "undo"
	ShowGrid        = "show_grid" // the pictures that the last one was chosen from
)

// Decision is what a turn comes to.
type Decision struct {
	Kind     Kind
	Language string  // of the answer
	Index    int     // which picture was named; 0 if none was
	Button   string  // of a Press; Undo and ShowGrid of a Pick that goes back to what was shown before
	Ratio    string  // of Reshape, such as 16:9, and of an Edit that names a shape, too
	Zoom     float64 // of ZoomOut
	Extra    string  // what a button's words go on to ask: "with snow" of "V2 but with snow"
	Topic    Topic
}

// longest is how many characters are read: no prompt may be longer, so that whatever begins with more is refused.
const longest = 32000

// Decide says what a turn comes to.
func Decide(t Turn) Decision {
	long := utf8.RuneCountInString(t.Words) > longest
	if long {
		t.Words = strings.ToValidUTF8(t.Words[:1000], "") // enough to tell the language
	}
	r := read(t)
	for _, rule := range []func() (Decision, bool){
		r.nothingSaid, r.beside, r.outside, r.describing, r.suggesting, r.going, r.spoken, r.having, r.remarking, r.several, r.choosing, r.elsewhere, r.changing, r.chatting, r.unclear,
	} {
		if long {
			break
		}
		if d, ok := rule(); ok {
			return r.checked(d)
		}
	}
	if t.Attached > 0 {
		return Decision{Kind: Edit, Language: r.language()}
	}
	return Decision{Kind: Draw, Language: r.language()}
}

// reading is a turn while it is being decided.
type reading struct {
	Turn
	tokens []token
	// tongues are the languages that the words may be in, the likeliest first; close are those among them that the words
	// speak for, which alone may recognise a text by its beginning.
	tongues, close []*language
	asks           bool   // the text ends with a question mark
	flags          string // the parameters that the text ends with: no words of a person
}

func read(t Turn) *reading {
	if t.Shown == "" {
		t.Shown = Nothing
	}
	r := &reading{Turn: t}
	text, tokens := tokenize(t.Words)
	said, flags := parameters(text)
	if r.flags = flags; flags != "" {
		tokens = slices.DeleteFunc(tokens, func(t token) bool { return t.at >= len(said) })
	}
	unstretch(tokens)
	r.Words, r.tokens = text, tokens
	r.tongues, r.close = likely(tokens, t.Language)
	r.asks = asks(said)
	return r
}

func (r *reading) language() string { return r.close[0].Code }

// subject reports whether there is a picture that words can be about.
func (r *reading) subject() bool { return r.Shown != Nothing || r.Attached > 0 }

// nothingSaid settles a turn without a word: pictures alone are described or blended.
func (r *reading) nothingSaid() (Decision, bool) {
	switch {
	case len(r.tokens) > 0:
		return Decision{}, false
	case r.Attached == 1:
		return Decision{Kind: Describe}, true
	case r.Attached > 1:
		return Decision{Kind: Blend}, true
	case strings.TrimSpace(r.Words) == "":
		return Decision{}, false
	default:
		return Decision{Kind: Ask, Topic: Unclear}, true
	}
}

// checked completes a decision: a number that no picture has is refused, and what needs a picture where none was shown
// is asked back.
func (r *reading) checked(d Decision) Decision {
	if d.Language == "" {
		d.Language = r.language()
	}
	if r.flags != "" && (d.Kind == Press || d.Kind == Pick) {
		d = r.withFlags(d)
	}
	if r.Attached > 0 && d.Kind == Edit {
		d.Index = 0 // a number in the words is about the pictures that came along
		return d
	}
	needs := d.Kind == Pick || d.Kind == Press || d.Kind == Edit || d.Kind == Describe && r.Attached == 0
	switch {
	case needs && !r.subject():
		return Decision{Kind: Ask, Topic: NoPicture, Language: d.Language}
	case needs && d.Index > max(r.Choices, 1):
		return Decision{Kind: Refuse, Topic: NoSuchPicture, Index: d.Index, Language: d.Language}
	default:
		return d
	}
}

// withFlags gives parameters to the button that they are written behind. A video takes them, the others do not.
func (r *reading) withFlags(d Decision) Decision {
	if d.Button != Animate && d.Button != AnimateHigh && d.Button != Extend {
		return Decision{Kind: Ask, Topic: OneThing, Language: d.Language}
	}
	if d.Extra == "" {
		d.Extra = r.flags
	}
	return d
}
