package adapter

import "fmt"

// attachments opens the pictures of a request for a command, each once.
func (q *recipe) attachments(refs []Reference) ([]Attachment, error) {
	var all []Attachment
	for i := range refs {
		a, err := q.attachment(&refs[i])
		if err != nil {
			return nil, err
		}
		all = append(all, *a)
	}
	return all, nil
}

// attachment makes one picture ready to be sent: by URL, or as bytes that are streamed. nil for nil.
func (q *recipe) attachment(ref *Reference) (*Attachment, error) {
	if ref == nil {
		return nil, nil //nolint:nilnil // no picture is no error
	}
	if ref.URL != "" {
		return &Attachment{URL: ref.URL}, nil
	}
	r := Rendition{Name: ref.Upload}
	if ref.Image != "" {
		img, err := q.s.parts.Store.Get(q.ctx, ref.Image)
		if err != nil {
			return nil, fmt.Errorf("read the picture's record: %w", err)
		}
		r = img.original()
	}
	return q.s.lib.attach(q.ctx, r)
}
