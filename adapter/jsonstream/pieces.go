package jsonstream

import (
	"bytes"
	"context"
	"io"
)

// pieces goes through a document once: text, the base64 of a file in chunks, text.
type pieces struct {
	ctx   context.Context
	text  []byte
	from  int // what of text was handed out
	files []file
	now   *encoder // of the file whose turn it is
}

func (d *Document) pieces(ctx context.Context) *pieces {
	return &pieces{ctx: ctx, text: d.text.Bytes(), files: d.files}
}

// next returns the next piece, which is valid until the call after it; nil after the last.
func (p *pieces) next() ([]byte, error) {
	for {
		if p.now != nil {
			piece, err := p.now.next()
			if err != nil || piece != nil {
				return piece, err
			}
			if err := p.endFile(); err != nil {
				return nil, err
			}
		}
		end := len(p.text)
		if len(p.files) > 0 {
			end = p.files[0].at
		}
		if p.from < end {
			piece := p.text[p.from:end]
			p.from = end
			return piece, nil
		}
		if len(p.files) == 0 {
			return nil, nil
		}
		if err := p.beginFile(); err != nil {
			return nil, err
		}
	}
}

func (p *pieces) beginFile() error {
	f := p.files[0]
	p.files = p.files[1:]
	if f.body != nil { // Document.Close closes it
		p.now = encode(io.NopCloser(io.MultiReader(bytes.NewReader(f.head), f.body)), f.size)
		return nil
	}
	body, err := f.open(p.ctx)
	if err != nil {
		return err
	}
	p.now = encode(body, f.size)
	return nil
}

func (p *pieces) endFile() error {
	now := p.now
	p.now = nil
	return now.close()
}

// close gives up what is left.
func (p *pieces) close() error {
	p.text, p.from, p.files = nil, 0, nil
	if p.now == nil {
		return nil
	}
	return p.endFile()
}
