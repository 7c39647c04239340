package adapter_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"midgate/adapter"
)

// TestRecords_StoredBeforeAreReadUnchanged reads a record of each kind of job and picture as an earlier version wrote
// it: every member has a field, and writing it again gives the same JSON.
func TestRecords_StoredBeforeAreReadUnchanged(t *testing.T) {
	files, err := filepath.Glob("testdata/golden/*.json")
	if err != nil || len(files) < 18 {
		t.Fatalf("%d records, %v, want one of each kind", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			stored, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var record any = &adapter.Job{}
			if strings.HasPrefix(filepath.Base(file), "image_") {
				record = &adapter.Image{}
			}
			dec := json.NewDecoder(bytes.NewReader(stored))
			dec.DisallowUnknownFields()
			if err := dec.Decode(record); err != nil {
				t.Fatal(err)
			}
			again, err := json.MarshalIndent(record, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			if string(again)+"\n" != string(stored) {
				t.Errorf("written again it is\n%s\nwant\n%s", again, stored)
			}
		})
	}
}
