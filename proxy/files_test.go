package proxy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"io"
	"testing"

	official "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"midgate/adapter/midjourney/simulator"
)

func TestAFileMakesARoundTripAndIsAnEditsPicture(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	alice := official.NewClient(option.WithBaseURL(h.base+"/v1"), option.WithAPIKey("sk-alice"), option.WithMaxRetries(0))
	bob := official.NewClient(option.WithBaseURL(h.base+"/v1"), option.WithAPIKey("sk-bob"), option.WithMaxRetries(0))
	ctx := context.Background()
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 64, 64))); err != nil {
		t.Fatal(err)
	}
	data := drawn.Bytes()
	f, err := alice.Files.New(ctx, official.FileNewParams{File: official.File(bytes.NewReader(data), "in.png", "image/png"), Purpose: official.FilePurposeVision})
	if err != nil || f.Bytes != int64(len(data)) || f.Filename != "in.png" || f.Purpose != "vision" {
		t.Fatalf("Files.New() = %+v, %v", f, err)
	}
	listed, err := alice.Files.List(ctx, official.FileListParams{})
	if err != nil || len(listed.Data) != 1 || listed.Data[0].ID != f.ID {
		t.Errorf("Files.List() = %+v, %v, want the file", listed, err)
	}
	content, err := alice.Files.Content(ctx, f.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = content.Body.Close() }()
	if got, err := io.ReadAll(content.Body); err != nil || !bytes.Equal(got, data) {
		t.Errorf("Files.Content() = %d bytes, %v, want the %d that were sent", len(got), err, len(data))
	}
	var failed *official.Error
	if _, err := bob.Files.Get(ctx, f.ID); !errors.As(err, &failed) || failed.StatusCode != 404 || failed.Code != "file_not_found" {
		t.Errorf("another key's look = %v, want 404 file_not_found", err)
	}
	edit := map[string]any{"model": "midjourney", "prompt": "add a boat", "images": []any{map[string]any{"file_id": f.ID}}}
	if err := alice.Post(ctx, "images/edits", edit, nil); err != nil {
		t.Errorf("an edit of the file = %v", err)
	}
	if err := bob.Post(ctx, "images/edits", edit, nil); !errors.As(err, &failed) || failed.StatusCode != 404 || failed.Param != "images[0].file_id" {
		t.Errorf("an edit of another key's file = %v, want 404 about images[0].file_id", err)
	}
	gone, err := alice.Files.Delete(ctx, f.ID)
	if err != nil || !gone.Deleted || gone.ID != f.ID {
		t.Errorf("Files.Delete() = %+v, %v", gone, err)
	}
	if _, err := alice.Files.Get(ctx, f.ID); !errors.As(err, &failed) || failed.StatusCode != 404 {
		t.Errorf("a deleted file = %v, want 404", err)
	}
}

// filesPage is a page of GET /v1/files.
func (h *house) filesPage(t *testing.T, query string) (l struct {
	Data    []struct{ ID, Purpose string }
	HasMore bool `json:"has_more"`
}) {
	t.Helper()
	status, _, body := h.call(t, "GET", "/v1/files?"+query, "")
	if err := json.Unmarshal(body, &l); err != nil || status != 200 {
		t.Fatalf("files?%s = %d %s", query, status, body)
	}
	return l
}

func TestFilesOfAPurposeHavePages(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for _, purpose := range []string{"vision", "batch", "vision", "batch", "batch"} {
		if status, _, body := h.form(t, "/v1/files", filmPart{name: "purpose", text: purpose}, filmPart{name: "file", file: stillOf(t, 96, 64)}); status != 200 {
			t.Fatalf("%d %s", status, body)
		}
	}
	after, found := "", 0
	for more := true; more && found < 3; {
		page := h.filesPage(t, "purpose=vision&limit=1"+after)
		if len(page.Data) != 1 || page.Data[0].Purpose != "vision" {
			t.Fatalf("page %d = %+v, want one file for vision", found+1, page)
		}
		after, found, more = "&after="+page.Data[0].ID, found+1, page.HasMore
	}
	if found != 2 {
		t.Errorf("%d files for vision were listed, want 2", found)
	}
}
