package simulator

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"midgate/adapter/midjourney/simulator/dialect"
	"midgate/adapter/midjourney/simulator/paint"
	"midgate/adapter/midjourney/simulator/prompts"
	"midgate/adapter/midjourney/simulator/reply"
	"midgate/adapter/midjourney/simulator/studio"
)

// blend answers POST /mj/submit/blend.
func (s *Simulator) blend(c *call) reply.Reply {
	f := s.fields(c)
	images, shape, in := f.texts("base64Array"), f.text("dimensions"), f.common()
	if f.bad {
		return s.refuse(c, dialect.BadBody, "")
	}
	if len(images) < 2 || len(images) > 5 {
		return s.refuse(c, dialect.BadImages, "")
	}
	keys, ok := s.keepKeys(images)
	if !ok {
		return s.refuse(c, dialect.BadImage, "")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, detail := s.gate(c, "blend", ""); p != "" {
		return s.refuse(c, p, detail)
	}
	t := s.birth(c, "blend", in, "")
	t.uploadKeys, t.blendShape = keys, [2]int{1, 1}
	switch strings.ToUpper(shape) {
	case "PORTRAIT":
		t.blendShape = [2]int{2, 3}
	case "LANDSCAPE":
		t.blendShape = [2]int{3, 2}
	}
	t.asked = fmt.Sprintf("%s --ar %d:%d", strings.Join(s.linksOf(c, keys), " "), t.blendShape[0], t.blendShape[1])
	t.final = prompts.Final(prompts.Parse(t.asked), t.model)
	t.description = "/blend " + strings.Join(s.linksOf(c, keys), " ")
	return s.start(t, c)
}

// keepKeys stores pictures that came as base64 or as addresses of our own; foreign addresses get a key of their own.
func (s *Simulator) keepKeys(images []string) (keys []string, ok bool) {
	for _, text := range images {
		key, ok := s.keepOne(text)
		if !ok {
			return nil, false
		}
		keys = append(keys, key)
	}
	return keys, true
}

// keepOne stores one picture: data URI, base64, or an address, which is looked up among our own and never fetched.
func (s *Simulator) keepOne(text string) (key string, ok bool) {
	text = strings.TrimSpace(text)
	if prompts.IsLink(text) {
		if key := studio.KeyOf(text); key != "" {
			return key, true
		}
		if data := s.ownFile(text); data != nil {
			return s.studio.Keep(data), true
		}
		return fmt.Sprintf("%08x", paint.Hash(text)), true
	}
	data := studio.Decode(text)
	if data == nil {
		return "", false
	}
	return s.studio.Keep(data), true
}

func (s *Simulator) linksOf(c *call, keys []string) []string {
	links := make([]string, len(keys))
	for i, key := range keys {
		links[i] = s.studio.Link(c.base, key)
	}
	return links
}

// describe answers POST /mj/submit/describe.
func (s *Simulator) describe(c *call) reply.Reply {
	f := s.fields(c)
	text, linked, in := f.text("base64"), f.text("link"), f.common()
	switch {
	case f.bad:
		return s.refuse(c, dialect.BadBody, "")
	case text == "" && linked == "":
		return s.refuse(c, dialect.BadImage, "")
	case text == "" && !prompts.IsLink(linked):
		return s.refuse(c, dialect.BadLink, "")
	}
	key, ok := s.keepOne(cmp.Or(text, linked))
	if !ok {
		return s.refuse(c, dialect.BadImage, "")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, detail := s.gate(c, "describe", ""); p != "" {
		return s.refuse(c, p, detail)
	}
	t := s.birth(c, "describe", in, "")
	t.uploadKeys, t.uploaded = []string{key}, s.studio.Uploaded(key, "")
	t.queries = s.studio.Impressions(t.uploaded, key)
	t.description = "/describe " + path.Base(s.studio.Link(c.base, key))
	return s.start(t, c)
}

// edits answers POST /mj/submit/edits and /retexture.
func (s *Simulator) edits(c *call) reply.Reply {
	f := s.fields(c)
	prompt, picture, mask, in := f.text("prompt"), f.text("image"), f.text("maskBase64"), f.common()
	switch {
	case f.bad:
		return s.refuse(c, dialect.BadBody, "")
	case strings.TrimSpace(prompt) == "":
		return s.refuse(c, dialect.NoPrompt, "")
	case picture == "":
		return s.refuse(c, dialect.BadImage, "")
	case s.habits.Partner && !s.cfg.Partner:
		return s.refuse(c, dialect.NoEditing, "")
	}
	key, ok := s.keepOne(picture)
	if !ok {
		return s.refuse(c, dialect.BadImage, "")
	}
	kind := "edits"
	if c.route == "retexture" {
		kind = "retexture"
	}
	painted := studio.ReadMask(mask)
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, detail := s.gate(c, kind, prompt); p != "" {
		return s.refuse(c, p, detail)
	}
	t := s.birth(c, kind, in, prompt)
	t.uploadKeys, t.mask = []string{key}, painted
	t.description = "/edit " + prompt
	return s.start(t, c)
}

// upload answers POST /mj/submit/upload-discord-images: nothing is charged.
func (s *Simulator) upload(c *call) reply.Reply {
	f := s.fields(c)
	images := f.texts("base64Array")
	if f.bad {
		return s.refuse(c, dialect.BadBody, "")
	}
	links, ok := s.studio.KeepAll(c.base, images)
	if !ok || len(links) == 0 {
		return s.refuse(c, dialect.BadImages, "")
	}
	return s.habits.Uploaded(links)
}
