package proxy

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// exposed are the answer headers that a page's script may read.
const exposed = "x-request-id, retry-after, retry-after-ms, x-should-retry, openai-processing-ms, openai-poll-after-ms, " +
	"midgate-job, midgate-missing, midgate-cost-max, midgate-budget-remaining, midgate-budget-warning, x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, location, preference-applied, content-range, accept-ranges"

// cors answers browsers, on errors too, and ends preflights before keys are asked for.
func (s *Server) cors(c *gin.Context) {
	origin := c.GetHeader("Origin")
	if origin == "" {
		return
	}
	h := c.Writer.Header()
	allowed := s.AllowedOrigin(origin, c.Request.URL.Path)
	if allowed == "" {
		return
	}
	h.Set("Access-Control-Allow-Origin", allowed)
	if allowed != "*" {
		h.Add("Vary", "Origin")
	}
	h.Set("Access-Control-Expose-Headers", exposed)
	if c.Request.Method != http.MethodOptions || c.GetHeader("Access-Control-Request-Method") == "" {
		return
	}
	h.Set("Access-Control-Allow-Methods", "GET, POST, DELETE, OPTIONS")
	if asked := c.GetHeader("Access-Control-Request-Headers"); asked != "" {
		// Echoed because "*" does not cover Authorization, and SDKs send a dozen names of their own.
		h.Set("Access-Control-Allow-Headers", asked)
		h.Add("Vary", "Access-Control-Request-Headers")
	}
	h.Set("Access-Control-Max-Age", "600")
	c.AbortWithStatus(http.StatusNoContent)
}
