package videos

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/tidwall/gjson"

	"midgate/adapter"
	"midgate/proxy/body"
	"midgate/proxy/images"
	"midgate/proxy/web"
)

// Routes serves OpenAI's video API, and videos' bytes.
type Routes struct {
	*web.Server
	films Films
}

// New makes the routes.
func New(w *web.Server, f Films) *Routes {
	return &Routes{Server: w, films: f}
}

// Films makes and keeps videos. A video is its job.
type Films interface {
	Film(ctx context.Context, a adapter.Attempt, f adapter.VideoRequest) (adapter.Ticket, error)
	Remix(ctx context.Context, a adapter.Attempt, videoID, prompt string) (adapter.Ticket, error)
	Animate(ctx context.Context, a adapter.Attempt, act adapter.Act) (adapter.Ticket, error)
	// Video is a NotFound *Error for an unknown video and for somebody else's.
	Video(ctx context.Context, c adapter.Caller, id string) (adapter.Job, error)
	Videos(ctx context.Context, c adapter.Caller, limit int, after string, oldest bool) ([]adapter.Job, error)
	DeleteVideo(ctx context.Context, c adapter.Caller, id string) error
	// VideoBytes is public: an id cannot be guessed. clip counts from 0.
	VideoBytes(ctx context.Context, id string, clip int, thumbnail bool) (*adapter.Blob, error)
}

// Create serves POST /v1/videos, in both of its encodings.
func (s *Routes) Create(c *gin.Context) error {
	p, err := s.Read(c)
	if err != nil {
		return err
	}
	f, err := s.decode(c, p, false)
	if err != nil {
		return err
	}
	if body.Says(p.Fields["video"]) || body.Says(p.Fields["video[id]"]) {
		return adapter.BadParam("video", "invalid_value", "A video is carried on at POST /v1/videos/extensions.")
	}
	return s.begin(c, p, func(ctx context.Context, a adapter.Attempt) (adapter.Ticket, error) {
		return s.films.Film(ctx, a, f)
	})
}

// Remix serves POST /v1/videos/{id}/remix: another prompt for the same first frame.
func (s *Routes) Remix(c *gin.Context) error {
	id, err := named(c)
	if err != nil {
		return err
	}
	p, err := s.Read(c)
	if err != nil {
		return err
	}
	g, _, err := images.ReadGeneration(p, true, images.FilmMembers...)
	if err != nil {
		return err
	}
	if err := readFrames(p); err != nil {
		return err
	}
	if err := p.Unused(); err != nil {
		return err
	}
	for _, name := range []string{"seconds", "duration", "motion", "loop", "video_type", "end_image", images.AnySetting(p)} {
		if body.Says(p.Fields[name]) {
			return adapter.BadParam(name, "invalid_value", "A remix is the same video with other words: '%s' stays what it was.", name)
		}
	}
	if err := images.OnlyFilms(p, &g, true); err != nil {
		return err
	}
	if err := onlyClips(p, true); err != nil {
		return err
	}
	if _, param := images.ShapeBeside(p); param != "" {
		return adapter.BadParam(param, "invalid_value", "A remix is the same video with other words: '%s' stays what it was.", param)
	}
	return s.begin(c, p, func(ctx context.Context, a adapter.Attempt) (adapter.Ticket, error) {
		return s.films.Remix(ctx, a, id, g.Prompt)
	})
}

// Extend serves POST /v1/videos/extensions.
func (s *Routes) Extend(c *gin.Context) error {
	p, err := s.Read(c)
	if err != nil {
		return err
	}
	f, err := s.decode(c, p, true)
	if err != nil {
		return err
	}
	if f.Extends, err = readID(p); err != nil {
		return err
	}
	return s.begin(c, p, func(ctx context.Context, a adapter.Attempt) (adapter.Ticket, error) {
		return s.films.Film(ctx, a, f)
	})
}

// Unsupported serves what OpenAI has and Midjourney has not.
func (s *Routes) Unsupported(*gin.Context) error {
	return &adapter.Error{Kind: adapter.Unsupported, Code: "unsupported",
		Message: "Midjourney cannot do this with videos: POST /v1/videos animates a picture, /remix and /extensions go on from there."}
}

// begin starts a video and answers with it at once: clients ask for it until it is done.
func (s *Routes) begin(c *gin.Context, p *body.Body, start func(context.Context, adapter.Attempt) (adapter.Ticket, error)) error {
	a, err := web.Attempt(c, p, false, web.Echo{})
	if err != nil {
		return err
	}
	a.Async = true
	t, err := start(c.Request.Context(), a)
	if err != nil {
		return err
	}
	job := t.Job()
	web.Announce(c, t)
	s.WriteJSON(c, http.StatusOK, s.show(s.Base(c), job))
	web.Handed(c, t)
	return nil
}

// Animate makes a video of a picture, as one of its buttons does.
func (s *Routes) Animate(c *gin.Context, p *body.Body, act adapter.Act) error {
	return s.begin(c, p, func(ctx context.Context, a adapter.Attempt) (adapter.Ticket, error) {
		return s.films.Animate(ctx, a, act)
	})
}

