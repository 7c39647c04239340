package proxy

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"midgate/proxy/web"
)

// families are the first path segments that belong below /v1; clients whose base URL lacks it are understood.
var families = map[string]bool{
	"images": true, "models": true, "files": true, "jobs": true, "prompts": true,
	"chat": true, "responses": true, "videos": true,
	"usage": true, "key": true, "dashboard": true, "organization": true,
}

// normalise gives a request the one spelling of its path that the router knows: no doubled and no trailing slashes, /v1
// in front of OpenAI's families, and nothing else before them: not what Azure and others have there, nor a base URL that
// was pasted with a route in it. It is done here and not by a redirect, which clients do not follow with a key. Picture
// bytes keep their path: they are named outside /v1.
func normalise(r *http.Request) {
	escaped := r.URL.EscapedPath()
	tidy, deployment, azure := normalPath(escaped)
	if azure {
		*r = *web.WithAzure(r)
	}
	if deployment != "" && deployment != noDeployment {
		if name, err := url.PathUnescape(deployment); err == nil {
			*r = *web.WithDeployment(r, name)
		}
	}
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

// noDeployment is what go-openai writes into Azure's paths where its caller named no model.
const noDeployment = "UNKNOWN"

// normalPath works on the escaped form, so that %2F inside an id stays part of it. deployment is the name that Azure's
// paths have before the route, still escaped; empty where there is none. azure says that the path is spelled as Azure's are.
func normalPath(p string) (path, deployment string, azure bool) {
	p = collapse(p)
	parts := strings.Split(p[1:], "/")
	if isBytes(parts) {
		return p, "", false
	}
	meant, deployment := meantRoute(parts)
	if len(meant) == 0 || !families[meant[0]] || len(meant) < len(parts) && isBytes(meant) {
		return p, "", false
	}
	return "/v1/" + strings.Join(meant, "/"), deployment, isAzures(parts[:len(parts)-len(meant)])
}

// isAzures goes by what stands before the route. Google's paths have an openai too.
func isAzures(before []string) bool {
	return (slices.Contains(before, "openai") || slices.Contains(before, "deployments")) && !slices.Contains(before, "v1beta")
}

// foreign are path segments that other servers of OpenAI's API have before their routes: Azure, OpenRouter, Google, and
// whatever program adds /v1 to a base URL that has it.
var foreign = map[string]bool{"v1": true, "v1beta": true, "api": true, "openai": true}

// wholeRoutes are routes that people paste whole for a base URL: their client adds another one behind it.
var wholeRoutes = [][]string{
	{"images", "generations"}, {"images", "edits"}, {"images", "variations"}, {"chat", "completions"},
	{"images"}, {"responses"}, {"models"}, {"videos"},
}

// meantRoute takes away what stands before the route that is meant, again and again.
func meantRoute(parts []string) (route []string, deployment string) {
	for len(parts) > 0 {
		switch {
		case foreign[parts[0]]:
			parts = parts[1:]
		case (parts[0] == "deployments" || parts[0] == "engines") && len(parts) > 2:
			deployment, parts = parts[1], parts[2:]
		default:
			rest := behindPasted(parts)
			if rest == nil {
				return parts, deployment
			}
			parts = rest
		}
	}
	return nil, ""
}

// behindPasted is what follows a pasted route, if that is a route again; else nil.
func behindPasted(parts []string) []string {
	for _, route := range wholeRoutes {
		if len(parts) <= len(route) || !slices.Equal(parts[:len(route)], route) {
			continue
		}
		rest := parts[len(route):]
		for len(rest) > 0 && foreign[rest[0]] {
			rest = rest[1:]
		}
		for _, again := range wholeRoutes {
			if len(rest) >= len(again) && slices.Equal(rest[:len(again)], again) {
				return rest
			}
		}
	}
	return nil
}

// isBytes reports whether a path names picture or video bytes. They are served at one address each and no other.
func isBytes(parts []string) bool {
	return len(parts) == 2 && (parts[0] == "images" && isBytesName(parts[1]) || parts[0] == "videos" && isFilmName(parts[1]))
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
	return ok && web.PictureTypes[ext] != ""
}

// isFilmName is the same for the part after /videos/.
func isFilmName(name string) bool {
	_, ext, ok := strings.Cut(name, ".")
	return ok && slices.Contains(web.VideoEndings, ext)
}
