package videos

import (
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/tidwall/gjson"

	"midgate/adapter"
	"midgate/proxy/body"
)

// What other servers call the pictures that a video begins and ends with.
var (
	firstFrames = []string{"first_frame", "first_frame_image", "first_frame_url", "start_image", "start_frame", "init_image"}
	lastFrames  = []string{"last_frame", "last_frame_image", "last_frame_url", "end_frame", "image_tail"}
)

// firstFrame looks up the one picture that a video may begin with.
func (s *Routes) firstFrame(c *gin.Context, p *body.Body) (*adapter.Reference, error) {
	if err := readFrames(p); err != nil {
		return nil, err
	}
	if err := p.Unused("image", "end_image"); err != nil {
		return nil, err
	}
	if len(p.Images) > 1 {
		return nil, adapter.BadParam("input_reference", "invalid_value", "A video begins with one picture: send 'input_reference' once, as a file, an 'image_url' or a 'file_id'.")
	}
	if len(p.Images) == 0 {
		return nil, nil //nolint:nilnil // a still is drawn first
	}
	ref, err := s.Resolve(c, p.Images[0])
	return &ref, err
}

// readFrames reads the pictures of a body under all the names that are seen. The files of a form have been read.
func readFrames(p *body.Body) error {
	if err := p.JSONImages(); err != nil {
		return err
	}
	for _, name := range firstFrames {
		if err := p.AddImage(p.Fields[name], name); err != nil {
			return err
		}
	}
	for _, name := range lastFrames {
		if err := readLast(p, p.Fields[name], name); err != nil {
			return err
		}
	}
	if err := p.Strange(slices.Concat(firstFrames, lastFrames, []string{"frame_images", "end_image"})...); err != nil {
		return err
	}
	frames := p.Fields["frame_images"]
	if p.Form {
		frames = gjson.Parse(frames.Str)
	}
	for _, v := range frames.Array() { // OpenRouter's: each says which it is
		read := p.AddImage
		if strings.HasPrefix(v.Get("frame_type").String(), "last") {
			read = func(v gjson.Result, param string) error { return readLast(p, v, param) }
		}
		if err := read(v, "frame_images"); err != nil {
			return err
		}
	}
	return nil
}

// readLast takes a picture for the one that a video ends with.
func readLast(p *body.Body, v gjson.Result, param string) error {
	src, err := body.SourceOf(v, param)
	if err != nil || src.Text == "" {
		return err
	}
	if p.End != nil || field(p, "end_image").Type != gjson.Null {
		return adapter.BadParam(param, "invalid_value", "A video ends with one picture: send 'end_image' once.")
	}
	p.Take(&src)
	p.End = &src
	return nil
}

func (s *Routes) lastFrame(c *gin.Context, p *body.Body) (*adapter.Reference, error) {
	if p.End != nil {
		ref, err := s.Resolve(c, *p.End)
		return &ref, err
	}
	src, err := body.SourceOf(field(p, "end_image"), "end_image")
	if err != nil || src.Text == "" {
		return nil, err
	}
	p.Take(&src)
	ref, err := s.Resolve(c, src)
	return &ref, err
}
