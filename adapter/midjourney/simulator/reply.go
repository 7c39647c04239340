package simulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// The content types the upstreams answer with.
const (
	typeJSON  = "application/json; charset=utf-8"
	typePlain = "text/plain; charset=utf-8"
	typeHTML  = "text/html; charset=utf-8"
)

// reply is a complete answer, or one of the ways not to give one.
type reply struct {
	status   int
	kind     string // content type; "" leaves it out
	location string
	retry    string // Retry-After
	header   map[string]string
	body     []byte
	file     bool          // a picture or video: byte ranges work
	delay    time.Duration // held this long in addition to the lag
	hang     bool          // no answer until the client gives up
	drop     bool          // the connection breaks before the status line
	cut      bool          // the connection breaks in the middle of the body
	part     int           // where it breaks
	endless  bool          // the body's length is not told
	gone     bool          // the client has left already
}

// asJSON renders v compactly, without escaping <, > and &, as the upstreams do.
func asJSON(status int, v any) reply {
	return reply{status: status, kind: typeJSON, body: encode(v)}
}

func plain(status int, text string) reply {
	return reply{status: status, kind: typePlain, body: []byte(text)}
}

func page(status int, title string) reply {
	html := "<!DOCTYPE html><html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>\n"
	return reply{status: status, kind: typeHTML, body: []byte(html)}
}

func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return []byte("null")
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// write sends the reply. A broken connection is a panic with http.ErrAbortHandler, the way net/http wants it;
// Transport turns it into an error for callers without a server.
func (o reply) write(w http.ResponseWriter, r *http.Request) {
	switch {
	case o.gone:
		panic(http.ErrAbortHandler)
	case o.hang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case o.drop:
		panic(http.ErrAbortHandler)
	}
	o.writeHeader(w)
	switch {
	case o.cut:
		w.Header().Set("Content-Length", strconv.Itoa(len(o.body)))
		w.WriteHeader(o.status)
		_, _ = w.Write(o.body[:o.part])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case o.endless:
		w.WriteHeader(o.status)
		_, _ = w.Write(o.body[:len(o.body)/2])
		_ = http.NewResponseController(w).Flush() // from here on there is no length to announce
		_, _ = w.Write(o.body[len(o.body)/2:])
	case o.file && o.status == http.StatusOK:
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(o.body))
	default:
		w.Header().Set("Content-Length", strconv.Itoa(len(o.body)))
		w.WriteHeader(o.status)
		_, _ = w.Write(o.body)
	}
}

func (o reply) writeHeader(w http.ResponseWriter) {
	if o.kind != "" {
		w.Header().Set("Content-Type", o.kind)
	} else {
		w.Header()["Content-Type"] = nil
	}
	for name, value := range o.header {
		w.Header().Set(name, value)
	}
	if o.location != "" {
		w.Header().Set("Location", o.location)
	}
	if o.retry != "" {
		w.Header().Set("Retry-After", o.retry)
	}
}
