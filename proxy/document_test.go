package proxy

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"midgate/adapter"
)

func TestAnswersComeWhole(t *testing.T) {
	blob := zeroes(rawChunk*2 + 1)
	d := &document{}
	d.text.WriteString("<")
	d.picture(blob)
	d.text.WriteString(">")
	var got bytes.Buffer
	if err := d.writeTo(&got, func() {}); err != nil || int64(got.Len()) != d.Size() {
		t.Errorf("wrote %d bytes, %v; want %d", got.Len(), err, d.Size())
	}
	want := `<"` + strings.Repeat("AAAA", (rawChunk*2)/3) + `AA=="` + ">"
	if got.String() != want {
		t.Errorf("the base64 of %d zeroes is wrong", blob.Size)
	}
	short := &document{}
	short.picture(&adapter.Blob{ReadSeekCloser: openFile{bytes.NewReader([]byte("abc"))}, Size: 4})
	if err := short.writeTo(io.Discard, func() {}); !errors.Is(err, errSize) {
		t.Errorf("a picture that is shorter than announced = %v, want %v", err, errSize)
	}
}
