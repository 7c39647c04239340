// Package chat serves OpenAI's Chat Completions: Midjourney as a chat model. It reads messages in all the shapes in which
// clients write them (messages.go), lets adapter/chat say what the turn asks for, and answers in one piece (json.go) or in
// chunks (stream.go).
//
// What a turn means is not decided here, nor which upstream calls come of it.
package chat
