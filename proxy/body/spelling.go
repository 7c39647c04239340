package body

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"midgate/adapter"
)

// What is no Unicode is refused: left out or replaced, it would be drawn as another word than the one that was meant, and
// paid. In JSON that may be a byte, or an escape of half a character, as programs write it that cut texts to a length.

// notUTF8 refuses a text of a form, and says where it stops being one.
func notUTF8(name string, text []byte) error {
	at := badByte(string(text))
	if at < 0 {
		return adapter.BadParam(knownName(name), "invalid_utf8", "The form's part %q is in a charset that is not read here: send it as UTF-8.", Shortened(name, 100))
	}
	return adapter.BadParam(knownName(name), "invalid_utf8", "The form's part %q is not valid UTF-8: byte 0x%02X at offset %d.", Shortened(name, 100), text[at], at)
}

// misspelt says what is wrong with a valid JSON text's spelling, and where; moved tells a place in the body from the one in
// the text.
func misspelt(text string, moved func(int) int64) error {
	var what string
	at := badByte(text)
	if at >= 0 {
		what = "byte 0x" + strings.ToUpper(strconv.FormatUint(uint64(text[at]), 16))
	} else if at = halfCharacter(text); at >= 0 {
		what = "the escape " + text[at:at+6] + " is half a character"
	} else {
		return nil
	}
	param := ""
	if gjson.Valid(text) {
		param = placeOf(gjson.Parse(text), at)
	}
	return adapter.BadParam(param, "invalid_utf8", "%s is not valid UTF-8: %s, at byte offset %d.", ofBody(param), what, moved(at))
}

func ofBody(param string) string {
	if param == "" {
		return "The request body"
	}
	return "'" + param + "'"
}

// badByte is the place of the first byte that is no UTF-8; negative if there is none.
func badByte(text string) int {
	if utf8.ValidString(text) {
		return -1
	}
	for i, r := range text {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(text[i:]); n == 1 {
				return i
			}
		}
	}
	return -1
}

// halfCharacter is the place of the first escape of a surrogate that has no partner; negative if there is none. The text
// is valid JSON: backslashes are in strings only.
func halfCharacter(text string) int {
	for i := 0; ; {
		next := strings.IndexByte(text[min(i, len(text)):], '\\')
		if next < 0 {
			return -1
		}
		i += next
		r := escaped(text[i:])
		switch {
		case r < 0:
			i += 2
		case !utf16.IsSurrogate(r):
			i += 6
		case utf16.DecodeRune(r, escaped(text[min(i+6, len(text)):])) == utf8.RuneError:
			return i
		default:
			i += 12
		}
	}
}

// escaped is the unit that a text begins with as \uXXXX; negative if it does not.
func escaped(text string) rune {
	if len(text) < 6 || text[:2] != `\u` {
		return -1
	}
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}

// placeOf names the value that stands at a place of a JSON text, as far as its names are known ones: they are logged.
func placeOf(v gjson.Result, at int) (path string) {
	for v.IsObject() || v.IsArray() {
		step, inside, i := "", gjson.Result{}, 0
		v.ForEach(func(k, m gjson.Result) bool {
			if at < m.Index || at >= m.Index+len(m.Raw) {
				i++
				return true
			}
			if inside = m; v.IsArray() {
				step = "[" + strconv.Itoa(i) + "]"
			} else {
				step = knownName(k.String())
			}
			return false
		})
		switch {
		case step == "":
			return path
		case path != "" && v.IsObject():
			path += "."
		}
		path += step
		v = inside
	}
	return path
}

// knownName is a name that may be told to the log: one of ours, and empty for any other, which is the client's own.
func knownName(name string) string {
	base, _ := splitName(name)
	if slices.Contains(knownNames, base) {
		return base
	}
	return ""
}

var knownNames = []string{
	"prompt", "model", "n", "size", "quality", "style", "user", "negative_prompt", "midjourney", "no", "image", "images", "mask", "image_url",
	"image_urls", "url", "file_id", "file", "input_reference", "end_image", "action", "custom_id", "messages", "content", "text", "role", "name",
	"input", "instructions", "tools", "functions", "metadata", "response_format", "output_format", "background", "moderation", "seconds", "purpose",
	"base64", "base64Array", "taskId", "customId", "state", "notifyHook",
}
