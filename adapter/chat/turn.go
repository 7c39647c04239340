package chat

import (
	"regexp"
	"slices"
	"strings"

	openai "github.com/sashabaranov/go-openai"

	"midgate/adapter"
	"midgate/adapter/prompt"
)

// Turn is what the last turn of a conversation asks for.
type Turn struct {
	Way      Way
	Prompt   string   // the text without a leading command
	Attached []string // addresses or data URLs of pictures that came with it
	Images   []string // IDs of our pictures that the conversation showed last, in their order
	Action   string   // TurnAct: what to press, on picture Index of them
	Index    int      // 1–4; 0 where none was said
	Zoom     float64
	Reply    CannedReply // TurnReply: what is answered at once
}

// Way says how a turn is answered.
type Way string

// The ways. Only TurnReply costs nothing for certain.
const (
	TurnDraw     Way = "draw"
	TurnEdit     Way = "edit"
	TurnAct      Way = "act"
	TurnDescribe Way = "describe"
	TurnBlend    Way = "blend"
	TurnReply    Way = "reply"
)

// Options say how conversations are read.
type Options struct {
	DrawTasks bool // clients' background requests are drawn like any other text (MIDGATE_CHAT_TASKS=draw)
	Follow    bool // a turn after a picture changes that picture, whatever its words: the image tool's way
}

// ReadTurn reads a conversation: its last user message is the wish, everything before only says which picture it may be
// about (clients.md §12 line 44). It is a pure function; an Invalid *Error if there is nothing to answer.
func ReadTurn(req openai.ChatCompletionRequest, o Options) (Turn, error) {
	if len(req.Messages) == 0 {
		return Turn{}, adapter.BadParam("messages", "empty_array", "messages must have at least one message.")
	}
	last := lastOf(req.Messages, openai.ChatMessageRoleUser)
	if last < 0 {
		if reply, ok := background(req, "", o); ok {
			return Turn{Way: TurnReply, Reply: reply}, nil
		}
		return Turn{}, adapter.BadParam("messages", "invalid_value", "messages must have a message of role user: its text is the prompt.")
	}
	text, attached := contentOf(req.Messages[last])
	text = strings.TrimSpace(text)
	command, rest, err := slash(text)
	if err != nil {
		return Turn{}, err
	}
	if command == "" {
		if reply, ok := background(req, text, o); ok {
			return Turn{Way: TurnReply, Reply: reply}, nil
		}
	}
	shown, earlier := shownBefore(req.Messages[:last])
	t := Turn{Prompt: rest, Attached: attached, Images: shown}
	t.choose(command, earlier, o.Follow)
	if t.Prompt == "" && t.Way != TurnDescribe && t.Way != TurnBlend && t.Way != TurnAct {
		return Turn{}, adapter.BadParam("messages", "empty_string", "The last user message is empty: write what should be drawn.")
	}
	return t, nil
}

// choose settles the way: a command, else pictures that came along, else the picture shown last, else a new picture.
func (t *Turn) choose(command string, earlier []string, follow bool) {
	plain, index, zoom, isAction := prompt.Action(t.Prompt)
	switch {
	case command == "imagine":
		t.Way, t.Images = TurnDraw, nil
	case command == "blend" || command == "" && t.Prompt == "" && len(t.Attached) > 1:
		t.Way = TurnBlend
	case command == "describe" || len(t.Attached) == 1 && wantsDescription(t.Prompt) || len(t.Attached) == 0 && len(t.Images) > 0 && asksDescription(t.Prompt):
		t.Way, t.Index = TurnDescribe, spokenIndex(t.Prompt)
	case len(t.Attached) > 0:
		t.Way = TurnEdit
	case command == "" && isAction && (len(t.Images) > 0 || len(earlier) == 0): // without any picture it is told, and nothing drawn
		t.Way, t.Action, t.Index, t.Zoom = TurnAct, plain, index, zoom
	case command == "edit" || command == "" && (follow || changes(t.Prompt)) && len(t.Images)+len(earlier) > 0:
		t.Way, t.Index = TurnEdit, spokenIndex(t.Prompt)
		if len(t.Images) == 0 {
			t.Attached = earlier
		}
	default:
		t.Way, t.Images = TurnDraw, nil
	}
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

func lastOf(messages []openai.ChatCompletionMessage, role string) int {
	for i, m := range slices.Backward(messages) {
		if m.Role == role {
			return i
		}
	}
	return -1
}

// contentOf is a message's text and pictures, however it is written.
func contentOf(m openai.ChatCompletionMessage) (text string, pictures []string) {
	if len(m.MultiContent) == 0 {
		return m.Content, nil
	}
	var texts []string
	for _, part := range m.MultiContent {
		switch {
		case part.Type == openai.ChatMessagePartTypeText:
			texts = append(texts, part.Text)
		case part.ImageURL != nil && part.ImageURL.URL != "":
			pictures = append(pictures, part.ImageURL.URL)
		}
	}
	return strings.Join(texts, "\n"), pictures
}

var shownID = regexp.MustCompile(`/images/(img_[A-Za-z0-9]{26})\.`)

// shownBefore are our pictures in the last assistant message that has any, and the pictures before the turn that are not
// known by an address of ours: the user's, or an answer's that a client keeps in another form.
func shownBefore(messages []openai.ChatCompletionMessage) (shown, sent []string) {
	for _, m := range slices.Backward(messages) {
		text, pictures := contentOf(m)
		if m.Role == openai.ChatMessageRoleAssistant && len(shown) == 0 {
			for _, match := range shownID.FindAllStringSubmatch(text+" "+strings.Join(pictures, " "), -1) {
				if !slices.Contains(shown, match[1]) {
					shown = append(shown, match[1])
				}
			}
		}
		if len(sent) == 0 && (m.Role == openai.ChatMessageRoleUser || m.Role == openai.ChatMessageRoleAssistant && len(shown) == 0) {
			sent = pictures
		}
	}
	return shown, sent
}
