package chat

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"

	openai "github.com/sashabaranov/go-openai"

	"midgate/adapter/chat/intent"
)

// CannedReply is an answer that needs no picture. A Tool is called with Text as its arguments where the client insists on one.
type CannedReply struct {
	Rule string // which rule recognised the request
	Text string
	Tool string
}

// background answers requests that clients make on their own account: they must not start a job.
func background(req openai.ChatCompletionRequest, c Conversation, o Options) (CannedReply, bool) {
	if o.DrawTasks {
		return CannedReply{}, false
	}
	text := c.raw
	if c.Words != c.raw { // what documents a client put around the words says nothing of who asks
		text = c.Words
	}
	about := firstWords(req, text)
	if reply, ok := schemaInText(c.raw, titleOf(c.Words)); ok {
		return reply, true
	}
	if reply, ok := structured(req, text, about); ok {
		return reply, true
	}
	for _, r := range rules {
		if r.fits(req, text, len(c.Attached)) {
			if r.answer == said {
				about = lastWords(req)
			}
			return CannedReply{Rule: r.name, Text: r.answer.text(about, lastLine(text))}, true
		}
	}
	if asksForTitle(text) || slices.ContainsFunc(req.Messages, instructsTitle) {
		return CannedReply{Rule: "a title", Text: about}, true
	}
	//nolint:staticcheck // MaxTokens is what clients still send
	if limit := max(req.MaxTokens, req.MaxCompletionTokens); limit > 0 && (limit <= tiniest || limit <= tiny && !plain(text)) {
		return CannedReply{Rule: "a tiny answer", Text: greeting.text(about, "")}, true
	}
	return CannedReply{}, false
}

// Answers of so few tokens are wanted by tests of a connection, and by requests for a line of text.
const tiniest, tiny = 16, 50

// plain reports whether a text is short and describes something: people who limit every answer describe pictures, too.
func plain(text string) bool {
	return len(strings.Fields(text)) <= 15 && !strings.ContainsAny(text, "\n:\"“") && intent.Decide(intent.Turn{Words: text}).Kind == intent.Draw
}

// instructsTitle tells a client's instruction to make a title: all that its own text is about, said at once.
func instructsTitle(m openai.ChatCompletionMessage) bool {
	content, _ := contentOf(m)
	return (m.Role == openai.ChatMessageRoleSystem || m.Role == openai.ChatMessageRoleDeveloper) && len([]rune(content)) <= 600 && asksForTitle(firstSentences(content))
}

var sentenceEnd = regexp.MustCompile(`[.!?。！？]\s|[。！？\n]`)

// firstSentences are the first two of a text.
func firstSentences(text string) string {
	ends := sentenceEnd.FindAllStringIndex(strings.TrimSpace(text), 2)
	if len(ends) < 2 {
		return text
	}
	return strings.TrimSpace(text)[:ends[1][1]]
}

// longestAsking is more than a client asks with before or behind what it quotes, in bytes.
const longestAsking = 4000

// asksForTitle reports whether a text, or a sentence of it, asks for the title of a conversation, and for no picture of one.
func asksForTitle(text string) bool {
	if n := longestAsking; len(text) > 2*n { // a history stands in the middle
		text = strings.ToValidUTF8(text[:n]+"\n"+text[len(text)-n:], "")
	}
	for _, s := range append(sentenceEnd.Split(text, -1), text) {
		s = " " + words(s) + " "
		if slices.ContainsFunc(askings, func(a asking) bool {
			return !hasAny(s, a.picture) && (hasAny(s, a.ask) && hasAny(s, a.title) && hasAny(s, a.about) && (len(s) > shortAsking || strings.Contains(text, "\n") || a.held(s)) || a.sums(s))
		}) {
			return true
		}
	}
	return false
}

// shortAsking is more than a person asks for a title with, in bytes; clients say more.
const shortAsking = 100

// held reports whether a sentence speaks of the conversation that is being held: "this conversation", "our short chat".
func (a asking) held(s string) bool {
	if ideographs(a.this[0]) {
		return hasAny(s, a.this)
	}
	fields := strings.Fields(s)
	for i, word := range fields {
		if slices.Contains(a.about, word) && slices.ContainsFunc(fields[max(0, i-2):i], func(before string) bool { return slices.Contains(a.this, before) }) {
			return true
		}
	}
	return false
}

// sums reports whether a short sentence asks to sum the conversation up, or to name it: "name this chat".
func (a asking) sums(s string) bool {
	return len(s) <= shortAsking && len(strings.Fields(s)) <= 9 && a.held(s) && hasAny(s, a.about) && slices.ContainsFunc(a.sum, func(word string) bool {
		return strings.HasPrefix(s, " "+word+" ") || ideographs(word) && strings.Contains(s, word)
	})
}

