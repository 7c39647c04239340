package proxy

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"midgate/proxy/web"
)

// TestARefusalIsReadByWhoSendsEverythingFirst: many clients write the whole upload before they look for an answer, and
// get a broken pipe if the connection is closed under them. Kernels hold a few megabytes; these bodies are larger.
func TestARefusalIsReadByWhoSendsEverythingFirst(t *testing.T) {
	const size = 24 << 20
	form := "--b\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\nmany\r\n--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n"
	head := func(key, target, kind, length string) string {
		return "POST " + target + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key + "\r\nContent-Type: " + kind + "\r\n" + length + "\r\n\r\n"
	}
	whole := fmt.Sprintf("Content-Length: %d", size)
	for name, c := range map[string]struct {
		head, first string
		chunked     bool
		pause       time.Duration // before each of the first three pieces
		status      int
	}{
		"a wrong key":               {head: head("sk-nobody", "/v1/images/edits", "multipart/form-data; boundary=b", whole), status: 401},
		"a wrong key, slowly":       {head: head("sk-nobody", "/v1/images/edits", "multipart/form-data; boundary=b", whole), pause: time.Second, status: 401},
		"a wrong key, in chunks":    {head: head("sk-nobody", "/v1/images/edits", "multipart/form-data; boundary=b", "Transfer-Encoding: chunked"), chunked: true, status: 401},
		"a file that is no picture": {head: head("sk-alice", "/v1/images/edits", "multipart/form-data; boundary=b", whole), first: form, status: 400},
		"no picture, in chunks":     {head: head("sk-alice", "/v1/images/edits", "multipart/form-data; boundary=b", "Transfer-Encoding: chunked"), first: form, chunked: true, status: 400},
		"an announced size":         {head: head("sk-alice", "/v1/images/generations", "application/json", whole), status: 413},
		"a size that shows":         {head: head("sk-alice", "/v1/images/generations", "application/json", "Transfer-Encoding: chunked"), first: `{"prompt":"`, chunked: true, status: 413},
		"no such address":           {head: head("sk-alice", "/v1/nothing", "application/json", whole), status: 404},
		"no such method":            {head: strings.Replace(head("sk-alice", "/v1/images/edits", "application/json", whole), "POST", "PUT", 1), status: 405},
	} {
		t.Run(name, func(t *testing.T) {
			status := c.status
			address := listen(t, newServer(t, newFake(), func(c *web.Config) {
				if c.MaxBody = 4 * size; status == 413 {
					c.MaxBody = size / 2
				}
			}))
			conn := dial(t, address)
			if _, err := io.WriteString(conn, c.head); err != nil {
				t.Fatal(err)
			}
			body := io.MultiReader(strings.NewReader(c.first), io.LimitReader(letters{}, size-int64(len(c.first))))
			piece := make([]byte, 64<<10)
			for pauses := 3; ; pauses-- {
				if pauses > 0 && c.pause > 0 {
					<-time.After(c.pause)
				}
				n, err := io.ReadFull(body, piece)
				if n == 0 {
					break
				}
				sent := piece[:n]
				if c.chunked {
					sent = fmt.Appendf(nil, "%x\r\n%s\r\n", n, sent)
				}
				if _, err := conn.Write(sent); err != nil {
					t.Fatalf("the body cannot be sent: %v", err)
				}
				if err != nil {
					break
				}
			}
			if c.chunked {
				_, _ = io.WriteString(conn, "0\r\n\r\n") // the end may come late
			}
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatalf("no answer: %v", err)
			}
			told, err := io.ReadAll(answer.Body)
			if answer.StatusCode != c.status || err != nil || !strings.Contains(string(told), `"error"`) {
				t.Errorf("%d, %s, %v; want %d and its envelope", answer.StatusCode, told, err, c.status)
			}
		})
	}
}
