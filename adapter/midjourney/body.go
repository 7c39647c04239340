package midjourney

import (
	"midgate/adapter"
	"midgate/adapter/jsonstream"
)

// body is a JSON object on its way to the upstream. Pictures in it are read and encoded while it
// is sent, so that none is ever held in memory; its length is known before.
type body struct {
	jsonstream.Document
	n int // members so far
}

// field adds a value.
func (b *body) field(name string, value any) {
	b.key(name)
	b.Value(value)
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
	b.Text("[")
	for i, a := range list {
		if i > 0 {
			b.Text(",")
		}
		b.attach(a)
	}
	b.Text("]")
}

func (b *body) key(name string) {
	lead := `,"`
	if b.n == 0 {
		lead = `{"`
	}
	b.n++
	b.Text(lead + name + `":`)
}

// attach adds a picture as a data URL, or as the address that it has.
func (b *body) attach(a adapter.Attachment) {
	if a.Open == nil {
		b.Value(a.URL)
		return
	}
	b.DataURL(a.MIME, a.Size, a.Open)
}

// end closes the object.
func (b *body) end() {
	if b.n == 0 {
		b.Text("{")
	}
	b.Text("}")
}
