package format

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	stdpng "image/png"
	"io"

	"midgate/adapter"
	"midgate/adapter/pictures/png"
)

// Header is what the first bytes say.
type Header struct {
	Format   adapter.Format `json:"format"`
	Width    int            `json:"Width"` // pixels as they are shown; 0 for MP4 and WebM
	Height   int            `json:"Height"`
	Animated bool           `json:"Animated,omitempty"` // a WebP with several frames
	Loops    bool           `json:"Loops,omitempty"`    // a GIF with several frames, of which the first is the picture
	Turn     int            `json:"Turn,omitempty"`     // how a JPEG or PNG wants to be turned; 0 as it lies
}

// Moving reports whether the file is a clip or has several frames.
func (h Header) Moving() bool { return h.Format.Film() || h.Animated || h.Loops }

// headLimit is how far into a file its size in pixels is looked for. Colour profiles
// and camera notes stand before it, and none comes near this.
const headLimit = 4 << 20

// CodeDamaged is OpenAI's code for bytes that are no usable picture.
const CodeDamaged = "invalid_image_file"

// Unusable refuses bytes with OpenAI's code for them.
func Unusable(cause error, message string) error {
	return &adapter.Error{Kind: adapter.Invalid, Code: CodeDamaged, Message: message, Err: cause}
}

// Damaged refuses a picture that no decoder reads.
func Damaged(cause error) error { return Unusable(cause, "The picture is damaged.") }

// Unknown refuses a file of no format that is taken.
func Unknown() error {
	return &adapter.Error{Kind: adapter.Invalid, Code: "unsupported_file_mimetype", Message: "This is not a PNG, JPEG, WebP or GIF picture."}
}

// ReadHeader looks at the first bytes of r without decoding anything; rest yields all
// of r again. Unknown or broken bytes are an Invalid *adapter.Error; an error of r
// itself comes through.
func ReadHeader(r io.Reader) (h Header, rest io.Reader, err error) {
	var head bytes.Buffer
	src := &Source{Reader: io.LimitReader(r, headLimit)}
	h, err = parseHeader(io.TeeReader(src, &head))
	if src.Err != nil {
		return Header{}, nil, src.Err
	}
	if err != nil {
		if _, ours := errors.AsType[*adapter.Error](err); !ours {
			err = Unusable(err, "The picture's header cannot be read.")
		}
		return Header{}, nil, err
	}
	return h, io.MultiReader(&head, r), nil
}

// parseHeader goes by the bytes, never by a name or a type that somebody claims.
func parseHeader(r io.Reader) (Header, error) {
	var magic [12]byte
	if _, err := io.ReadFull(r, magic[:]); err != nil {
		return Header{}, Unknown()
	}
	again := io.MultiReader(bytes.NewReader(magic[:]), r)
	switch {
	case bytes.HasPrefix(magic[:], []byte(png.Signature)):
		return turned(again, adapter.PNG, stdpng.DecodeConfig, pngOrientation)
	case bytes.HasPrefix(magic[:], []byte("\xff\xd8\xff")):
		return turned(again, adapter.JPEG, jpeg.DecodeConfig, jpegOrientation)
	case bytes.HasPrefix(magic[:], []byte("GIF87a")), bytes.HasPrefix(magic[:], []byte("GIF89a")):
		return gifHeader(again)
	case string(magic[:4]) == "RIFF" && string(magic[8:]) == "WEBP":
		return webpHeader(r)
	case bytes.HasPrefix(magic[:], []byte(ebmlSignature)):
		return webmHeader(again)
	case string(magic[4:8]) == "ftyp":
		return boxedHeader(magic, r)
	}
	return Header{}, Unknown()
}

// gifHeader also looks for the block that has frames repeated: it stands before the first one.
func gifHeader(r io.Reader) (Header, error) {
	head, err := io.ReadAll(io.LimitReader(r, 4<<10))
	if err != nil {
		return Header{}, err
	}
	c, err := gif.DecodeConfig(bytes.NewReader(head))
	h, err := sized(adapter.GIF, c.Width, c.Height, err)
	h.Loops = err == nil && bytes.Contains(head, []byte("NETSCAPE2.0"))
	return h, err
}

// turned also reads how the picture is turned.
func turned(r io.Reader, f adapter.Format, config func(io.Reader) (image.Config, error), orientation func(head []byte, more io.Reader) int) (Header, error) {
	var head bytes.Buffer
	c, err := config(io.TeeReader(r, &head))
	h, err := sized(f, c.Width, c.Height, err)
	if err != nil {
		return h, err
	}
	if turn := orientation(head.Bytes(), r); turn != asItLies {
		h.Turn = turn
		if onItsSide(turn) {
			h.Width, h.Height = h.Height, h.Width
		}
	}
	return h, nil
}

func sized(f adapter.Format, width, height int, err error) (Header, error) {
	if err != nil {
		return Header{}, err
	}
	if width <= 0 || height <= 0 {
		return Header{}, fmt.Errorf("%s of %d×%d", f, width, height)
	}
	return Header{Format: f, Width: width, Height: height}, nil
}

// Source remembers a failure of its reader that is not the end of the data, which a decoder would call a damaged file.
type Source struct {
	io.Reader
	Err error
}

func (s *Source) Read(b []byte) (int, error) {
	n, err := s.Reader.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		s.Err = err
	}
	return n, err
}
