package proxy

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/proxy/body"
)

// healthz says that the process serves requests.
func (s *Server) healthz(c *gin.Context) error {
	s.WriteJSON(c, http.StatusOK, map[string]string{"status": "ok"})
	return nil
}

// readyz says whether work can be taken on: 503 with the reason in plain words if not. What is known of the upstream is
// told beside it and decides nothing: a gate whose upstream is down still delivers what it has. Nobody's question makes
// the upstream be asked, unless it says so (?ask=upstream).
func (s *Server) readyz(c *gin.Context) error {
	ctx, cancel := context.WithTimeout(c.Request.Context(), 5*time.Second)
	defer cancel()
	status, said := http.StatusOK, map[string]string{"status": "ready"}
	if err := s.core.Ready.Ready(ctx); err != nil {
		status, said = http.StatusServiceUnavailable, map[string]string{"status": "not ready", "reason": body.Typed(err).Message}
	}
	if s.core.Upstream != nil {
		words, stops := s.core.Upstream(ctx, c.Query("ask") == "upstream")
		said["upstream"] = words
		if !stops {
			said["cancel"] = "not offered"
		}
	}
	s.WriteJSON(c, status, said)
	return nil
}

// hello is for connection testers and people who open the address.
func (s *Server) hello(c *gin.Context) error {
	s.WriteJSON(c, http.StatusOK, map[string]string{
		"name": "midgate", "status": "ok", "api": "/v1", "openapi": "/openapi.yaml",
	})
	return nil
}

func (s *Server) serveMetrics(c *gin.Context) error {
	s.Metrics.ServeHTTP(c.Writer, c.Request)
	return nil
}