// decode reads what the routes that make videos have in common; the first frame is looked up last.
func (s *Routes) decode(c *gin.Context, p *body.Body, extends bool) (f adapter.VideoRequest, err error) {
	var read body.Steps
	read.Do(func() (err error) {
		f.Generation, _, err = images.ReadGeneration(p, true, images.FilmMembers...)
		return
	})
	web.RequestOf(c).Model = f.Model
	read.Do(func() (err error) { f.Seconds, err = readSeconds(p); return })
	read.Do(func() (err error) {
		f.Motion, err = body.OneOf(field(p, "motion"), "motion", "low", "high")
		return
	})
	read.Do(func() (err error) { f.Loop, err = body.TruthOf(field(p, "loop"), "loop"); return })
	read.Do(func() (err error) { f.Type, err = body.TextOf(field(p, "video_type"), "video_type"); return })
	read.Do(func() (err error) { f.Input, err = s.firstFrame(c, p); return })
	read.Do(func() (err error) { f.End, err = s.lastFrame(c, p); return })
	read.Do(func() error { return s.ResolveReferences(c, p, &f.Generation) })
	if !extends {
		read.Do(func() error { return s.FrameInWords(c, &f) })
	}
	read.Do(func() error { return onlyClips(p, f.Input != nil || extends) })
	read.Do(func() error {
		return images.OnlyFilms(p, &f.Generation, f.Input != nil || extends)
	})
	shape, param := images.ShapeBeside(p)
	if f.Shape = shape; shape != "" {
		p.Call("aspect_ratio", param)
	}
	return f, read.Err
}

// onlyClips refuses what no clip of Midjourney's can be. Other APIs' defaults pass: 24 frames a second are what there are.
func onlyClips(p *body.Body, begun bool) error {
	for _, name := range []string{"fps", "frame_rate", "framerate", "frames_per_second"} {
		if n, given, err := body.NumberOf(p.Fields[name], name); err != nil || given && n != 0 && n != 24 {
			return adapter.BadParam(name, "invalid_value", "'%s' cannot be chosen: Midjourney's clips have 24 frames a second.", name)
		}
	}
	finest, kind := strings.ToLower(p.Hint("resolution")), field(p, "video_type")
	if fine.MatchString(finest) || strings.TrimSuffix(finest, "p") == "720" && !strings.HasSuffix(kind.Str, "_720") {
		return adapter.BadParam("resolution", "invalid_value", "'resolution' can be 480p, or 720p with 'video_type': 'vid_1.1_i2v_720'. Midjourney's clips are no finer.")
	}
	for _, name := range []string{"audio", "audio_url", "audio_file"} {
		if v := p.Fields[name]; v.Type == gjson.String && body.Says(v) && !strings.EqualFold(v.Str, "true") || v.Type == gjson.JSON && body.Says(v) {
			return adapter.BadParam(name, "invalid_value", "Midjourney's clips have no sound: leave '%s' out.", name)
		}
	}
	if !begun {
		return nil
	}
	return images.OnlyAnimated(p)
}

// fine are resolutions that no clip has.
var fine = regexp.MustCompile(`^(?i:(?:1080|1440|2160|4320)[pi]?|(?:[2-9]|[1-9][0-9])k|full ?hd|fhd|uhd|qhd)$`)

// field reads a member of the midjourney object that belongs to videos, or a field of that name beside it.
func field(p *body.Body, name string) gjson.Result {
	if v, ok := p.Fields[name]; ok && v.Type != gjson.Null {
		return v
	}
	o, err := p.Object("midjourney")
	if err != nil || !o.IsObject() {
		return gjson.Result{} // what is wrong with it was said before
	}
	return o.Map()[name]
}

// readSeconds reads OpenAI's length; its own default is 4. Other APIs call it duration, and have clips of five seconds.
func readSeconds(p *body.Body) (int, error) {
	n, err := p.Whole("seconds", 1, 20)
	if err != nil {
		return 0, err
	}
	if n == nil {
		name := "duration"
		for _, also := range []string{"duration_seconds", "durationSeconds", "video_length"} {
			if !body.Says(p.Fields[name]) && body.Says(p.Fields[also]) {
				name = also
			}
		}
		v := p.Fields[name]
		v.Str = strings.TrimSuffix(strings.TrimSpace(v.Str), "s") // "8s"
		if n, err = body.WholeOf(v, name, 1, 20); err != nil || n == nil {
			return 0, err
		}
		if *n <= 5 {
			return 4, nil
		}
		if *n%4 != 0 {
			return 0, adapter.BadParam(name, "invalid_value", "'%s' must be 1 to 5, 8, 12, 16 or 20.", name)
		}
		return int(*n), nil
	}
	if *n%4 != 0 {
		return 0, adapter.BadParam("seconds", "invalid_value", "'seconds' must be '4', '8', '12', '16' or '20'.")
	}
	return int(*n), nil
}

// readID reads which video is meant: video[id] in a form, {"id"} or the id itself in JSON.
func readID(p *body.Body) (string, error) {
	v := p.Fields["video[id]"]
	if v.Type == gjson.Null {
		v = p.Fields["video"]
	}
	if v.IsObject() {
		v = v.Get("id")
	}
	id, err := body.TextOf(v, "video")
	switch {
	case err != nil:
		return "", err
	case id == "":
		return "", adapter.BadParam("video", "missing_required_parameter", "Missing required parameter: 'video[id]', the ID of a video made here.")
	case !isID(id):
		return "", notFound()
	}
	return id, nil
}

func isID(id string) bool { return adapter.ValidID(id) && strings.HasPrefix(id, "video_") }

func notFound() error {
	return &adapter.Error{Kind: adapter.NotFound, Code: "video_not_found", Message: "There is no video with this ID."}
}

func named(c *gin.Context) (string, error) {
	if id := c.Param("id"); isID(id) {
		return id, nil
	}
	return "", notFound()
}
