package body

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"midgate/adapter"
)

// A slow trickle that keeps moving is cut off too: it has a least rate.
func TestBodiesHaveALeastRate(t *testing.T) {
	b := &patientBody{from: io.NopCloser(strings.NewReader("x")), conn: http.NewResponseController(nil), patience: time.Second,
		begun: time.Now().Add(-10 * time.Second), armed: time.Now(), read: 100}
	if _, err := b.Read(make([]byte, 1)); adapter.KindOf(err) != adapter.Invalid {
		t.Errorf("Read = %v, want a refusal after 100 bytes in 10 s", err)
	}
	b.begun, b.read, b.from = time.Now().Add(-10*time.Second), 1<<20, io.NopCloser(strings.NewReader("x"))
	if _, err := b.Read(make([]byte, 1)); err != nil {
		t.Errorf("Read = %v, want none after 1 MiB in 10 s", err)
	}
}
