package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// madeName is what a file is called that is stored: an ID and an ending of ours, nothing else.
var madeName = regexp.MustCompile(`^(img|video)_[A-Z2-7]{26}\.(png|jpg|webp|mp4|gif)$`)

// maxSaved is how large a file may be that is stored.
const maxSaved = 1 << 30

// addressed is a picture or a video of an answer.
type addressed struct {
	URL string `json:"url"`
}

// saved stores what an answer shows in full size, and adds where it is to the text: agents want files. An answer that only
// lists pictures stays as it is.
func (b *bridge) saved(ctx context.Context, answer []byte) []byte {
	var shown struct {
		Result struct {
			Meta struct {
				Result struct {
					Job      *struct{}   `json:"job"`
					Pictures []addressed `json:"pictures"`
					Videos   []addressed `json:"videos"`
				} `json:"midgate/result"`
			} `json:"_meta"`
		} `json:"result"`
	}
	if json.Unmarshal(answer, &shown) != nil {
		return answer
	}
	r := shown.Result.Meta.Result
	files := append(slices.Clone(r.Pictures), r.Videos...)
	if r.Job == nil && len(files) > 1 {
		return answer
	}
	var says []string
	for _, f := range files {
		name, err := b.store(ctx, f.URL)
		if err != nil {
			says = append(says, fmt.Sprintf("%s could not be saved: %v", f.URL, err))
			continue
		}
		says = append(says, name)
	}
	if len(says) == 0 {
		return answer
	}
	return withText(answer, "\nSaved in full size:\n"+strings.Join(says, "\n"))
}

// withText adds to the first text of an answer.
func withText(answer []byte, more string) []byte {
	var whole map[string]any
	d := json.NewDecoder(bytes.NewReader(answer))
	d.UseNumber()
	if d.Decode(&whole) != nil {
		return answer
	}
	result, _ := whole["result"].(map[string]any)
	content, _ := result["content"].([]any)
	for _, c := range content {
		if block, ok := c.(map[string]any); ok && block["type"] == "text" {
			text, _ := block["text"].(string)
			block["text"] = text + more
			if changed, err := json.Marshal(whole); err == nil {
				return changed
			}
		}
	}
	return answer
}

// store downloads a file, unless it is there, and returns its path.
func (b *bridge) store(ctx context.Context, address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || !madeName.MatchString(path.Base(u.Path)) {
		return "", fmt.Errorf("it has no name that is known")
	}
	dir, err := filepath.Abs(b.save)
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, path.Base(u.Path))
	if _, err := os.Stat(name); err == nil {
		return name, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // a folder of the user, for other programs too
		return "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }() // only read
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("status %d", resp.StatusCode)
	}
	return name, whole(name, io.LimitReader(resp.Body, maxSaved), resp.ContentLength)
}

// whole writes a file that is there in full or not at all.
func whole(name string, from io.Reader, length int64) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".midgate-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	n, err := io.Copy(f, from)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil && length >= 0 && n != length {
		err = io.ErrUnexpectedEOF
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644) //nolint:gosec // pictures are for other programs too
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	return err
}
