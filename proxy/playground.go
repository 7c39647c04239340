package proxy

import (
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
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
	data, coding, err := compressed(path.Join("assets", path.Base(name)), c.GetHeader("Accept-Encoding"))
	if err != nil {
		return &adapter.Error{Kind: adapter.NotFound, Code: "unknown_url", Message: "The page has no such file."}
	}
	h := c.Writer.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Add("Vary", "Accept-Encoding")
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	h.Set("X-Content-Type-Options", "nosniff")
	s.WriteBytes(c, http.StatusOK, mime.TypeByExtension(path.Ext(name)), data)
	return nil
}

// codings are the ways in which the page's files were compressed when it was built, the smallest first.
var codings = []struct{ name, ending string }{{"br", ".br"}, {"gzip", ".gz"}}

// compressed is a file of the page, compressed in a way that the browser takes; the coding is empty for the file as it is.
func compressed(name, accepted string) (data []byte, coding string, err error) {
	for _, c := range codings {
		if !takes(accepted, c.name) {
			continue
		}
		if data, err = fs.ReadFile(pageFiles, name+c.ending); err == nil {
			return data, c.name, nil
		}
	}
	data, err = fs.ReadFile(pageFiles, name)
	return data, "", err
}

// takes reports whether an Accept-Encoding header names a coding and does not refuse it.
func takes(accepted, coding string) bool {
	for part := range strings.SplitSeq(accepted, ",") {
		name, weight, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
			return err != nil || q > 0
		}
	}
	return false
}
