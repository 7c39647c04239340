package proxy

import (
	"errors"
	"io"
	"net/http"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/body"
	"midgate/proxy/web"
)

// maxHook is how large a webhook may be; a task's own JSON is a few KB.
const maxHook = 64 << 10

// Hooks takes the upstreams' webhooks. A token is an address that midgate gave out; adapter.ErrNotFound for any other.
// What the body claims is a hint and no more: forged, early, late, repeated and reordered ones do no harm.
type Hooks interface {
	Hint(token string, body []byte) error
}

// hook serves POST /hooks/{token}. It needs no key: the token cannot be guessed.
func (s *Server) hook(c *gin.Context) error {
	if s.core.Hooks == nil {
		return web.UnknownURL(c)
	}
	if c.Request.ContentLength > maxHook {
		return &http.MaxBytesError{Limit: maxHook}
	}
	data, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxHook))
	if err != nil {
		return body.BadBody(err)
	}
	err = s.core.Hooks.Hint(c.Param("token"), data)
	if errors.Is(err, adapter.ErrNotFound) {
		return s.unknownHook()
	}
	if err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	c.Writer.WriteHeaderNow()
	return nil
}

// unknownHook does not repeat the path: it may be somebody's token, misspelt.
func (s *Server) unknownHook() error {
	return adapter.Errorf(web.NoRoute, "There is no webhook at this address.")
}
