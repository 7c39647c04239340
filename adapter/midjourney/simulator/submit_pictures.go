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
func (c submission) blend() reply.Reply {
	f := readFields(c.sim.habits.Lenient, c.call)
	images, shape, in := f.texts("base64Array"), f.text("dimensions"), f.common()
	if f.bad {
		return c.refuse(dialect.BadBody, "")
	}
	if len(images) < 2 || len(images) > 5 {
		return c.refuse(dialect.BadImages, "")
	}
	keys, ok := c.keepKeys(images)
	if !ok {
		return c.refuse(dialect.BadImage, "")
	}
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	if p, detail := c.gate("blend", ""); p != "" {
		return c.refuse(p, detail)
	}
	t := c.birth("blend", in, "")
	t.uploadKeys, t.blendShape = keys, [2]int{1, 1}
	switch strings.ToUpper(shape) {
	case "PORTRAIT":
		t.blendShape = [2]int{2, 3}
	case "LANDSCAPE":
		t.blendShape = [2]int{3, 2}
	}
	t.asked = fmt.Sprintf("%s --ar %d:%d", strings.Join(c.linksOf(keys), " "), t.blendShape[0], t.blendShape[1])
	t.final = prompts.Final(prompts.Parse(t.asked), t.model)
	t.description = "/blend " + strings.Join(c.linksOf(keys), " ")
	return c.start(t)
}

// keepKeys stores pictures that came as base64 or as addresses of our own; foreign addresses get a key of their own.
func (c submission) keepKeys(images []string) (keys []string, ok bool) {
	for _, text := range images {
		key, ok := c.keepOne(text)
		if !ok {
			return nil, false
		}
		keys = append(keys, key)
	}
	return keys, true
}

// keepOne stores one picture: data URI, base64, or an address, which is looked up among our own and never fetched.
func (c submission) keepOne(text string) (key string, ok bool) {
	text = strings.TrimSpace(text)
	if prompts.IsLink(text) {
		if key := studio.KeyOf(text); key != "" {
			return key, true
		}
		if data := c.sim.ownFile(text); data != nil {
			return c.sim.studio.Keep(data), true
		}
		return fmt.Sprintf("%08x", paint.Hash(text)), true
	}
	data := studio.Decode(text)
	if data == nil {
		return "", false
	}
	return c.sim.studio.Keep(data), true
}

func (c submission) linksOf(keys []string) []string {
	links := make([]string, len(keys))
	for i, key := range keys {
		links[i] = c.sim.studio.Link(c.base, key)
	}
	return links
}

// describe answers POST /mj/submit/describe.
func (c submission) describe() reply.Reply {
	f := readFields(c.sim.habits.Lenient, c.call)
	text, linked, in := f.text("base64"), f.text("link"), f.common()
	switch {
	case f.bad:
		return c.refuse(dialect.BadBody, "")
	case text == "" && linked == "":
		return c.refuse(dialect.BadImage, "")
	case text == "" && !prompts.IsLink(linked):
		return c.refuse(dialect.BadLink, "")
	}
	key, ok := c.keepOne(cmp.Or(text, linked))
	if !ok {
		return c.refuse(dialect.BadImage, "")
	}
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	if p, detail := c.gate("describe", ""); p != "" {
		return c.refuse(p, detail)
	}
	t := c.birth("describe", in, "")
	t.uploadKeys, t.uploaded = []string{key}, c.sim.studio.Uploaded(key, "")
	t.queries = c.sim.studio.Impressions(t.uploaded, key)
	t.description = "/describe " + path.Base(c.sim.studio.Link(c.base, key))
	return c.start(t)
}

// edits answers POST /mj/submit/edits and /retexture.
func (c submission) edits() reply.Reply {
	f := readFields(c.sim.habits.Lenient, c.call)
	prompt, picture, mask, in := f.text("prompt"), f.text("image"), f.text("maskBase64"), f.common()
	switch {
	case f.bad:
		return c.refuse(dialect.BadBody, "")
	case strings.TrimSpace(prompt) == "":
		return c.refuse(dialect.NoPrompt, "")
	case picture == "":
		return c.refuse(dialect.BadImage, "")
	case c.sim.habits.Partner && !c.sim.cfg.Partner:
		return c.refuse(dialect.NoEditing, "")
	}
	key, ok := c.keepOne(picture)
	if !ok {
		return c.refuse(dialect.BadImage, "")
	}
	kind := "edits"
	if c.route == "retexture" {
		kind = "retexture"
	}
	painted := studio.ReadMask(mask)
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	if p, detail := c.gate(kind, prompt); p != "" {
		return c.refuse(p, detail)
	}
	t := c.birth(kind, in, prompt)
	t.uploadKeys, t.mask = []string{key}, painted
	t.description = "/edit " + prompt
	return c.start(t)
}

// upload answers POST /mj/submit/upload-discord-images: nothing is charged.
func (c submission) upload() reply.Reply {
	f := readFields(c.sim.habits.Lenient, c.call)
	images := f.texts("base64Array")
	if f.bad {
		return c.refuse(dialect.BadBody, "")
	}
	links, ok := c.sim.studio.KeepAll(c.base, images)
	if !ok || len(links) == 0 {
		return c.refuse(dialect.BadImages, "")
	}
	return c.sim.habits.Uploaded(links)
}
