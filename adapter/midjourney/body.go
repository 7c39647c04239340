package midjourney

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"

	"midgate/adapter"
)

// body is a JSON object on its way to the upstream. Pictures in it are read and encoded while it
// is sent, so that none is ever held in memory; its length is known before.
type body struct {
	parts []part
	n     int
}

// part is either literal JSON or a picture that becomes a data URL.
type part struct {
	text    []byte
	picture *adapter.Attachment
}

// field adds a value that is marshalled at once.
func (b *body) field(name string, value any) {
	raw, err := json.Marshal(value)
	if err != nil { // strings, numbers and lists of them cannot fail
		raw = []byte("null")
	}
	b.key(name)
	b.literal(raw)
}

// text adds a string unless it is empty.
func (b *body) text(name, value string) {
	if value != "" {
		b.field(name, value)
	}
}

// picture adds a picture, unless there is none.
func (b *body) picture(name string, a *adapter.Attachment) {
	if a == nil {
		return
	}
	b.key(name)
	b.attach(*a)
}

// pictures adds a list of pictures.
func (b *body) pictures(name string, list []adapter.Attachment) {
	b.key(name)
	b.literal([]byte("["))
	for i, a := range list {
		if i > 0 {
			b.literal([]byte(","))
		}
		b.attach(a)
	}
	b.literal([]byte("]"))
}

func (b *body) key(name string) {
	lead := `,"`
	if b.n == 0 {
		lead = `{"`
	}
	b.n++
	b.literal([]byte(lead + name + `":`))
}

func (b *body) literal(text []byte) {
	b.parts = append(b.parts, part{text: text})
}

func (b *body) attach(a adapter.Attachment) {
	if a.Open == nil {
		raw, err := json.Marshal(a.URL)
		if err != nil {
			raw = []byte(`""`)
		}
		b.literal(raw)
		return
	}
	b.literal([]byte(`"data:` + a.MIME + `;base64,`))
	b.parts = append(b.parts, part{picture: &a})
	b.literal([]byte(`"`))
}

// end closes the object.
func (b *body) end() {
	if b.n == 0 {
		b.literal([]byte("{"))
	}
	b.literal([]byte("}"))
}

// size is what Read will yield, in bytes.
func (b *body) size() int64 {
	var n int64
	for _, p := range b.parts {
		n += int64(len(p.text))
		if p.picture != nil {
			n += encodedSize(p.picture.Size)
		}
	}
	return n
}

// open starts a reader over the whole object; pictures are opened when their turn comes.
func (b *body) open(ctx context.Context) *bodyReader {
	return &bodyReader{ctx: ctx, parts: b.parts}
}

// bodyReader reads a body once. It remembers a failure of its own: a request that could not be
// completed cannot have created a job, whatever the connection says. The transport may close it
// from another goroutine than the one that reads.
type bodyReader struct {
	ctx context.Context

	mu    sync.Mutex
	parts []part
	now   io.ReadCloser
	err   error // of a picture, not of the connection
}

// Read implements io.Reader.
func (r *bodyReader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		if err := r.next(); err != nil {
			return 0, err
		}
		n, err := r.now.Read(p)
		if errors.Is(err, io.EOF) {
			_ = r.now.Close()
			r.now, err = nil, nil
		}
		if err != nil {
			r.err = err
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// next makes sure that there is a part to read from.
func (r *bodyReader) next() error {
	if r.now != nil {
		return nil
	}
	if len(r.parts) == 0 {
		return io.EOF
	}
	p := r.parts[0]
	r.parts = r.parts[1:]
	if p.picture == nil {
		r.now = io.NopCloser(bytes.NewReader(p.text))
		return nil
	}
	src, err := p.picture.Open(r.ctx)
	if err != nil {
		r.err = err
		return err
	}
	r.now = encode(src, p.picture.Size)
	return nil
}

// failed returns what kept the body from being read to its end, if it was a picture.
func (r *bodyReader) failed() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Close implements io.Closer.
func (r *bodyReader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.parts = nil
	if r.now == nil {
		return nil
	}
	err := r.now.Close()
	r.now = nil
	return err
}
