package body

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"

	"midgate/adapter"
)

// maxEncodings is how many times a body may be compressed, one inside the other.
const maxEncodings = 2

// maxWindow is how far back a compressed body may refer, which is memory here. The standard wants 8 MB of everybody.
const maxWindow = 16 << 20

// decoders are the encodings that are understood, by their names in Content-Encoding. Codex sends zstd by itself.
var decoders = map[string]func(io.Reader) (io.ReadCloser, error){
	"gzip":    func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) },
	"x-gzip":  func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) },
	"deflate": inflate,
	"br":      func(r io.Reader) (io.ReadCloser, error) { return io.NopCloser(brotli.NewReader(r)), nil },
	"zstd": func(r io.Reader) (io.ReadCloser, error) {
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	},
}

// decodeBody undoes the compression of a body. What comes out of it has the same limit as a body that is not compressed,
// so that a small one cannot become a huge one here.
func decodeBody(r *http.Request, limit int64) error {
	var names []string
	for _, line := range r.Header.Values("Content-Encoding") {
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.ToLower(strings.TrimSpace(name)); name != "" && name != "identity" {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	if len(names) > maxEncodings {
		return adapter.Errorf(WrongEncoding, "The body is compressed %d times; at most %d are undone.", len(names), maxEncodings)
	}
	body := r.Body
	for _, name := range slices.Backward(names) { // the last one was applied last
		open, ok := decoders[name]
		if !ok {
			return adapter.Errorf(WrongEncoding, "The Content-Encoding '%s' is not understood. Allowed: gzip, deflate, zstd, br, or none.", Excerpt(name))
		}
		body = &decodedBody{name: name, open: open, from: body, left: limit, limit: limit}
	}
	r.Body, r.ContentLength = body, -1
	r.Header.Del("Content-Encoding")
	return nil
}

// inflate undoes deflate, which some clients send with zlib's header, as the standard says, and some without.
func inflate(r io.Reader) (io.ReadCloser, error) {
	b := bufio.NewReader(r)
	head, err := b.Peek(2)
	if err == nil && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		return zlib.NewReader(b)
	}
	return flate.NewReader(b), nil
}

// decodedBody reads a compressed body. Its header is read with the first bytes, so that who reads nothing waits for none.
type decodedBody struct {
	name    string
	open    func(io.Reader) (io.ReadCloser, error)
	from    io.ReadCloser
	decoder io.ReadCloser
	left    int64
	limit   int64
	failed  error
}

// Read implements io.Reader.
func (b *decodedBody) Read(p []byte) (int, error) {
	if b.failed != nil {
		return 0, b.failed
	}
	if b.decoder == nil {
		decoder, err := b.open(b.from)
		if err != nil {
			return 0, b.fail(err)
		}
		b.decoder = decoder
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.decoder.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n - 1, b.fail(&http.MaxBytesError{Limit: b.limit})
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.fail(err)
	}
	return n, err
}

// fail words why a body could not be decoded: it is broken, unless reading it failed for another reason.
func (b *decodedBody) fail(err error) error {
	var own *adapter.Error
	var tooLarge *http.MaxBytesError
	if !errors.As(err, &own) && !errors.As(err, &tooLarge) {
		err = adapter.Wrap(adapter.Invalid, err, "The request body is no whole %s stream, as its Content-Encoding says it is.", b.name)
	}
	b.failed = err
	return err
}

// Close closes the body; what the decoder still holds is let go.
func (b *decodedBody) Close() error {
	if b.decoder != nil {
		_ = b.decoder.Close() // whether the body was whole was told while it was read
	}
	return b.from.Close()
}
