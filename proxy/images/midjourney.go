package images

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"midgate/adapter"
	"midgate/adapter/nearest"
	"midgate/proxy/body"
)

// refsOf reads references: one or a list of texts or numbers; a mark of an upload is such a text.
func refsOf(v gjson.Result, param string) (refs []string, err error) {
	if v.IsObject() {
		return nil, adapter.BadParam(param, "invalid_type", "'%s' must be URLs, data URLs, IDs or codes.", param)
	}
	for _, e := range v.Array() {
		text := strings.TrimSpace(e.Str)
		if e.Type != gjson.String {
			if text, err = body.TextOf(e, param); err != nil {
				return nil, err
			}
		}
		if text != "" {
			refs = append(refs, strings.Clone(text))
		}
	}
	return refs, nil
}

// mjMembers reads the members of the midjourney object. Types are checked here; ranges and conflicts
// between parameters are the core's business. An unknown member is refused: nobody means to be ignored there.
func mjMembers(o gjson.Result, also []string) (m adapter.Midjourney, err error) {
	if !o.IsObject() {
		return m, nil
	}
	o.ForEach(func(k, v gjson.Result) bool {
		if !slices.Contains(also, k.String()) {
			err = member(&m, k.String(), v)
		}
		return err == nil
	})
	return m, err
}

func member(m *adapter.Midjourney, name string, v gjson.Result) (err error) {
	param := "midjourney." + name
	switch name {
	case "version":
		m.Version, err = body.TextOf(v, param)
	case "niji":
		m.Niji, err = niji(v, param)
	case "speed":
		m.Speed, err = body.OneOf(v, param, "relax", "fast", "turbo")
	case "stylize":
		m.Stylize, err = body.Small(v, param)
	case "chaos":
		m.Chaos, err = body.Small(v, param)
	case "weird":
		m.Weird, err = body.Small(v, param)
	case "seed":
		m.Seed, err = body.WholeOf(v, param, 0, 1<<32-1)
	case "raw":
		m.Raw, err = body.TruthOf(v, param)
	case "tile":
		m.Tile, err = body.TruthOf(v, param)
	case "draft":
		m.Draft, err = body.TruthOf(v, param)
	case "hd":
		m.HD, err = body.TruthOf(v, param)
	case "no":
		var words []string
		words, err = body.ListOf(v, param)
		m.No = strings.Join(words, ", ")
	case "image_weight":
		m.ImageWeight, err = body.Decimal(v, param)
	default:
		err = referenceMember(m, name, v)
	}
	return err
}

// referenceMember reads what points at pictures, people's styles and what comes out of the grid.
func referenceMember(m *adapter.Midjourney, name string, v gjson.Result) (err error) {
	param := "midjourney." + name
	switch name {
	case "style_reference":
		m.StyleRef, err = refsOf(v, param)
	case "style_weight":
		m.StyleWeight, err = body.Small(v, param)
	case "character_reference":
		m.CharacterRef, err = refsOf(v, param)
	case "character_weight":
		m.CharacterWeight, err = body.Small(v, param)
	case "omni_reference":
		var refs []string
		if refs, err = refsOf(v, param); err == nil && len(refs) > 1 {
			err = adapter.BadParam(param, "array_above_max_length", "'%s' is one picture.", param)
		}
		m.OmniRef = strings.Join(refs, "")
	case "omni_weight":
		m.OmniWeight, err = body.Small(v, param)
	case "personalize":
		m.Personalize, err = personalize(v, param)
	case "grid":
		m.Grid, err = body.OneOf(v, param, adapter.GridSplit, adapter.GridUpscale, adapter.GridWhole)
	case "batch_size":
		var n *int64
		if n, err = body.WholeOf(v, param, 1, 4); n != nil {
			m.BatchSize = int(*n)
		}
	case "reference_images":
		m.ReferenceImages, err = body.TextsOf(v, param)
	default:
		near, _ := nearest.Of(strings.ToLower(name), members)
		err = adapter.BadParam("midjourney."+near, "unknown_parameter", "The midjourney object has a member that means nothing; did you mean '%s'? There are %s.", near, strings.Join(members, ", "))
	}
	return err
}

// members are all members of the midjourney object.
var members = []string{
	"version", "niji", "speed", "stylize", "chaos", "weird", "seed", "raw", "tile", "draft", "hd", "no", "image_weight", "style_reference", "style_weight",
	"character_reference", "character_weight", "omni_reference", "omni_weight", "personalize", "grid", "batch_size", "reference_images",
}

// niji reads a version of niji; true means its newest.
func niji(v gjson.Result, param string) (string, error) {
	switch v.Type {
	case gjson.True:
		return "true", nil
	case gjson.False:
		return "", nil
	default:
		return unlessFalse(body.TextOf(v, param))
	}
}

// personalize reads a code, or true for the account's own.
func personalize(v gjson.Result, param string) (string, error) {
	if v.Type == gjson.False {
		return "", nil
	}
	return unlessFalse(body.TextOf(v, param))
}

// unlessFalse takes a form's "false" for what JSON's false is.
func unlessFalse(text string, err error) (string, error) {
	if strings.EqualFold(text, "false") {
		return "", err
	}
	return text, err
}
