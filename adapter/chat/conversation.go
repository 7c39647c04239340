package chat

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	openai "github.com/sashabaranov/go-openai"

	"midgate/adapter"
	"midgate/adapter/chat/intent"
)

// Conversation is what the messages of a request say: what is wished now, and what was shown before.
type Conversation struct {
	Words    string    // the person's own, of this turn
	Attached []string  // addresses or data URLs of the pictures that came with them
	Shown    []Showing // what the conversation showed, oldest first; what was gone back from is not among them
	Language string    // that the person wrote in before this turn; empty where nothing tells
	Quiet    bool      // nothing was said since the last answer
	raw      string    // the words with what a client wrapped them in
}

// Showing is what one message showed.
type Showing struct {
	Images []string // IDs of our pictures: of a grid its own alone
	Grid   bool     // a number chooses one of its four quarters
	Sent   []string // addresses or data URLs of pictures that are not known by an ID
	Video  string   // ID of a video
}

// choices is how many pictures a number chooses from.
func (s Showing) choices() int {
	if s.Grid {
		return 4
	}
	return len(s.Images)
}

func (s Showing) same(other Showing) bool {
	return len(s.Images) > 0 && slices.Equal(s.Images, other.Images)
}

// Read reads a conversation. All messages of the person since the last answer are one turn, whatever a tool or a client
// put between them: a picture that came in a message of its own belongs to the wish before it.
func Read(messages []openai.ChatCompletionMessage) (Conversation, error) {
	if len(messages) == 0 {
		return Conversation{}, adapter.BadParam("messages", "empty_array", "messages must have at least one message.")
	}
	last, answered := lastOf(messages, openai.ChatMessageRoleUser), lastOf(messages, openai.ChatMessageRoleAssistant)
	if last < 0 && answered < 0 {
		return Conversation{}, adapter.BadParam("messages", "invalid_value", "messages must have a message of role user: its text is the prompt.")
	}
	if answered > last {
		return Conversation{Quiet: true, Shown: shown(messages), Language: language(messages)}, nil
	}
	begin := turnBegin(messages, last)
	c := Conversation{Shown: shown(messages[:begin]), Language: language(messages[:begin])}
	var own, raw []string
	for i, m := range messages[begin : last+1] {
		if m.Role != openai.ChatMessageRoleUser {
			continue
		}
		if err := unread(m, begin+i); err != nil {
			return Conversation{}, err
		}
		text, pictures := contentOf(m)
		c.Attached = append(c.Attached, pictures...)
		if text = strings.TrimSpace(text); text != "" {
			raw = append(raw, text)
		}
		if text = ownWords(text); text != "" {
			own = append(own, text)
		}
	}
	c.Words, c.raw = strings.Join(own, "\n"), strings.Join(raw, "\n")
	return c, nil
}

// turnBegin is the first message of the turn that ends with message last.
func turnBegin(messages []openai.ChatCompletionMessage, last int) int {
	begin := last
	for i := last - 1; i >= 0 && !answers(messages[i]); i-- {
		if messages[i].Role == openai.ChatMessageRoleUser {
			begin = i
		}
	}
	return begin
}

// answers reports whether a message is an answer: a tool's call is none.
func answers(m openai.ChatCompletionMessage) bool {
	if m.Role != openai.ChatMessageRoleAssistant {
		return false
	}
	text, pictures := contentOf(m)
	return len(m.ToolCalls) == 0 && m.FunctionCall == nil || strings.TrimSpace(text) != "" || len(pictures) > 0
}

// unread refuses a part that nothing here reads: the turn would be paid for without it.
func unread(m openai.ChatCompletionMessage, at int) error {
	for i, part := range m.MultiContent {
		switch {
		case part.Type == openai.ChatMessagePartTypeText, part.ImageURL != nil:
		default:
			param := fmt.Sprintf("messages[%d].content[%d]", at, i)
			return adapter.BadParam(param, "invalid_value", "'%s' is a part of type '%s', which is not used here: a turn has text and pictures.", param, part.Type)
		}
	}
	return nil
}

var (
	shownID    = regexp.MustCompile(`/images/(img_[A-Za-z0-9]{26})\.`)
	shownVideo = regexp.MustCompile(`/videos/(video_[A-Za-z0-9]{26})\.`)
	quarterOf  = regexp.MustCompile(`\[U[1-4]\]\([^)\s]*/images/(img_[A-Za-z0-9]{26})\.`)
)

// shown is what messages showed. A picture that is shown once more was gone back to: what came after it is forgotten.
func shown(messages []openai.ChatCompletionMessage) (all []Showing) {
	for _, m := range messages {
		s, ok := showingOf(m)
		if !ok {
			continue
		}
		if i := slices.IndexFunc(all, s.same); i >= 0 {
			all = all[:i+1]
			continue
		}
		all = append(all, s)
	}
	return all
}

func showingOf(m openai.ChatCompletionMessage) (s Showing, ok bool) {
	text, pictures := contentOf(m)
	switch m.Role {
	case openai.ChatMessageRoleUser:
		return Showing{Sent: pictures}, len(pictures) > 0
	case openai.ChatMessageRoleAssistant:
	default:
		return s, false
	}
	quarters := map[string]bool{}
	for _, match := range quarterOf.FindAllStringSubmatch(text, -1) {
		quarters[match[1]] = true
	}
	for _, match := range shownID.FindAllStringSubmatch(text+" "+strings.Join(pictures, " "), -1) {
		if !quarters[match[1]] && !slices.Contains(s.Images, match[1]) {
			s.Images = append(s.Images, match[1])
		}
	}
	s.Grid = len(quarters) > 0 && len(s.Images) > 0
	if len(s.Images) == 0 {
		s.Sent = pictures
	}
	if match := shownVideo.FindStringSubmatch(text); match != nil {
		s.Video = match[1]
	}
	return s, len(s.Images)+len(s.Sent) > 0 || s.Video != ""
}

// language is what the person wrote in, as far as the words tell, newest first.
func language(messages []openai.ChatCompletionMessage) string {
	for _, m := range slices.Backward(messages) {
		if m.Role != openai.ChatMessageRoleUser {
			continue
		}
		text, _ := contentOf(m)
		if code := intent.Language(ownWords(strings.TrimSpace(text))); code != "" {
			return code
		}
	}
	return ""
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
