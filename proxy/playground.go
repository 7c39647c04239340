package proxy

import (
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/playground"
)

// pageFiles is the playground's files; they are part of the program.
var pageFiles = playground.Files()

// front serves / to a browser as the playground, to everything else as a small JSON: connection testers open it.
func (s *Server) front(c *gin.Context) error {
	c.Writer.Header().Add("Vary", "Accept")
	if !strings.Contains(c.GetHeader("Accept"), "text/html") {
		return s.hello(c)
	}
	return s.playground(c)
}

// playground serves the page. Its links are relative, so that it works below whatever path a reverse proxy gives it.
func (s *Server) playground(c *gin.Context) error {
	index, err := fs.ReadFile(pageFiles, "index.html")
	if err != nil {
		return err
	}
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", playground.ContentSecurityPolicy)
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	s.WriteBytes(c, http.StatusOK, "text/html; charset=utf-8", index)
	return nil
}

// asset serves what the page loads; a changed file has another name.
func (s *Server) asset(c *gin.Context) error {
	name := c.Param("file")
	data, err := fs.ReadFile(pageFiles, path.Join("assets", path.Base(name)))
	if err != nil {
		return &adapter.Error{Kind: adapter.NotFound, Code: "unknown_url", Message: "The page has no such file."}
	}
	h := c.Writer.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	s.WriteBytes(c, http.StatusOK, mime.TypeByExtension(path.Ext(name)), data)
	return nil
}
