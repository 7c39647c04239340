package body

import (
	"io"
	"strings"
	"testing"

	"midgate/adapter"
)

// So is the place where a body stops being JSON.
func TestBrokenJSONIsPlacedInTheBody(t *testing.T) {
	long := `"data:image/png;base64,` + strings.Repeat("iVBORw0K", 20_000) + `"`
	text, uploads, err := ExtractUploads(strings.NewReader("{\"image\":"+long+",\"prompt\":'x'}"), func(r io.Reader, _ string) (adapter.Reference, error) {
		_, err := io.Copy(io.Discard, r)
		return adapter.Reference{}, err
	})
	if _, wrong := ParseJSON(text, uploads...); err != nil || wrong == nil || !strings.Contains(wrong.Error(), "at byte 160044") {
		t.Errorf("broken JSON behind a long picture: %v, %v; want its place in the body", err, wrong)
	}
}
