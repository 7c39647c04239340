package chat

import (
	"regexp"
	"slices"
	"strings"
)

// instructions begin a turn that changes the picture before it (issue: a list, as data).
var instructions = []string{
	"make", "add", "remove", "change", "replace", "turn", "put", "give", "without", "more", "less", "now", "erase", "delete",
	"move", "let", "take", "swap", "recolor", "recolour", "color", "colour", "paint", "brighten", "darken", "lighten", "blur",
	"sharpen", "crop", "rotate", "flip", "keep", "try", "also", "instead", "but", "no", "bigger", "smaller", "brighter", "darker",
	"same", "increase", "decrease", "extend", "expand", "restyle", "convert", "transform", "include", "use", "adjust", "fix",
}

// mentions speak of the picture before wherever they stand in a turn.
var mentions = []string{
	"the picture", "this picture", "that picture", "the image", "this image", "that image", "the photo", "this photo", "that photo",
	"last one", "previous one", "first one", "second one", "third one", "fourth one", "the same but", "the background of it",
}

var notWord = regexp.MustCompile(`[^\p{L}\p{N}' ]+`)

// words is a text in lower case with nothing but words.
func words(text string) string {
	return strings.Join(strings.Fields(notWord.ReplaceAllString(strings.ToLower(text), " ")), " ")
}

// courtesies may stand before an instruction.
var courtesies = []string{"please", "can you", "could you", "would you", "ok", "okay", "great", "nice", "and", "then", "well", "hmm", "i want you to", "i'd like you to"}

// changes reports whether a turn changes the picture before it: it begins with an instruction or speaks of the picture.
func changes(text string) bool {
	plain := words(text)
	for trimmed := true; trimmed; {
		trimmed = false
		for _, c := range courtesies {
			if rest, ok := strings.CutPrefix(plain, c+" "); ok {
				plain, trimmed = rest, true
			}
		}
	}
	first, _, _ := strings.Cut(plain, " ")
	if slices.Contains(instructions, first) {
		return true
	}
	return slices.ContainsFunc(mentions, func(m string) bool { return strings.Contains(" "+plain+" ", " "+m+" ") })
}

// describing begins a turn that asks what a picture shows.
var describing = []string{"describe", "caption", "what is this", "what's this", "what is in", "what's in", "what does this", "what do you see", "which prompt", "what prompt", "write a prompt for", "reverse prompt"}

// asksDescription reports whether a turn asks for a description of the picture shown last.
func asksDescription(text string) bool {
	plain := words(text)
	return slices.ContainsFunc(describing, func(d string) bool { return plain == d || strings.HasPrefix(plain, d+" ") })
}

// wantsDescription reports the same of a picture that came along: without a wish it is described.
func wantsDescription(text string) bool { return text == "" || asksDescription(text) }

var ordinals = map[string]int{"first one": 1, "second one": 2, "third one": 3, "fourth one": 4,
	"first picture": 1, "second picture": 2, "third picture": 3, "fourth picture": 4,
	"first image": 1, "second image": 2, "third image": 3, "fourth image": 4}

// spokenIndex is which of four pictures a turn names; 0 if it names none.
func spokenIndex(text string) int {
	plain := " " + words(text) + " "
	for phrase, i := range ordinals {
		if strings.Contains(plain, " "+phrase+" ") {
			return i
		}
	}
	return 0
}
