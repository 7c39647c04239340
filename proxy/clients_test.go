package proxy

import (
	"encoding/json"
	"testing"
	"time"
)

// order is one operation that a client is told to do.
type order struct {
	ID    int            `json:"id"` // program sets it
	Op    string         `json:"op"`
	Base  string         `json:"base"` // with /v1
	Key   string         `json:"key"`
	Body  map[string]any `json:"body"`
	Image string         `json:"image,omitempty"` // files to upload
	Mask  string         `json:"mask,omitempty"`
}

// gained is what a client made of the answer.
type gained struct {
	OK      bool            `json:"ok"`
	Value   json.RawMessage `json:"value"`
	Status  int             `json:"status"`
	Code    string          `json:"code"`
	Param   string          `json:"param"`
	Message string          `json:"message"`
}

// shown is a picture as a client has it in the end, downloaded where it got an address.
type shown struct {
	URL   *string `json:"url"`
	B64   bool    `json:"b64"`
	Start string  `json:"start"` // the first eight bytes
	SHA   string  `json:"sha"`
}

const pngStart = "89504e470d0a1a0a"

// pictures are the value of an operation that ends in pictures, which must be different PNGs.
func (o gained) pictures(t *testing.T, n int) []shown {
	t.Helper()
	var all []shown
	if !o.OK {
		t.Fatalf("the client got %d %s: %s", o.Status, o.Code, o.Message)
	}
	if err := json.Unmarshal(o.Value, &all); err != nil || len(all) != n {
		t.Fatalf("the client has %s, want %d pictures", o.Value, n)
	}
	distinct := map[string]bool{}
	for _, p := range all {
		if p.Start != pngStart {
			t.Errorf("a picture begins with %s, want a PNG", p.Start)
		}
		distinct[p.SHA] = true
	}
	if len(distinct) != n {
		t.Errorf("%d different pictures, want %d", len(distinct), n)
	}
	return all
}

// A sdk is a client library that can be told what to do.
type sdk interface {
	do(t *testing.T, o order) gained
}

// insist asks again where a connection broke or the gate was busy, as the user of a library does that repeats nothing by
// itself.
func insist(t *testing.T, library sdk, o order) gained {
	t.Helper()
	got := library.do(t, o)
	for range 4 {
		if got.OK || got.Status != 0 && got.Status != 429 {
			break
		}
		<-time.After(time.Second)
		got = library.do(t, o)
	}
	return got
}
