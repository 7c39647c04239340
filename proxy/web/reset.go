package web

import (
	"net"
	"net/http"

	"github.com/gin-gonic/gin"
)

// reset makes a connection that is about to be cut end with a reset, where nothing else says that the answer is not whole:
// in HTTP/1.0, which nginx speaks to its upstreams unless it is told otherwise, an answer of unknown length is over when
// the connection is. nginx takes a reset for an error and cuts its own answer.
func reset(c *gin.Context) {
	if c.Request.ProtoAtLeast(1, 1) {
		return // pieces have their lengths
	}
	w := http.ResponseWriter(c.Writer)
	if u, ok := w.(interface{ Unwrap() http.ResponseWriter }); ok {
		w = u.Unwrap() // gin's own lets nobody take a connection over once something was written
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // a connection that is no such one, or is gone
	}
	if tls, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = tls.NetConn()
	}
	if tcp, ok := conn.(interface{ SetLinger(seconds int) error }); ok {
		_ = tcp.SetLinger(0) // it is closed in any case
	}
	_ = conn.Close() // as above
}
