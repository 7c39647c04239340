package body

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"midgate/adapter"
)

// readElsewhere are names that have readers of their own, and what clients may put anything into.
var readElsewhere = []string{"mask", "midjourney", "metadata", "reference_images", "style_reference", "character_reference", "omni_reference", "sref", "cref", "oref"}

// ownAddress is that of one of our pictures, under any host.
var ownAddress = regexp.MustCompile(`^https?://[^/\s]+/(?:[^\s]*/)?images/img_[A-Z2-7]{26}(?:\.[a-z]+)?(?:\?\S*)?$`)

// Strange refuses a body that has a picture under a name that no route reads, such as init_image: it would be drawn
// without it. What is no picture may stand anywhere. takes are further names that the route reads.
func (p *Body) Strange(takes ...string) error {
	for name, v := range p.Fields {
		if slices.Contains(imageFields, name) || slices.Contains(readElsewhere, name) || slices.Contains(takes, name) {
			continue
		}
		if p.holdsPicture(v, 3) {
			return adapter.BadParam(Shortened(name, 100), "unknown_upload", "The picture in '%s' is not used here: send it as 'image'.", Shortened(name, 100))
		}
	}
	return nil
}

// holdsPicture reports whether there is a picture's data in a value, or the ID of one of ours, as deep as clients put one.
func (p *Body) holdsPicture(v gjson.Result, deep int) (found bool) {
	switch {
	case v.Type == gjson.String:
		src := Source{Text: v.Str}
		p.Take(&src)
		return src.Ref != nil && src.Err == nil || len(v.Str) > 11 && strings.EqualFold(v.Str[:11], "data:image/") ||
			strings.HasPrefix(v.Str, adapter.ImagePrefix) && adapter.ValidID(v.Str) || ownAddress.MatchString(v.Str)
	case v.Type == gjson.JSON && deep > 0:
		v.ForEach(func(_, e gjson.Result) bool {
			found = p.holdsPicture(e, deep-1)
			return !found
		})
	}
	return found
}
