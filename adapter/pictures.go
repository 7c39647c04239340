package adapter

import (
	"context"
	"io"
	"time"
)

// Pictures keeps picture and video bytes and hands them out in the form that is wanted.
// It is safe for concurrent use; every name it is given is of [A-Za-z0-9_/.-].
type Pictures interface {
	// Save stores what r yields under name, at most limit bytes (a TooLarge *Error beyond), after
	// looking at its first bytes: PNG, JPEG, WebP, GIF, AVIF, MP4 or WebM, else an Invalid *Error. A file that
	// stops before its end is not stored: a Failed *Error.
	Save(ctx context.Context, name string, r io.Reader, limit int64) (Picture, error)
	// Receive stores an upload under its SHA-256 and returns that name; limits as Save, and pixels.
	Receive(ctx context.Context, r io.Reader, limit int64) (Picture, error)
	// Stat tells what is stored under name; ErrNotFound if nothing is.
	Stat(ctx context.Context, name string) (Picture, error)
	// Open hands out a rendition; it is made on first need and kept. ErrNotFound if the original is gone.
	Open(ctx context.Context, r Rendition) (*Blob, error)
	Delete(ctx context.Context, name string) error
}

// Inspector says whether Save would take a file. A Pictures may be one.
type Inspector interface {
	Inspect(r io.Reader, limit int64) error
}

// Keeper says whether a picture could be stored at the moment. A Pictures may be one: it is asked before a job is begun,
// since what could not be stored must not be paid for. It costs nothing while all is well.
type Keeper interface {
	Keeps(ctx context.Context) error
}

// Previewer draws pictures small, for whoever only looks at them. A Pictures may be one.
type Previewer interface {
	// Preview draws pictures on one JPEG: one alone as it is, several side by side with their numbers in the corners.
	// ErrNotFound if one is gone.
	Preview(ctx context.Context, pictures []Rendition, form PreviewForm) ([]byte, error)
	// Stencil makes a PNG of some size that is opaque but for the shapes, and stores it as an upload.
	Stencil(ctx context.Context, width, height int, holes []Hole) (Picture, error)
}

// PreviewForm bounds a preview.
type PreviewForm struct {
	Edge int // pixels of its longer side
	Most int // bytes
}

// Hole is a rectangle, or the ellipse in it, in hundredths of a picture's width and height.
type Hole struct {
	Left, Top, Width, Height float64
	Ellipse                  bool
}

// How many bytes of a picture and of a clip are taken from an upstream.
const (
	MaxPicture = 50 << 20
	MaxVideo   = 300 << 20
)

// Format is a picture's encoding, as OpenAI's output_format names it.
type Format string

// The formats. GIF (its first frame) and AVIF are only read, MP4 and WebM only passed on.
const (
	PNG  Format = "png"
	JPEG Format = "jpeg"
	WebP Format = "webp"
	GIF  Format = "gif"
	AVIF Format = "avif"
	MP4  Format = "mp4"
	WebM Format = "webm"
)

// Film reports whether the format is of clips alone.
func (f Format) Film() bool { return f == MP4 || f == WebM }

// Picture says what some stored bytes are.
type Picture struct {
	Name          string
	Format        Format
	Width, Height int  // pixels; 0 for MP4 and WebM
	Moving        bool // a clip, or a picture of several frames
	Size          int64
	SHA256        string // hex
}

// Rendition names one form of a stored picture.
type Rendition struct {
	Name        string // the original
	Quarter     int    // 0 the whole; 1 top left, 2 top right, 3 bottom left, 4 bottom right
	Format      Format // empty: the original's own, PNG for a quarter
	Compression int    // quality 1–100 for JPEG and WebP; 0: 90, 95 for a quarter of a JPEG
	Width       int    // 0: as it is; else made smaller, to this many pixels, never larger
	ImageID     string // written into a PNG as an iTXt chunk "midgate-id"
}

// Blob is a rendition that can be read: once through, or with Seek for ranges.
type Blob struct {
	io.ReadSeekCloser
	Format        Format
	Width, Height int
	Size          int64  // bytes that reading yields, exactly
	SHA256        string // of those bytes, hex
	Fingerprint   []byte // what recognition compares; nil for MP4 and WebM
	Modified      time.Time
}

// Retoucher prepares uploads for Midjourney. Its results are stored under names made from their content.
type Retoucher interface {
	// Mask turns an upload into an 8-bit grey PNG of w×h pixels, white where Midjourney is to repaint: from alpha 0,
	// or from a black and white picture. An Invalid *Error (param mask) if nothing or everything is marked, or if the
	// ratio differs by more than 2 %.
	Mask(ctx context.Context, upload string, w, h int) (Picture, error)
	// Erase makes the area transparent that a mask made by Mask marks, in a PNG of the picture's own size.
	Erase(ctx context.Context, picture Rendition, mask string) (Picture, error)
	// Holes reports whether an upload has wholly transparent pixels.
	Holes(ctx context.Context, upload string) (bool, error)
}

// Recogniser finds which of an owner's pictures an upload is, after a client re-encoded, stripped, resized or partly
// erased it. ErrNotFound if it is none of them.
type Recogniser interface {
	Recognise(ctx context.Context, owner string, upload Reference) (imageID string, err error)
	// Note remembers what a picture looks like that is handed out, so that it is recognised. It costs nothing to note one
	// again.
	Note(ctx context.Context, img Image, looks []byte)
}

// Notify posts a native task, as it is now, to the notifyHook that its client named (NativeJob.Hook). An error means
// that nobody took it.
type Notify func(ctx context.Context, t NativeTask) error
