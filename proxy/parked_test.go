package proxy

import (
	"bufio"
	"io"
	"net/http"
	"testing"

	"go.uber.org/goleak"
)

// Many wait, their jobs end together, each gets its answer.
func TestAllWhoWaitAreAnswered(t *testing.T) {
	const n = 400
	f := newFake()
	f.hold, f.settled = make(chan struct{}), make(chan string, n)
	address := listen(t, newServer(t, f))
	body := `{"prompt":"x"}`
	readers := make([]*bufio.Reader, n)
	for i := range readers {
		c := dial(t, address)
		readers[i] = bufio.NewReader(c)
		if _, err := io.WriteString(c, post(body, "Content-Length: 14")); err != nil {
			t.Fatal(err)
		}
	}
	close(f.hold)
	for i, r := range readers {
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatalf("client %d: %v", i, err)
		}
		answer, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != 200 || int64(len(answer)) != resp.ContentLength {
			t.Fatalf("client %d: %d, %d bytes, %v", i, resp.StatusCode, len(answer), err)
		}
	}
	for range n {
		if got := <-f.settled; got != "answered" {
			t.Fatalf("an answer was %s, want answered", got)
		}
	}
}

// Clients that leave while they wait, or in the middle of a body, leave nothing behind.
func TestClientsThatLeaveLeaveNothingBehind(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Run("clients", func(t *testing.T) {
		const n = 50
		f := newFake()
		f.hold, f.settled = make(chan struct{}), make(chan string, n)
		address := listen(t, newServer(t, f))
		for range n {
			waiting, sending := dial(t, address), dial(t, address)
			if _, err := io.WriteString(waiting, post(`{"prompt":"x"}`, "Content-Length: 14")); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(sending, post(`{"prompt":`, "Content-Length: 1400")); err != nil {
				t.Fatal(err)
			}
			if err := waiting.CloseWrite(); err != nil {
				t.Fatal(err)
			}
			if err := sending.Close(); err != nil {
				t.Fatal(err)
			}
		}
		for range n {
			if got := <-f.settled; got != "abandoned" {
				t.Fatalf("an answer was %s, want abandoned", got)
			}
		}
	})
	goleak.VerifyNone(t, before)
}
