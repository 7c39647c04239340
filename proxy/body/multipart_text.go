package body

import (
	"bufio"
	"io"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"midgate/adapter"
)

// text takes a text part in; midjourney[version] and midjourney.version become members of the midjourney object. A text
// may be sent as a file.
func (f *formReader) text(d disposition) error {
	value, err := f.readText(d)
	if err != nil {
		return err
	}
	if err := f.weigh(len(value)); err != nil {
		return err
	}
	f.note(d.name, HexDigest(value))
	base, key := splitName(d.name)
	if member, dotted := strings.CutPrefix(d.name, "midjourney."); dotted {
		base, key = "midjourney", member
	}
	if base == "midjourney" && d.name != base {
		if f.nested[base] == nil {
			f.nested[base] = map[string]string{}
		}
		if old := f.nested[base][key]; old != "" {
			value = old + ", " + value
		}
		f.nested[base][key] = value
		return nil
	}
	if old := f.p.Fields[d.name].Str; old != "" && value != "" && old != value && !strings.HasSuffix(d.name, "]") && !slices.Contains(lists, base) {
		return twice(d.name)
	}
	f.p.Fields[d.name] = gjson.Result{Type: gjson.String, Str: value, Raw: "-"}
	return nil
}

// lists are the fields that may be there several times, and what nobody reads.
var lists = []string{"metadata", "tags", "include", "timestamp_granularities", "user"}

// readText reads the text of a part, which may be a file.
func (f *formReader) readText(d disposition) (string, error) {
	arriving := &bodyErrReader{from: d.body}
	body := bufio.NewReaderSize(arriving, 4096)
	if head, _ := body.Peek(64); d.picture || seemsPicture(head) {
		return "", unusedUpload(d.name)
	}
	raw, err := readText(body, maxText)
	if err != nil {
		return "", arriving.or(err)
	}
	text, ok := decoded(raw, d.charset)
	if !ok {
		return "", notUTF8(d.name, raw)
	}
	if v := gjson.Parse(text); d.json && gjson.Valid(text) && (v.Type == gjson.String || v.Type == gjson.Null) {
		if halfCharacter(text) >= 0 {
			return "", adapter.BadParam(knownName(d.name), "invalid_utf8", "The form's part %q has an escape that is half a character.", Shortened(d.name, 100))
		}
		return v.Str, nil
	}
	return text, nil
}

func readText(r io.Reader, limit int) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err == nil && len(b) > limit {
		err = adapter.Errorf(adapter.TooLarge, "A text part of the form is larger than %d bytes.", limit)
	}
	return b, err
}
