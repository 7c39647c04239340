package simulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"midgate/adapter/midjourney/simulator/course"
	"midgate/adapter/midjourney/simulator/reply"
	"midgate/adapter/midjourney/simulator/studio"
)

// format is the file type of a task's picture: grids of version 7 and later are WebP, everything else PNG.
func (t *task) format() string {
	switch {
	case t.kind == "describe" && t.uploaded != nil:
		return "png"
	case len(t.cells) == 4 && t.model.Major >= 7:
		return "webp"
	}
	return "png"
}

// linkLife is how long a signed attachment address works.
const linkLife = 24 * time.Hour

// gallery knows the addresses of what tasks show, and draws it.
type gallery struct {
	studio  *studio.Studio
	partner bool // four separate pictures have addresses of their own
}

// pictureURL is the origin's raw address of what a view shows, "" while there is nothing.
func (g gallery) pictureURL(t *task, v course.View, base string) string {
	switch {
	case v.Image && t.mosaic:
		return attachment(base, t, "grid_0.webp", v.Finished)
	case v.Image && len(t.clipStart) > 0:
		return fmt.Sprintf("%s/cdn/video/%s/0_0.mp4", base, t.job)
	case len(t.cells) == 0 || t.cells[0] == nil:
		return ""
	case v.Image && t.kind == "describe":
		return g.studio.Link(base, t.uploadKeys[0])
	case v.Image && g.partner && len(t.cells) == 1:
		return fmt.Sprintf("%s/cdn/%s/0_0.png", base, t.job)
	case v.Image:
		return attachment(base, t, "grid_0."+t.format(), v.Finished)
	case v.Preview:
		return attachment(base, t, fmt.Sprintf("preview_%d.jpeg", v.Progress), t.submitted)
	}
	return ""
}

// attachment is an address signed for a day.
func attachment(base string, t *task, name string, from time.Time) string {
	expires := strconv.FormatInt(from.Add(linkLife).Unix(), 16)
	issued := strconv.FormatInt(from.Unix(), 16)
	return fmt.Sprintf("%s/cdn/attachments/%s/%s?ex=%s&is=%s&hm=%s", base, t.job, name, expires, issued, sign(t.job+name+expires))
}

