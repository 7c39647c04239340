package proxy

import (
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
)

// read decodes a request's body. A deployment that the path names stands for the body's model.
func (s *Server) read(c *gin.Context) (*payload, error) {
	p, err := readBody(c.Request, s.receive(c))
	if name := deploymentOf(c.Request); err == nil && name != "" {
		err = p.deploy(s.core.Draw.Model, name, c.Request.URL.Path == responsesRoute)
	}
	return p, err
}

// receiver stores an upload while it arrives, under a name that may be empty, and says what it is known by.
type receiver func(r io.Reader, name string) (adapter.Reference, error)

// readBody decodes a body: a form if the content type says so, JSON in every other case. Its uploads go to keep.
func readBody(r *http.Request, keep receiver) (*payload, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		body := &opening{from: r.Body}
		p, err := readJSON(body, r.ContentLength, keep)
		return p, wrongForm(err, kind, body.first)
	}
	if params["boundary"] == "" {
		return nil, adapter.Errorf(adapter.Invalid, "The multipart body's content type names no boundary.")
	}
	return readForm(r.Body, params["boundary"], keep)
}

// opening is a body that remembers what it begins with.
type opening struct {
	from  io.Reader
	first byte // that is no blank; 0 before there is one
}

func (o *opening) Read(p []byte) (int, error) {
	n, err := o.from.Read(p)
	for i := 0; o.first == 0 && i < n; i++ {
		if !strings.ContainsRune(" \t\r\n", rune(p[i])) {
			o.first = p[i]
		}
	}
	return n, err
}

// wrongForm says what is accepted to who sent another kind of form. What begins like JSON is broken JSON, and what is
// empty is empty, whatever it calls itself: curl -d calls everything a form.
func wrongForm(err error, kind string, first byte) error {
	if err == nil {
		return nil
	}
	form := strings.HasPrefix(kind, "application/x-www-form-urlencoded") && first != 0 && first != '{' && first != '['
	if e := typed(err); form && e.Kind == adapter.Invalid && e.Code == "" {
		return adapter.BadParam("", "unsupported_content_type", "Send the body as application/json or multipart/form-data.")
	}
	return err
}

// receive stores an upload of this request's client.
func (s *Server) receive(c *gin.Context) receiver {
	return func(r io.Reader, name string) (adapter.Reference, error) {
		return s.core.Keep.Receive(c.Request.Context(), visitOf(c).caller, r, name)
	}
}
