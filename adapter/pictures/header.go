package pictures

import (
	"bytes"
	"errors"
	"fmt"
	"image/gif"
	"image/jpeg"
	stdpng "image/png"
	"io"

	"midgate/adapter"
	"midgate/adapter/pictures/png"
)

// header is what the first bytes say.
type header struct {
	Format        adapter.Format `json:"format"`
	Width, Height int            // pixels as they are shown; 0 for MP4
	Animated      bool           `json:",omitempty"` // a WebP with several frames
	Loops         bool           `json:",omitempty"` // a GIF with several frames, of which the first is the picture
	Turn          int            `json:",omitempty"` // a JPEG's orientation; 0 as it lies
}

// moving reports whether the file is a clip or has several frames.
func (h header) moving() bool { return h.Format == adapter.MP4 || h.Animated || h.Loops }

// headLimit is how far into a file its size in pixels is looked for. Colour profiles
// and camera notes stand before it, and none comes near this.
const headLimit = 4 << 20

// codeDamaged is OpenAI's code for bytes that are no usable picture.
const codeDamaged = "invalid_image_file"

// unusable refuses bytes with OpenAI's code for them.
func unusable(cause error, message string) error {
	return &adapter.Error{Kind: adapter.Invalid, Code: codeDamaged, Message: message, Err: cause}
}

func damagedPicture(cause error) error { return unusable(cause, "The picture is damaged.") }

func unknownFormat() error {
	return &adapter.Error{Kind: adapter.Invalid, Code: "unsupported_file_mimetype", Message: "This is not a PNG, JPEG, WebP or GIF picture."}
}

// readHeader looks at the first bytes of r without decoding anything; rest yields all
// of r again. Unknown or broken bytes are an Invalid *adapter.Error; an error of r
// itself comes through.
func readHeader(r io.Reader) (h header, rest io.Reader, err error) {
	var head bytes.Buffer
	src := &errReader{r: io.LimitReader(r, headLimit)}
	h, err = parseHeader(io.TeeReader(src, &head))
	if src.err != nil {
		return header{}, nil, src.err
	}
	if err != nil {
		if _, ours := errors.AsType[*adapter.Error](err); !ours {
			err = unusable(err, "The picture's header cannot be read.")
		}
		return header{}, nil, err
	}
	return h, io.MultiReader(&head, r), nil
}

// parseHeader goes by the bytes, never by a name or a type that somebody claims.
func parseHeader(r io.Reader) (header, error) {
	var magic [12]byte
	if _, err := io.ReadFull(r, magic[:]); err != nil {
		return header{}, unknownFormat()
	}
	again := io.MultiReader(bytes.NewReader(magic[:]), r)
	switch {
	case bytes.HasPrefix(magic[:], []byte(png.Signature)):
		c, err := stdpng.DecodeConfig(again)
		return sized(adapter.PNG, c.Width, c.Height, err)
	case bytes.HasPrefix(magic[:], []byte("\xff\xd8\xff")):
		return jpegHeader(again)
	case bytes.HasPrefix(magic[:], []byte("GIF87a")), bytes.HasPrefix(magic[:], []byte("GIF89a")):
		return gifHeader(again)
	case string(magic[:4]) == "RIFF" && string(magic[8:]) == "WEBP":
		return webpHeader(r)
	case string(magic[4:8]) == "ftyp":
		return boxedHeader(magic, r)
	}
	return header{}, unknownFormat()
}

// gifHeader also looks for the block that has frames repeated: it stands before the first one.
func gifHeader(r io.Reader) (header, error) {
	head, err := io.ReadAll(io.LimitReader(r, 4<<10))
	if err != nil {
		return header{}, err
	}
	c, err := gif.DecodeConfig(bytes.NewReader(head))
	h, err := sized(adapter.GIF, c.Width, c.Height, err)
	h.Loops = err == nil && bytes.Contains(head, []byte("NETSCAPE2.0"))
	return h, err
}

// jpegHeader also reads how the picture is turned.
func jpegHeader(r io.Reader) (header, error) {
	var head bytes.Buffer
	c, err := jpeg.DecodeConfig(io.TeeReader(r, &head))
	h, err := sized(adapter.JPEG, c.Width, c.Height, err)
	if turn := orientation(head.Bytes()); err == nil && turn != asItLies {
		h.Turn = turn
		if onItsSide(turn) {
			h.Width, h.Height = h.Height, h.Width
		}
	}
	return h, err
}

func sized(f adapter.Format, width, height int, err error) (header, error) {
	if err != nil {
		return header{}, err
	}
	if width <= 0 || height <= 0 {
		return header{}, fmt.Errorf("%s of %d×%d", f, width, height)
	}
	return header{Format: f, Width: width, Height: height}, nil
}

// errReader remembers a failure of its reader that is not the end of the data.
type errReader struct {
	r   io.Reader
	err error
}

func (e *errReader) Read(b []byte) (int, error) {
	n, err := e.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		e.err = err
	}
	return n, err
}