// sign is a short signature; its key is no secret, it only has to be checked.
func sign(text string) string {
	mac := hmac.New(sha256.New, []byte("simulator"))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

// relayURL is the relay's own address of the picture: with ?rand= while it is unfinished, with ?sig= where the relay
// signs.
func relayURL(signed bool, t *task, v course.View, now time.Time, base string) string {
	q := url.Values{}
	if v.Status != "SUCCESS" {
		q.Set("rand", strconv.FormatInt(now.UnixNano(), 10))
	}
	if signed {
		q.Set("sig", sign(t.id))
	}
	link := base + "/mj/image/" + t.id
	if len(q) > 0 {
		link += "?" + q.Encode()
	}
	return link
}

// relayImage answers GET /mj/image/{id}, which needs no key but, where the relay signs, the right ?sig=.
func (s *Simulator) relayImage(c *call) reply.Reply {
	s.mu.Lock()
	t := s.register.tasks[c.id]
	if t == nil {
		s.mu.Unlock()
		return reply.JSON(400, map[string]string{"error": "midjourney_task_not_found"})
	}
	v := s.seen(t, c.now)
	shown := t.shown()
	s.mu.Unlock()
	switch {
	case s.habits.Copies && c.r.URL.Query().Get("sig") != sign(t.id):
		return reply.JSON(403, map[string]string{"error": "invalid_signature"})
	case v.Image && shown.mosaic:
		return s.gallery.mosaicFile(shown)
	case v.Image && len(shown.clips) > 0:
		return s.gallery.clipFile(shown, 0)
	case v.Image && len(shown.cells) > 0:
		return s.gallery.pictureFile(shown, shown.format)
	case v.Preview && len(shown.cells) > 0:
		return reply.Reply{Status: 200, Kind: "image/jpeg", File: true, Body: s.studio.Preview(shown.cells, v.Progress)}
	}
	return reply.JSON(500, map[string]string{"error": "http_get_image_failed"})
}

// shown is what can be drawn of a task, so that drawing needs no lock.
type shown struct {
	job    string
	cells  []*studio.Picture
	clips  []*studio.Picture
	motion string
	mosaic bool
	format string
}

func (t *task) shown() shown {
	out := shown{job: t.job, clips: t.clipStart, motion: t.motion, mosaic: t.mosaic, format: t.format()}
	if len(t.cells) > 0 && t.cells[0] != nil {
		out.cells = t.cells
	}
	return out
}

func (g gallery) pictureFile(sh shown, format string) reply.Reply {
	return reply.Reply{Status: 200, Kind: "image/" + format, File: true, Body: g.studio.File(sh.cells, format)}
}

func (g gallery) clipFile(sh shown, i int) reply.Reply {
	return reply.Reply{Status: 200, Kind: "video/mp4", File: true, Body: g.studio.Clip(sh.job, sh.clips[i], sh.motion, i)}
}

func (g gallery) mosaicFile(sh shown) reply.Reply {
	return reply.Reply{Status: 200, Kind: "image/webp", File: true, Body: g.studio.Mosaic(sh.job, sh.clips[0], sh.motion)}
}

var gone = reply.Plain(http.StatusNotFound, "This content is no longer available.")

// cdn answers GET /cdn/…: attachments/{job}/{file}, {job}/{file}, video/{job}/{file} and uploads/{key}.{type}.
func (s *Simulator) cdn(c *call) reply.Reply {
	dir, name := path.Split(c.id)
	if strings.HasPrefix(c.id, "uploads/") {
		return s.gallery.uploadFile(name)
	}
	job := path.Base(dir)
	q := c.r.URL.Query()
	if strings.HasPrefix(c.id, "attachments/") {
		expires, err := strconv.ParseInt(q.Get("ex"), 16, 64)
		if err != nil || q.Get("hm") != sign(job+name+q.Get("ex")) || c.now.Unix() > expires {
			return gone
		}
	}
	s.mu.Lock()
	t := s.register.jobs[job]
	if t == nil {
		s.mu.Unlock()
		return gone
	}
	v, sh := t.at(c.now), t.shown()
	s.mu.Unlock()
	return s.gallery.jobFile(sh, v, name)
}

// jobFile is one of a job's files by name.
func (g gallery) jobFile(sh shown, v course.View, name string) reply.Reply {
	stem, format, _ := strings.Cut(name, ".")
	if number, ok := strings.CutPrefix(stem, "preview_"); ok && len(sh.cells) > 0 {
		percent, err := strconv.Atoi(number)
		if err != nil || percent < 0 || percent > 100 {
			return gone
		}
		return reply.Reply{Status: 200, Kind: "image/jpeg", File: true, Body: g.studio.Preview(sh.cells, percent)}
	}
	if !v.Image {
		return gone
	}
	number, thumbnail := strings.CutSuffix(strings.TrimPrefix(stem, "0_"), "_640_N")
	i, err := strconv.Atoi(number)
	switch {
	case stem == "grid_0" && sh.mosaic:
		return g.mosaicFile(sh)
	case stem == "grid_0" && len(sh.cells) > 0 && (format == "png" || format == "webp"):
		return g.pictureFile(sh, format)
	case err != nil || i < 0:
		return gone
	case format == "mp4" && i < len(sh.clips):
		return g.clipFile(sh, i)
	case thumbnail && i < len(sh.clips):
		return reply.Reply{Status: 200, Kind: "image/jpeg", File: true, Body: g.studio.Preview(sh.clips[i:i+1], 100)}
	case i >= len(sh.cells):
		return gone
	case thumbnail:
		return reply.Reply{Status: 200, Kind: "image/jpeg", File: true, Body: g.studio.Preview(sh.cells[i:i+1], 100)}
	}
	sh.cells = sh.cells[i : i+1]
	return g.pictureFile(sh, "png")
}

func (g gallery) uploadFile(name string) reply.Reply {
	key, _, _ := strings.Cut(name, ".")
	data, kind, ok := g.studio.Upload(key)
	if !ok {
		return gone
	}
	return reply.Reply{Status: 200, Kind: kind, File: true, Body: data}
}

// ownFile is the bytes behind one of this simulator's own addresses, nil for any other.
func (s *Simulator) ownFile(link string) []byte {
	u, err := url.Parse(link)
	if err != nil {
		return nil
	}
	c := &call{r: &http.Request{Method: http.MethodGet, URL: u, Header: http.Header{}}, now: time.Now()}
	var out reply.Reply
	switch p := pathBehindPrefix(u.Path); {
	case strings.HasPrefix(p, "/mj/image/"):
		c.id = strings.TrimPrefix(p, "/mj/image/")
		out = s.relayImage(c)
	case strings.HasPrefix(p, "/cdn/"):
		c.id = strings.TrimPrefix(p, "/cdn/")
		out = s.cdn(c)
	}
	if out.Status != http.StatusOK {
		return nil
	}
	return out.Body
}
