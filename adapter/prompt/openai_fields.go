package prompt

import (
	"strings"

	"midgate/adapter"
)

// addSize adds the ratio of the size, or else of the picture that is edited, unless the prompt has one.
func (c *builder) addSize(size, fallback string) error {
	ratio, err := Ratio(size)
	if err != nil || c.has("ar") {
		return err
	}
	if ratio != "" {
		c.put(Flag{"ar", ratio}, "size")
		return nil
	}
	if ratio, err = Ratio(fallback); err != nil || ratio == "" || c.has("hd") && !hdRatio(ratio) {
		return nil //nolint:nilerr // nobody asked for it
	}
	c.derive(Flag{"ar", ratio}, "size")
	return nil
}

// addQuality adds what a quality means in the version, and reports whether every picture is to be
// upscaled. A parameter of the client's own that concerns quality overrules it.
func (c *builder) addQuality(quality, high string) (upscale bool) {
	if c.has("q", "draft", "hd", "sd") {
		return false
	}
	switch strings.ToLower(strings.TrimSpace(quality)) {
	case "low":
		c.lowQuality()
	case "high", "hd":
		if high == adapter.QualityUpscale {
			return true
		}
		c.highQuality()
	}
	return false
}

func (c *builder) lowQuality() {
	switch r := c.release; {
	case !r.known() || r.niji || r.num >= 8:
	case r.num >= 7:
		c.derive(Flag{Name: "draft"}, "quality")
	default:
		c.derive(Flag{"q", ".5"}, "quality")
	}
}

func (c *builder) highQuality() {
	ratio, _ := c.Flag("ar")
	switch r := c.release; {
	case !r.known() || r.niji:
	case r.num >= 8.1:
		if ratio == "" || hdRatio(ratio) {
			c.derive(Flag{Name: "hd"}, "quality")
		}
	case r.num >= 7 && r.num < 8:
		c.derive(Flag{"q", "2"}, "quality")
	}
}

// addStyle adds what a style means; vivid counts only because the client wrote it.
func (c *builder) addStyle(style string) {
	switch strings.ToLower(strings.TrimSpace(style)) {
	case "natural":
		if raw, ok := rawFlag(c.release); ok && !c.has("raw", "style") {
			c.derive(raw, "style")
		}
		c.derive(Flag{"s", "50"}, "style")
	case "vivid":
		c.derive(Flag{"s", "250"}, "style")
	}
}

// addFidelity turns input_fidelity into the image prompts' weight.
func (c *builder) addFidelity(fidelity string) {
	if !c.pictures {
		return
	}
	switch strings.ToLower(strings.TrimSpace(fidelity)) {
	case "high":
		c.derive(Flag{"iw", "2"}, "input_fidelity")
	case "low":
		c.derive(Flag{"iw", "1"}, "input_fidelity")
	}
}
