package workflow

import (
	"fmt"

	"midgate/adapter"
)

// Attachments opens the pictures of a request for a command, each once.
func (q *Run) Attachments(refs []adapter.Reference) ([]adapter.Attachment, error) {
	var all []adapter.Attachment
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
func (q *Run) attachment(ref *adapter.Reference) (*adapter.Attachment, error) {
	if ref == nil {
		return nil, nil //nolint:nilnil // no picture is no error
	}
	if ref.URL != "" {
		return &adapter.Attachment{URL: ref.URL}, nil
	}
	r := adapter.Rendition{Name: ref.Upload}
	if ref.Image != "" {
		img, err := q.image(ref.Image)
		if err != nil {
			return nil, fmt.Errorf("read the picture's record: %w", err)
		}
		r = img.Original()
	}
	return q.s.lib.Attach(q.ctx, r)
}
