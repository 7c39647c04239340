package format

import (
	"bufio"
	"errors"
	"strings"
	"testing"

	"midgate/adapter"
)

const webmHeading = "\x1a\x45\xdf\xa3\x8f\x42\x86\x81\x01\x42\x82\x84webm\x42\x87\x81\x04"

func TestAWebMIsToldFromOtherFilesOfElements(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		want adapter.Format
	}{
		"a WebM":                   {webmHeading + "\x18\x53\x80\x67\x80", adapter.WebM},
		"its kind with zeros":      {"\x1a\x45\xdf\xa3\x89\x42\x82\x86webm\x00\x00", adapter.WebM},
		"sizes of eight bytes":     {"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x07\x42\x82\x84webm", adapter.WebM},
		"a Matroska":               {"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska", ""},
		"one that says no kind":    {"\x1a\x45\xdf\xa3\x84\x42\x86\x81\x01 and so on", ""},
		"a heading without an end": {"\x1a\x45\xdf\xa3\xff\x42\x82\x84webm", ""},
		"a heading that is cut":    {webmHeading[:16], ""},
	} {
		h, _, err := ReadHeader(strings.NewReader(c.file))
		if h.Format != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %+v, %v; want %q", name, h, err, c.want)
		}
	}
}

func TestARecordedWebMIsWholeWhereItsElementsAre(t *testing.T) {
	const recorded = webmHeading + "\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" + "\x15\x49\xa9\x66\x83abc"
	const cluster = "\x1f\x43\xb6\x75\x01\xff\xff\xff\xff\xff\xff\xff" + "\xe7\x81\x00" + "\xa3\x85abcde"
	for name, c := range map[string]struct {
		file string
		want error
	}{
		"with one element":                   {recorded, nil},
		"with clusters of unknown length":    {recorded + cluster + cluster, nil},
		"with nothing in it":                 {webmHeading + "\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff", ErrCutShort},
		"cut within an element":              {recorded[:len(recorded)-1], ErrCutShort},
		"cut within a block":                 {recorded + cluster + cluster[:len(cluster)-2], ErrCutShort},
		"cut within an element's size":       {recorded + cluster + "\x1f\x43\xb6\x75\x01\xff", ErrCutShort},
		"a heading with something else next": {webmHeading + "\xec\x81a", ErrCutShort},
	} {
		if err := ReadWhole(bufio.NewReader(strings.NewReader(c.file)), adapter.WebM); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
