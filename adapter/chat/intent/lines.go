package intent

import (
	"strconv"
	"strings"
)

// Topic is what a free answer is about.
type Topic string

// The topics. A language's file has a line for each.
const (
	Greeting  Topic = "greeting"
	Farewell  Topic = "farewell"
	Thanks    Topic = "thanks"
	Praise    Topic = "praise"
	Ack       Topic = "ack"       // "ok"
	Help      Topic = "help"      // what can you do, who are you
	Cost      Topic = "cost"      // what did that cost
	Question  Topic = "question"  // any other question to the assistant
	Elsewhere Topic = "elsewhere" // a poem, a sum, a translation

	Unclear       Topic = "unclear"         // {words}: what is it to be?
	Dislike       Topic = "dislike"         // what should change?
	Which         Topic = "which"           // which of {count}?
	OneThing      Topic = "one_thing"       // one after the other
	NoPicture     Topic = "no_picture"      // nothing was shown yet
	NoSuchPicture Topic = "no_such_picture" // {n} of {count}
	WhatWithIt    Topic = "what_with_it"    // a picture came along without a wish
	NothingToUndo Topic = "nothing_to_undo"
	Undone        Topic = "undone"   // the picture before
	Used          Topic = "used"     // picture {n} was used, and how to choose
	Prompted      Topic = "prompted" // it was drawn from {words}: the picture's, where its record knows them
)

// talkOrder is which topic is answered where several were spoken of.
var talkOrder = []Topic{Cost, Help, Question, Dislike, Thanks, Greeting, Farewell, Praise, Ack, Unclear}

// Fill is what an answer's line speaks of.
type Fill struct {
	Words string // the person's own
	N     int
	Count int
}

// longestEcho is how much of a person's words an answer says again, in characters.
const longestEcho = 200

// Line is the answer about a topic in a language, in English where the language is not known.
func Line(code string, t Topic, f Fill) string {
	l := languages()[code]
	if l == nil {
		l = languages()["en"]
	}
	words := strings.Join(strings.Fields(strings.ReplaceAll(f.Words, "`", "'")), " ")
	if letters := []rune(words); len(letters) > longestEcho && t != Prompted {
		words = string(letters[:longestEcho]) + "…"
	}
	if words == "" {
		words = "…"
	}
	return strings.NewReplacer("{words}", words, "{n}", strconv.Itoa(f.N), "{count}", strconv.Itoa(f.Count)).Replace(l.Lines[t])
}
