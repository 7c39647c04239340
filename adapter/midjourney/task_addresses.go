package midjourney

import (
	"encoding/json"
	"net/url"
	"path"
	"regexp"
	"strings"

	"midgate/adapter"
	"midgate/adapter/midjourney/wire"
)

// media sorts the addresses into pictures and videos: some servers fill imageUrl and imageUrls
// with clips.
func (t taskJSON) media(to *adapter.Task) {
	videos := addresses(t.VideoURLs)
	if one := strings.TrimSpace(string(t.VideoURL)); len(videos) == 0 && one != "" {
		videos = []string{one}
	}
	var clips []string
	one, several := oneAddress(t.ImageURL)
	if own := addresses(t.ImageURLs); len(own) > 0 {
		several = own
	}
	for _, u := range several {
		if isClip(u) {
			clips = append(clips, u)
		} else {
			to.ImageURLs = append(to.ImageURLs, u)
		}
	}
	switch u := one; {
	case !isClip(u):
		to.ImageURL = u
	case len(clips) == 0:
		clips = []string{u}
	}
	if len(videos) == 0 {
		videos = clips
	}
	to.VideoURLs = videos
	for _, u := range []wire.Text{t.URL, t.ProxyURL, t.BaseURL} {
		if u := strings.TrimSpace(string(u)); to.ImageURL != "" && strings.ContainsAny(u, "/.") && !isClip(u) && u != to.ImageURL {
			to.OtherURLs = append(to.OtherURLs, u)
		}
	}
}

// oneAddress reads the place of one address, in which some servers put the list of several.
func oneAddress(raw json.RawMessage) (one string, several []string) {
	one = strings.TrimSpace(wire.Scalar(raw))
	if len(raw) == 0 || one != "" && one[0] != '[' && strings.Count(one, "://") < 2 {
		return one, nil
	}
	switch all := addresses(raw); len(all) {
	case 0:
		return one, nil
	case 1:
		return all[0], nil
	default:
		return "", all
	}
}

// elements are those of a list, also of one that is written as a text, as JSON or as addresses with commas or blanks
// between them. What stands alone is a list of one.
func elements(raw json.RawMessage) []json.RawMessage {
	if l := wire.List(raw); l != nil {
		return l
	}
	if wire.Object(raw) != nil {
		return []json.RawMessage{raw}
	}
	text := strings.TrimSpace(wire.Scalar(raw))
	if l := wire.List(json.RawMessage(text)); l != nil {
		return l
	}
	var out []json.RawMessage
	for u := range strings.SplitSeq(parted.ReplaceAllString(text, "\n$1"), "\n") {
		if quoted, err := json.Marshal(strings.TrimRight(u, ",;| ")); err == nil {
			out = append(out, quoted)
		}
	}
	return out
}

// parted finds where one address ends and the next one begins.
var parted = regexp.MustCompile(`[,;|\s]+(https?://)`)

// addresses reads a list of strings, or of objects with an address in them.
func addresses(raw json.RawMessage) []string {
	var out []string
	for _, e := range elements(raw) {
		u := wire.Scalar(e)
		if m := wire.Object(e); m != nil {
			for _, name := range []string{"url", "imageUrl", "image_url", "imageURL", "videoUrl", "video_url", "image", "src", "uri", "link"} {
				if u = wire.Scalar(m[name]); u != "" {
					break
				}
			}
		}
		if u = strings.TrimSpace(u); strings.ContainsAny(u, "/.") {
			out = append(out, u)
		}
	}
	return out
}

// isClip reports whether an address names a video by its extension.
func isClip(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".mp4", ".webm", ".mov":
		return true
	default:
		return false
	}
}
