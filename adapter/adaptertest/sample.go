package adaptertest

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"midgate/adapter"
)

// patience is how long a suite waits for something that an engine promises to do soon. It is only
// used up when the promise is broken.
const patience = 20 * time.Second

// birth is when the records of the suites were made. It has a fraction that JSON must keep.
var birth = time.Date(2026, 3, 4, 5, 6, 7, 891234567, time.UTC)

// image makes the record number n of an owner; higher numbers are newer.
func image(owner string, n int) adapter.Image {
	return adapter.Image{
		ID:      "img_" + strings.Repeat("A", 24) + strconv.Itoa(10+n),
		Owner:   owner,
		Created: birth.Add(time.Duration(n) * time.Second),
		Model:   "midjourney",
		Prompt:  "a lighthouse, „quoted“ <&> \u2028",
		Width:   1024, Height: 1024,
		Source: "jobs/" + strconv.Itoa(n), Quarter: 2,
		Cells:    []string{"img_B", "img_C"},
		Upstream: "main", TaskID: "17" + strconv.Itoa(n),
		Buttons: []adapter.Button{{CustomID: "MJ::JOB::upsample::1::aa", Label: "U1", Action: adapter.ActUpscale, Index: 1}},
		Single:  &adapter.Single{TaskID: "99", Buttons: []adapter.Button{{CustomID: "x", Emoji: "🔍"}}},
	}
}

// same fails the test unless both values have one JSON form: times are the same instants then.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	g, err := json.Marshal(got)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	w, err := json.Marshal(want)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if !bytes.Equal(g, w) {
		t.Fatalf("%s = %s, want %s", what, g, w)
	}
}

// ok fails the test for an error.
func ok(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s = %v, want no error", what, err)
	}
}

// bounded returns the test's context with an end, so that an engine that hangs fails its test.
func bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	t.Cleanup(cancel)
	return ctx
}

// arrives returns the next value of a channel.
func arrives[T any](t *testing.T, what string, from <-chan T) T {
	t.Helper()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case v := <-from:
		return v
	case <-timer.C:
		t.Fatalf("%s: nothing within %s", what, patience)
		panic("unreachable")
	}
}
