package proxy

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// healthz says that the process serves requests.
func (s *Server) healthz(c *gin.Context) error {
	s.writeJSON(c, http.StatusOK, map[string]string{"status": "ok"})
	return nil
}

// readyz says whether work can be taken on: 503 with the reason in plain words if not.
func (s *Server) readyz(c *gin.Context) error {
	ctx, cancel := context.WithTimeout(c.Request.Context(), 5*time.Second)
	defer cancel()
	if err := s.core.Ready.Ready(ctx); err != nil {
		s.writeJSON(c, http.StatusServiceUnavailable, map[string]string{"status": "not ready", "reason": typed(err).Message})
		return nil
	}
	s.writeJSON(c, http.StatusOK, map[string]string{"status": "ready"})
	return nil
}

// hello is for connection testers and people who open the address.
func (s *Server) hello(c *gin.Context) error {
	s.writeJSON(c, http.StatusOK, map[string]string{
		"name": "midgate", "status": "ok", "api": "/v1", "openapi": "/openapi.yaml",
	})
	return nil
}
