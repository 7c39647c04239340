package proxy

import (
	"cmp"
	"strings"
	"testing"
)

// client is a row of the table: a library as its users have it.
type client struct {
	name  string
	start func(t *testing.T) sdk
	// lacks are columns of which the library is not capable, and why.
	lacks      map[string]string
	dialects   int  // in how many dialects it does what differs between them; 0 means in the first
	ownForm    bool // it decides itself between addresses and base64
	splits     bool // it asks for n pictures in several requests
	counts     bool // it refuses too many pictures by itself
	noThoughts bool // it drops reasoning_content
	ownStatus  int  // of every refusal, whatever midgate's was
	// on is the library of another row that makes and repeats its requests: what breaks is tried in that row only.
	on string
}

// Why a library does not do what others do.
const (
	noCall   = "no such call"
	noStream = "streams no pictures"
	atOnce   = "streams no answers"
	noMask   = "sends no masks"
	oneEach  = "draws in a conversation, without settings"
	noCode   = "keeps errors to itself"
	noEnd    = "waits without end"
	nameOnly = "tells no more than a status's name"
	drained  = "repeats a form whose content is spent, until its own timeout"
)

var clients = []client{
	{name: "openai 4", start: node("openai-4", "openai.mjs"), dialects: 3, lacks: map[string]string{"stream": noStream, "cut edit": drained}},
	{name: "openai 5", start: node("openai-5", "openai.mjs")},
	{name: "openai 6", start: node("openai-6", "openai.mjs")},
	{name: "openai 7", start: node("openai-7", "openai.mjs"), dialects: 3},
	{name: "openai 6, Azure", start: node("openai-6", "openai.mjs", "azure"), on: "openai 6"},
	{name: "openai 7, Azure", start: node("openai-7", "openai.mjs", "azure"), on: "openai 7"},
	{name: "ai + openai", start: node("ai", "ai.mjs", "openai"), ownForm: true, splits: true, noThoughts: true,
		lacks: map[string]string{"models": noCall, "variation": noCall}},
	{name: "ai + openai-compatible", start: node("ai", "ai.mjs", "openai-compatible"), ownForm: true, splits: true,
		lacks: map[string]string{"models": noCall, "variation": noCall, "stream": noStream, "responses": noCall}},
	{name: "ai + openrouter", start: node("ai", "ai.mjs", "openrouter"), on: "ai + openai-compatible", ownForm: true, splits: true, noThoughts: true,
		lacks: map[string]string{"models": noCall, "variation": noCall, "edit with mask": noMask, "responses": noCall}},
	{name: "ai + azure", start: node("ai", "ai.mjs", "azure"), on: "ai + openai", ownForm: true, splits: true, noThoughts: true,
		lacks: map[string]string{"models": noCall, "variation": noCall}},
	{name: "ai + azure, no deployments", start: node("ai", "ai.mjs", "azure-v1"), on: "ai + openai", ownForm: true, splits: true, noThoughts: true,
		lacks: map[string]string{"models": noCall, "variation": noCall}},
	{name: "langchain", start: node("langchain", "langchain.mjs"), ownForm: true, splits: true,
		lacks: map[string]string{"models": noCall, "variation": noCall}},
	{name: "langchain, Azure", start: node("langchain", "langchain.mjs", "azure"), on: "langchain", ownForm: true, splits: true,
		lacks: map[string]string{"models": noCall, "variation": noCall}},
	{name: "genkit", start: node("more", "genkit.mjs"), on: "openai 4",
		lacks: map[string]string{"models": noCall, "edit with mask": noMask, "variation": noCall, "stream": noStream, "responses": noCall}},
	{name: "llamaindex", start: node("more", "llamaindex.mjs"), on: "openai 5", ownForm: true, noThoughts: true,
		lacks: map[string]string{"models": noCall, "generate, n=4": oneEach, "edit with mask": noMask, "variation": noCall, "stream": noStream, "refusals": oneEach}},
	{name: "mastra", start: node("more", "mastra.mjs"), on: "ai + openai-compatible", ownForm: true,
		lacks: map[string]string{"models": noCall, "generate, n=4": oneEach, "edit with mask": noMask, "variation": noCall, "stream": noStream, "responses": noCall, "refusals": oneEach}},
	{name: "elizaos", start: node("more", "eliza.mjs"), on: "ai + openai", ownForm: true, noThoughts: true,
		lacks: map[string]string{"models": noCall, "edit with mask": noCall, "edit": noCall, "variation": noCall, "stream": noStream,
			"conversation": "sends one message", "refusals": noCode, "banned prompt": noCode}},
	{name: "sillytavern", start: node("sillytavern", "sillytavern.mjs"), ownForm: true, ownStatus: 500,
		lacks: map[string]string{"edit with mask": noMask, "variation": noCall, "stream": noStream, "responses": noCall,
			"cut edit": noCall, "cut stream of a chat": noEnd, "failed chat": nameOnly, "late failure of a chat": nameOnly}},
	{name: "n8n", start: node("programs", "n8n.mjs"),
		lacks: map[string]string{"variation": noCall, "stream": noStream, "chat, streamed": atOnce, "cut stream of a chat": atOnce}},
	{name: "promptfoo", start: func(t *testing.T) sdk { return startNode(t, "programs", "promptfoo.mjs", t.TempDir()) }, counts: true,
		lacks: map[string]string{"models": noCall, "edit with mask": noMask, "variation": noCall, "stream": noStream, "chat, streamed": atOnce, "cut stream of a chat": atOnce}},
	{name: "openai-go", start: inProcess(goSDK(openaiGo)), dialects: 3},
	{name: "openai-go, Azure", start: inProcess(goSDK(openaiGoForAzure)), on: "openai-go"},
	{name: "go-openai", start: inProcess(goSDK(goOpenAI)), dialects: 3, lacks: map[string]string{"stream": noStream, "responses": noCall}},
	{name: "go-openai, Azure", start: inProcess(goSDK(goOpenAIForAzure)), on: "go-openai", lacks: map[string]string{"stream": noStream, "responses": noCall}},
	{name: "Python, replayed", start: inProcess(pythonSDK{})},
}

func node(folder, script string, args ...string) func(*testing.T) sdk {
	return func(t *testing.T) sdk { return startNode(t, folder, script, args...) }
}

func inProcess(s sdk) func(*testing.T) sdk {
	return func(*testing.T) sdk { return s }
}

// newSDK starts the client of that name.
func newSDK(t *testing.T, name string) sdk {
	t.Helper()
	for _, c := range clients {
		if c.name == name {
			return c.start(t)
		}
	}
	t.Fatalf("there is no client %s", name)
	return nil
}

// asks is how many requests it makes for four pictures of midjourney.
func (c client) asks() int {
	if c.name == "ai + openai" || c.name == "langchain" {
		return 4
	}
	return 1
}

// told is the status of a refusal as the library's user gets it.
func (c client) told(status int) int { return cmp.Or(c.ownStatus, status) }

// gets is an error as the library's user gets it.
func (c client) gets(e gained) gained {
	e.Status = c.told(e.Status)
	return e
}

// word is the name of a client as one word.
func (c client) word() string {
	return strings.NewReplacer(" ", "", "+", "", ",", "").Replace(c.name)
}
