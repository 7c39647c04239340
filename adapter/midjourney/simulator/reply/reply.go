package reply

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// The content types the upstreams answer with.
const (
	TypeJSON  = "application/json; charset=utf-8"
	TypePlain = "text/plain; charset=utf-8"
	typeHTML  = "text/html; charset=utf-8"
)

// Reply is a complete answer, or one of the ways not to give one.
type Reply struct {
	Status   int
	Kind     string // content type; "" leaves it out
	Location string
	Retry    string // Retry-After
	Header   map[string]string
	Body     []byte
	File     bool          // a picture or video: byte ranges work
	Delay    time.Duration // held this long in addition to the lag
	Hang     bool          // no answer until the client gives up
	Drop     bool          // the connection breaks before the status line
	Cut      bool          // the connection breaks in the middle of the body
	Part     int           // where it breaks
	Endless  bool          // the body's length is not told
	Gone     bool          // the client has left already
}

// JSON renders v compactly, without escaping <, > and &, as the upstreams do.
func JSON(status int, v any) Reply {
	return Reply{Status: status, Kind: TypeJSON, Body: Encode(v)}
}

func Plain(status int, text string) Reply {
	return Reply{Status: status, Kind: TypePlain, Body: []byte(text)}
}

func Page(status int, title string) Reply {
	html := "<!DOCTYPE html><html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>\n"
	return Reply{Status: status, Kind: typeHTML, Body: []byte(html)}
}

func Encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return []byte("null")
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// Write sends the reply. A broken connection is a panic with http.ErrAbortHandler, the way net/http wants it;
// Transport turns it into an error for callers without a server.
func (o Reply) Write(w http.ResponseWriter, r *http.Request) {
	switch {
	case o.Gone:
		panic(http.ErrAbortHandler)
	case o.Hang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case o.Drop:
		panic(http.ErrAbortHandler)
	}
	o.writeHeader(w)
	switch {
	case o.Cut:
		w.Header().Set("Content-Length", strconv.Itoa(len(o.Body)))
		w.WriteHeader(o.Status)
		_, _ = w.Write(o.Body[:o.Part])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case o.Endless:
		w.WriteHeader(o.Status)
		_, _ = w.Write(o.Body[:len(o.Body)/2])
		_ = http.NewResponseController(w).Flush() // from here on there is no length to announce
		_, _ = w.Write(o.Body[len(o.Body)/2:])
	case o.File && o.Status == http.StatusOK:
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(o.Body))
	default:
		w.Header().Set("Content-Length", strconv.Itoa(len(o.Body)))
		w.WriteHeader(o.Status)
		_, _ = w.Write(o.Body)
	}
}

func (o Reply) writeHeader(w http.ResponseWriter) {
	if o.Kind != "" {
		w.Header().Set("Content-Type", o.Kind)
	} else {
		w.Header()["Content-Type"] = nil
	}
	for name, value := range o.Header {
		w.Header().Set(name, value)
	}
	if o.Location != "" {
		w.Header().Set("Location", o.Location)
	}
	if o.Retry != "" {
		w.Header().Set("Retry-After", o.Retry)
	}
}
