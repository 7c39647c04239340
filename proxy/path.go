package proxy

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// families are the first path segments that belong below /v1; clients whose base URL lacks it are understood.
var families = map[string]bool{
	"images": true, "models": true, "files": true, "jobs": true, "prompts": true,
	"chat": true, "responses": true, "videos": true,
}

// pictureTypes are the extensions under which picture bytes are served.
var pictureTypes = map[string]string{"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp"}

// normalise gives a request the one spelling of its path that the router knows (contract.md §4): no doubled and no
// trailing slashes, /v1 in front of OpenAI's families. Picture bytes keep theirs: they are named outside /v1.
func normalise(r *http.Request) {
	escaped := r.URL.EscapedPath()
	tidy := normalPath(escaped)
	if tidy == escaped {
		return
	}
	plain, err := url.PathUnescape(tidy)
	if err != nil {
		return // the server refused such a path before
	}
	u := *r.URL
	u.Path, u.RawPath = plain, tidy
	r.URL = &u
}

// normalPath works on the escaped form, so that %2F inside an id stays part of it.
func normalPath(p string) string {
	p = collapse(p)
	head, rest, _ := strings.Cut(p[1:], "/")
	if !families[head] || head == "images" && isBytesName(rest) || head == "videos" && isFilmName(rest) {
		return p
	}
	return "/v1" + p
}

// collapse removes doubled and trailing slashes; the result starts with one.
func collapse(p string) string {
	if p != "" && p[0] == '/' && !strings.Contains(p, "//") && (p == "/" || p[len(p)-1] != '/') {
		return p
	}
	var b strings.Builder
	for part := range strings.SplitSeq(p, "/") {
		if part != "" {
			b.WriteByte('/')
			b.WriteString(part)
		}
	}
	if b.Len() == 0 {
		return "/"
	}
	return b.String()
}

// isBytesName reports whether the part after /images/ names picture bytes and not a record.
func isBytesName(name string) bool {
	_, ext, ok := strings.Cut(name, ".")
	return ok && pictureTypes[ext] != ""
}

// isFilmName is the same for the part after /videos/.
func isFilmName(name string) bool {
	_, ext, ok := strings.Cut(name, ".")
	return ok && slices.Contains(filmEndings, ext)
}
