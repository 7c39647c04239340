package proxy

import (
	_ "embed"
	"net/http"

	"github.com/gin-gonic/gin"
)

// openapi describes the routes; it grows with the table in New, and a test compares the two.
//
//go:embed openapi.yaml
var openapi []byte

func (s *Server) serveOpenAPI(c *gin.Context) error {
	s.WriteBytes(c, http.StatusOK, "application/yaml", openapi)
	return nil
}
