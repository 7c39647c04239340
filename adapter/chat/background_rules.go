package chat

// where says which part of a request a rule looks at.
type where int

const (
	inUser   where = iota // the last user message
	inSystem              // any system or developer message
	isUser                // the whole last user message, in any case, without punctuation
	inTools               // the names of the tools
)

// answering says what a rule's request is answered with.
type answering int

const (
	plainTitle   answering = iota // the conversation's first words
	titleJSON                     // {"title": …}
	tagsJSON                      // {"tags": …}
	followUps                     // {"follow_ups": []}
	queriesJSON                   // {"queries": []}
	promptJSON                    // {"prompt": …}, a flat object: the client cuts at the last brace
	textJSON                      // {"text": ""}
	noToolCalls                   // {"tool_calls": []}
	noOperations                  // {"operations": []}
	emoji
	sentence
	drawn // its own picture exists already
	pong
	greeting
)

// rule recognises one background request of a client by the stable parts of its template.
type rule struct {
	name   string
	in     where
	all    []string // each must be there
	any    []string // if not empty, one of them must be there
	answer answering
}

// rules are tried in their order; the first that fits answers.
var rules = []rule{
	{"open webui: title", inUser, []string{"### Task:", "title"}, []string{"Generate a concise", "title summarizing"}, titleJSON},
	{"open webui: tags", inUser, []string{"### Task:", "broad tags categorizing"}, nil, tagsJSON},
	{"open webui: follow-ups", inUser, []string{"### Task:", "follow-up questions"}, nil, followUps},
	{"open webui: queries", inUser, []string{"### Task:", "necessity of generating search queries"}, nil, queriesJSON},
	{"open webui: image prompt", inUser, []string{"### Task:", "image generation task"}, nil, promptJSON},
	{"open webui: autocomplete", inUser, []string{"You are an autocompletion system"}, nil, textJSON},
	{"open webui: any other task", inUser, []string{"### Task:"}, []string{"### Chat History:", "<chat_history>"}, sentence},
	{"open webui: compaction", inUser, []string{"Summarize the conversation history that will be compacted"}, nil, sentence},
	{"open webui: tool choice", inSystem, []string{"Available Tools:"}, nil, noToolCalls},
	{"open webui: emoji", inUser, []string{"likely facial expression through a fitting emoji"}, nil, emoji},
	{"open webui: merge", inUser, []string{"You have been provided with a set of responses from various models"}, nil, sentence},
	{"open webui: memory", inSystem, []string{"private memory reviewer"}, nil, noOperations},
	{"open webui: memory turn", inUser, []string{"Review the completed conversation turn"}, nil, noOperations},
	{"open webui: after its own picture", inSystem, nil, []string{"<context>The requested image has been", "<context>Image generation was"}, drawn},
	{"librechat: title", inUser, nil, []string{"5-word-or-less title for the conversation"}, plainTitle},
	{"librechat: structured title", inUser, []string{"Analyze this conversation and provide:"}, nil, titleJSON},
	{"librechat: labels", inUser, nil, []string{"Write a short label describing what this block of agent activity", "Summarize what this phase of an agent run", "Write a short orientation title"}, plainTitle},
	{"librechat: labels, as system text", inSystem, nil, []string{"Write a short label describing what this block of agent activity", "Summarize what this phase of an agent run", "Write a short orientation title"}, plainTitle},
	{"librechat: summary", inUser, nil, []string{"Hold on, before you continue I need you to write me a checkpoint", "Hold on again, update your checkpoint"}, sentence},
	{"librechat: memory", inTools, nil, []string{"set_memory", "delete_memory"}, sentence},
	{"lobechat: title", inSystem, nil, []string{"You are a professional conversation summarizer", "skilled in conversation who needs to summarize"}, plainTitle},
	{"lobechat: title, as user text", inUser, nil, []string{"You are a professional conversation summarizer", "skilled in conversation who needs to summarize"}, plainTitle},
	{"cherry studio: title", inSystem, []string{"skilled in conversation. You need to summarize the user's conversation into a title"}, nil, plainTitle},
	{"cherry studio: title, as user text", inUser, []string{"skilled in conversation. You need to summarize the user's conversation into a title"}, nil, plainTitle},
	{"nextchat: title", inUser, []string{"four to five word title summarizing our conversation"}, nil, plainTitle},
	{"nextchat: summary", inUser, []string{"Summarize the discussion briefly in 200 words"}, nil, sentence},
	{"chatbox: title", inUser, nil, []string{"give this conversation a name", "Name this conversation in 10 characters"}, plainTitle},
	{"sillytavern: summary", inUser, []string{"Ignore previous instructions. Summarize the most important"}, nil, sentence},
	{"connection test", isUser, nil, []string{"ping"}, pong},
	{"greeting", isUser, nil, []string{"hi", "hello", "test", "hey"}, greeting},
}
