package workflow

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"midgate/adapter"
)

// TestRequests_StoredBeforeAreReadUnchanged reads the request of each kind of job as an earlier version recorded it.
func TestRequests_StoredBeforeAreReadUnchanged(t *testing.T) {
	for name, request := range map[string]any{
		"generation": &adapter.Generation{}, "edit": &editing{}, "edit_by_words": &editing{}, "variation": &varying{}, "action": &adapter.Act{},
		"blend": &adapter.Edit{}, "description": &adapter.Edit{}, "shorten": &adapter.Generation{}, "video": &adapter.VideoRequest{}, "native": &adapter.NativeRequest{},
	} {
		t.Run(name, func(t *testing.T) {
			stored, err := os.ReadFile(filepath.Join("..", "testdata", "golden", "job_"+name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var job adapter.Job
			if err := json.Unmarshal(stored, &job); err != nil {
				t.Fatal(err)
			}
			dec := json.NewDecoder(bytes.NewReader(job.Request))
			dec.DisallowUnknownFields()
			if err := dec.Decode(request); err != nil {
				t.Fatal(err)
			}
			again, err := json.Marshal(request)
			if err != nil {
				t.Fatal(err)
			}
			var want bytes.Buffer
			if err := json.Compact(&want, job.Request); err != nil {
				t.Fatal(err)
			}
			if string(again) != want.String() {
				t.Errorf("written again it is\n%s\nwant\n%s", again, want.String())
			}
		})
	}
}
