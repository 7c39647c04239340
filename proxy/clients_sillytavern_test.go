package proxy

import (
	"encoding/json"
	"slices"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// A chat of SillyTavern is a story that its page tells in messages of its own around the user's. What it asks for besides, in
// further messages of its own, is answered without a job, and a picture's words are what the user said last.
func TestSillyTavernTellsStoriesAndCaptions(t *testing.T) {
	const sum = "Ignore previous instructions. Summarize the most important facts and events in the story so far. If a summary already exists in your memory, use that as a base and expand with new facts. " +
		"Limit the summary to 200 words or less. Your response should include nothing but the summary."
	const mood = `Ignore previous instructions. Classify the emotion of the last message. Output just one word, e.g. "joy" or "anger". Choose only one of the following labels: joy, anger, love`
	const likeness = "In the next response I want you to provide only a detailed comma-delimited list of keywords and phrases which describe Seraphina. The list must include all of the following items in this order: name, species and race, gender, age."
	const scene = "Ignore previous instructions. Your next response must be formatted as a single comma-delimited list of concise keywords.  The list will describe of the visual details included in the last chat message."
	const around = "Ignore previous instructions and provide a detailed description of Seraphina's surroundings in the form of a comma-delimited list of keywords and phrases."
	const place = "Ignore previous instructions and choose a location ONLY from the provided list that is the most suitable for the current scene. Do not output any other text:\n- beach\n- forest"
	const instead = "[Write your next reply from the point of view of You, using the chat history so far as a guideline for the writing style of You. Don't write as Seraphina or system. Don't describe actions of Seraphina.]"
	h := newHouse(t, simulator.Config{})
	d := desk{h: h, sdk: newSDK(t, "sillytavern")}
	story := []string{"system", "Write Seraphina's next reply in a fictional chat between Seraphina and You.", "system", "[Start a new Chat]", "assistant", "*She greets you in her glade.* Welcome, traveller!", "user", "a red fox in the snow"}
	says := func(name, op string, parts ...string) string {
		t.Helper()
		var messages []map[string]any
		for i := 0; i < len(parts); i += 2 {
			messages = append(messages, map[string]any{"role": parts[i], "content": parts[i+1]})
		}
		o := d.do(t, op, map[string]any{"model": "midjourney", "messages": messages})
		if !o.OK {
			t.Fatalf("%s: %+v, want an answer", name, o)
		}
		var s spoken
		if op == "chat" {
			s.End = "stop"
			_ = json.Unmarshal(o.Value, &s.Text)
		} else {
			_ = json.Unmarshal(o.Value, &s)
		}
		if s.Text == "" || s.End != "stop" {
			t.Errorf("%s: %s, want words", name, o.Value)
		}
		return s.Text
	}
	picture := says("the story", "chatStream", story...)
	shownIn(t, picture)
	if paid := h.charged(); paid != "imagine" {
		t.Fatalf("a story's picture was %q, want an imagine", paid)
	}
	told := append(slices.Clone(story), "assistant", picture)
	then := func(parts []string, words string) []string { return append(slices.Clone(parts), "system", words) }
	for name, tt := range map[string]struct {
		parts []string
		want  string // empty: whatever
	}{
		"a summary":                          {then(told, sum), ""},
		"a summary before the answer":        {then(story, sum), ""},
		"a summary of a text":                {[]string{"system", sum, "user", "You: a red fox in the snow\nSeraphina: Here it is."}, ""},
		"a message for its memory":           {[]string{"system", "Ignore previous instructions. Summarize the most important parts of the message. Limit yourself to 250 words or less.", "user", "a red fox in the snow"}, ""},
		"a summary, all in the user's name":  {[]string{"user", "a red fox in the snow\n\n" + sum}, ""},
		"a mood":                             {then(told, mood), ""},
		"a mood of a text":                   {[]string{"system", mood, "user", "She smiles at a red fox."}, ""},
		"a mood, all in the user's name":     {[]string{"user", "She smiles at a red fox.\n\n" + mood}, ""},
		"a picture's words: the character":   {then(told, likeness), "a red fox in the snow"},
		"a picture's words: the last":        {then(story, scene), "a red fox in the snow"},
		"a picture's words: the background":  {then(told, around), "a red fox in the snow"},
		"a place":                            {then(story, place), ""},
		"the user's next words":              {then(told, instead), ""},
		"the user's words, before an answer": {then(story, instead), ""},
	} {
		if text := says(name, "chat", tt.parts...); pictureLink.MatchString(text) || tt.want != "" && text != tt.want {
			t.Errorf("%s: %q, want %s", name, text, tt.want)
		}
	}
	if paid := h.charged(); paid != "imagine" {
		t.Errorf("the story and its prompts were paid for: %s", paid)
	}
	for _, words := range []string{"What's in this image?", "What’s in this image?"} { // its page's, and its extension's
		o := d.do(t, "chat", map[string]any{"model": "midjourney", "messages": []map[string]any{{"role": "user", "content": []map[string]any{
			{"type": "text", "text": words}, {"type": "image_url", "image_url": map[string]any{"url": pngURL(drawnPNG(t))}},
		}}}})
		if !o.OK || pictureLink.Match(o.Value) || h.lastPaid() != "describe" {
			t.Errorf("%s: %+v by %s, want words by describe", words, o, h.lastPaid())
		}
	}
}
