package studio

import (
	"encoding/base64"
	"image"
	"strings"

	"midgate/adapter/midjourney/simulator/paint"
)

// Mask is a mask that came with a modal or an edit: its bytes, and where it is white, in shares of its size.
type Mask struct {
	Data []byte
	Box  paint.Frame
}

// ReadMask decodes the base64 of a mask; what is no PNG keeps its bytes and has an empty box.
func ReadMask(text string) Mask {
	out := Mask{Data: Decode(text)}
	const n = 64
	mask := paint.ReadMask(out.Data, image.Rect(0, 0, n, n))
	if mask == nil {
		return out
	}
	box := image.Rectangle{}
	for i, v := range mask.Pix {
		if v >= 128 {
			box = box.Union(image.Rect(i%n, i/n, i%n+1, i/n+1))
		}
	}
	out.Box = paint.Share(box, n, n)
	return out
}

// Decode reads base64 with or without the head of a data URI; nil when it is neither.
func Decode(text string) []byte {
	if head, rest, ok := strings.Cut(text, ","); ok && strings.HasPrefix(head, "data:") {
		text = rest
	}
	data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		data, err = base64.RawStdEncoding.DecodeString(strings.TrimSpace(text))
	}
	if err != nil || len(data) == 0 {
		return nil
	}
	return data
}
