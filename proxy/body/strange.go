package body

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"midgate/adapter"
)

// readElsewhere are names that have readers of their own, and what clients may put anything into.
var readElsewhere = []string{"mask", "midjourney", "metadata", "reference_images", "style_reference", "character_reference", "omni_reference", "sref", "cref", "oref"}

// Patterns of our own pictures, among words: their IDs, and their addresses under any host, or without one.
const (
	OwnID      = `img_[A-Z2-7]{26}`
	OwnPath    = `/(?:[^\s<>"'()\[\]]*/)?images/` + OwnID + `(?:\.[a-z]+)?(?:\?[^\s<>"'()\[\]:]*)?`
	OwnAddress = `(?:(?i:https?):)?//[^\s<>"'()\[\]/]+` + OwnPath
)

// ownAddress is a text that is the address of one of our pictures.
var ownAddress = regexp.MustCompile(`^(?:` + OwnAddress + `|` + OwnPath + `)(?:[:?]\S*)?$`)

// Strange refuses a body that has a picture under a name that no route reads, such as init_image: it would be drawn
// without it. What is no picture may stand anywhere. takes are further names that the route reads.
func (p *Body) Strange(takes ...string) error {
	name := p.StrangeName(takes...)
	if name == "" {
		return nil
	}
	return adapter.BadParam(name, "unknown_upload", "The picture in '%s' is not used here: send it as '%s'.", name, meantField(name))
}

// StrangeName is the first name in a body that has a picture and is not read; empty if there is none.
func (p *Body) StrangeName(takes ...string) string {
	for _, name := range slices.Sorted(maps.Keys(p.Fields)) {
		if slices.Contains(imageFields, name) || slices.Contains(readElsewhere, name) || slices.Contains(takes, name) {
			continue
		}
		if p.HoldsPicture(name, p.Fields[name]) {
			return cmp.Or(Shortened(name, 100), "?")
		}
	}
	return ""
}

// meantField is the name by which a picture is read that was sent under another one.
func meantField(name string) string {
	if slices.ContainsFunc(wordsOf(name), func(word string) bool { return strings.HasPrefix(word, "mask") }) {
		return "mask"
	}
	return "image"
}

// HoldsPicture reports whether there is a picture in a value, however deep: its data, the ID of one of ours, or an address,
// if a name says that a picture is behind it. read are texts of pictures that count for nothing: they are used.
func (p *Body) HoldsPicture(name string, v gjson.Result, read ...string) bool {
	return p.holdsPicture(v, name, false, read)
}

// named says that a name around this one speaks of a picture; what is a webhook or a user is one with all that it has.
func (p *Body) holdsPicture(v gjson.Result, name string, named bool, read []string) (found bool) {
	other := namesOther(name)
	named = !other && (named || namesPicture(name))
	switch {
	case v.Type == gjson.String && !slices.Contains(read, strings.TrimSpace(v.Str)):
		src := Source{Text: v.Str}
		p.Take(&src)
		data := src.Ref != nil && src.Err == nil || !strings.HasPrefix(v.Str, UploadMark) && IsPictureData(v.Str)
		return data && !other || strings.HasPrefix(v.Str, adapter.ImagePrefix) && adapter.ValidID(v.Str) || ownAddress.MatchString(v.Str) ||
			isAddress(v.Str) && (named || !other && pictureAddress.MatchString(v.Str))
	case v.Type == gjson.JSON:
		v.ForEach(func(k, e gjson.Result) bool {
			inside := k.String()
			if other {
				inside = name
			}
			found = p.holdsPicture(e, inside, named, read)
			return !found
		})
	}
	return found
}

// pictureBase64 are the beginnings of PNG, JPEG, WebP and GIF in base64.
var pictureBase64 = []string{"iVBORw0KGgo", "/9j/", "UklGR", "R0lGOD"}

// IsPictureData reports whether a text is the data of a picture, without anything around it, or what is left of a long one.
func IsPictureData(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, UploadMark) || len(text) > 11 && strings.EqualFold(text[:11], "data:image/") && !strings.ContainsAny(text, " \t\r\n") ||
		len(text) > 60 && slices.ContainsFunc(pictureBase64, func(magic string) bool { return strings.HasPrefix(text, magic) }) && !strings.ContainsAny(text[:60], " \t\r\n")
}

// pictureAddress is an address that ends in a picture's file.
var pictureAddress = regexp.MustCompile(`^[^?#]*\.(?i:png|jpe?g|webp|gif|avif|heic)(?:[?#].*)?$`)

// isAddress reports whether a text is one address on the web.
func isAddress(text string) bool {
	text = strings.TrimSpace(text)
	return (HasScheme(text, "http") || HasScheme(text, "https")) && !strings.ContainsAny(text, " \t\r\n")
}

// What the words of a name say of an address: that a picture is behind it, as a beginning of a word, as its end, or as the
// whole word; or that it is something else, a place where the answer goes or a person's page.
var (
	pictureBeginnings = []string{"image", "img", "picture", "photo", "mask", "reference"}
	pictureEnds       = []string{"image", "images", "img", "picture", "pictures", "photo", "mask"}
	pictureWords      = []string{"urls", "ref", "refs", "init", "pic", "pics", "control", "controlnet", "ipadapter", "face", "sketch", "frame", "frames"}
	otherWords        = []string{"callback", "webhook", "hook", "notify", "notification", "user", "referer", "referrer", "redirect", "return", "site", "page", "profile",
		"avatar", "logo", "icon", "output", "result", "response", "host", "server", "api", "endpoint", "proxy"}
	iconWords = []string{"avatar", "icon", "profile"} // of a person or a program, whatever stands behind them
)

func namesPicture(name string) bool {
	if namesOther(name) {
		return false
	}
	return slices.ContainsFunc(wordsOf(name), func(word string) bool { return slices.Contains(pictureWords, word) || saysPicture(word) })
}

func saysPicture(word string) bool {
	return slices.ContainsFunc(pictureBeginnings, func(s string) bool { return strings.HasPrefix(word, s) }) ||
		slices.ContainsFunc(pictureEnds, func(s string) bool { return strings.HasSuffix(word, s) })
}

// namesOther goes by the last word that says anything: a user_photo is a picture, a photo_webhook is none.
func namesOther(name string) bool {
	for _, word := range slices.Backward(wordsOf(name)) {
		switch {
		case slices.Contains(otherWords, word):
			return true
		case slices.Contains(pictureWords, word) && word != "urls", saysPicture(word):
			return slices.ContainsFunc(wordsOf(name), func(word string) bool { return slices.Contains(iconWords, word) })
		}
	}
	return false
}

// nameWord is a word of a name: initImage and init_image have two.
var nameWord = regexp.MustCompile(`[A-Z]+[a-z]*|[a-z]+`)

func wordsOf(name string) (words []string) {
	for _, word := range nameWord.FindAllString(Shortened(name, 100), -1) {
		words = append(words, strings.ToLower(word))
	}
	return words
}