// ideographs reports whether a word is written without blanks around it.
func ideographs(word string) bool {
	return unicode.In([]rune(word)[0], unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

var notWord = regexp.MustCompile(`[^\p{L}\p{N}' ]+`)

// words is a text in lower case with nothing but words.
func words(text string) string {
	return strings.Join(strings.Fields(notWord.ReplaceAllString(strings.ToLower(text), " ")), " ")
}

// hasAny reports whether one of some words stands in a plain text between blanks; signs that no blanks part stand anywhere.
func hasAny(plain string, list []string) bool {
	return slices.ContainsFunc(list, func(word string) bool {
		if ideographs(word) {
			return strings.Contains(plain, word)
		}
		return strings.Contains(plain, " "+word+" ")
	})
}

func (r rule) fits(req openai.ChatCompletionRequest, text string, pictures int) bool {
	switch r.in {
	case inSystem:
		return slices.ContainsFunc(req.Messages, func(m openai.ChatCompletionMessage) bool {
			content, _ := contentOf(m)
			return (m.Role == openai.ChatMessageRoleSystem || m.Role == openai.ChatMessageRoleDeveloper) && r.matches(strings.TrimSpace(content))
		})
	case isUser:
		return slices.Contains(r.any, words(text)) && pictures == 0
	case inTools:
		return slices.ContainsFunc(req.Tools, func(t openai.Tool) bool { return t.Function != nil && slices.Contains(r.any, t.Function.Name) })
	default:
		return r.matches(text)
	}
}

func (r rule) matches(text string) bool {
	for _, marker := range r.all {
		if !strings.Contains(text, marker) {
			return false
		}
	}
	return len(r.any) == 0 || slices.ContainsFunc(r.any, func(m string) bool { return strings.Contains(text, m) })
}

// text is the answer in the form that the client parses.
func (a answering) text(about, line string) string {
	switch a {
	case titleJSON:
		return flat("title", about)
	case tagsJSON:
		return `{"tags":["Image"]}`
	case followUps:
		return `{"follow_ups":[]}`
	case queriesJSON:
		return `{"queries":[]}`
	case promptJSON:
		return flat("prompt", line)
	case textJSON:
		return `{"text":""}`
	case noToolCalls:
		return `{"tool_calls":[]}`
	case noOperations:
		return `{"operations":[]}`
	case emoji:
		return "🎨"
	case sentence:
		return "The user is making pictures with Midjourney."
	case drawn:
		return "Here is your picture."
	case pong:
		return "pong"
	case greeting:
		return "Hello! Describe a picture and Midjourney draws it."
	default:
		return about
	}
}

func flat(key, value string) string {
	data, err := json.Marshal(map[string]string{key: strings.NewReplacer("{", "(", "}", ")").Replace(value)})
	if err != nil {
		return "{}"
	}
	return string(data)
}

var saidByUser = regexp.MustCompile(`(?mi)^\s*(?:\*\*)?(?:user|human)(?:\*\*)?\s*:\s*(.+)$`)

// firstWords is a title made of the conversation's first wish, in the request itself or in the history it quotes.
func firstWords(req openai.ChatCompletionRequest, text string) string {
	said := ""
	if m := saidByUser.FindStringSubmatch(text); m != nil {
		said = m[1]
	} else if i := slices.IndexFunc(req.Messages, func(m openai.ChatCompletionMessage) bool { return m.Role == openai.ChatMessageRoleUser }); i >= 0 && i < lastOf(req.Messages, openai.ChatMessageRoleUser) {
		said, _ = contentOf(req.Messages[i])
	}
	return titleOf(said)
}

// lastWords are what the user said last in the conversation.
func lastWords(req openai.ChatCompletionRequest) string {
	i := lastOf(req.Messages, openai.ChatMessageRoleUser)
	if i < 0 {
		return "Pictures"
	}
	words, _ := contentOf(req.Messages[i])
	return cmp.Or(strings.TrimSpace(words), "Pictures")
}

// titleOf is a title made of the first words of a text.
func titleOf(said string) string {
	fields := strings.Fields(strings.Trim(said, "\"' "))
	if i := slices.IndexFunc(fields, isFlag); i >= 0 { // parameters are no words of a title
		fields = fields[:i]
	}
	if len(fields) == 0 {
		return "Pictures"
	}
	title := strings.Trim(strings.Join(fields[:min(5, len(fields))], " "), ".,;:!?\"'")
	if letters := []rune(title); len(letters) > 60 {
		title = string(letters[:60])
	}
	return strings.ToUpper(title[:firstRune(title)]) + title[firstRune(title):]
}

// isFlag tells words that begin a parameter, with dashes as editors set them.
func isFlag(word string) bool {
	return strings.HasPrefix(word, "--") || strings.HasPrefix(word, "—") || strings.HasPrefix(word, "–")
}

func firstRune(s string) int {
	for i := range s {
		if i > 0 {
			return i
		}
	}
	return len(s)
}

// lastLine is the last thing the user said in a quoted history.
func lastLine(text string) string {
	all := saidByUser.FindAllStringSubmatch(text, -1)
	if len(all) == 0 {
		return ""
	}
	return strings.TrimSpace(all[len(all)-1][1])
}
