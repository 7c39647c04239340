package web

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/body"
)

// deploymentKey is where a request's context keeps the deployment that its path names.
type deploymentKey struct{}

// WithDeployment keeps the deployment that a request's path named.
func WithDeployment(r *http.Request, name string) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), deploymentKey{}, name))
}

// deploymentOf is the deployment that the path named, as Azure's paths do; empty if it named none.
func deploymentOf(r *http.Request) string {
	name, _ := r.Context().Value(deploymentKey{}).(string)
	return name
}

// azureKey is where a request's context says that its path is spelled as Azure's are.
type azureKey struct{}

// WithAzure keeps that a request's path is spelled as Azure's are.
func WithAzure(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), azureKey{}, true))
}

func ofAzure(r *http.Request) bool { return r.Context().Value(azureKey{}) != nil }

// LimitBody bounds the size of a body, and how long it may take, and undoes its compression.
func (s *Server) LimitBody(c *gin.Context) error {
	return body.Limit(c.Writer, c.Request, s.Config.MaxBody, s.Config.BodyPatience)
}

// Read decodes a request's body. A deployment that the path names stands for the body's model.
func (s *Server) Read(c *gin.Context) (*body.Body, error) {
	return s.decode(c, false)
}

// ReadAnyModel is read for a route that takes whatever model is named.
func (s *Server) ReadAnyModel(c *gin.Context) (*body.Body, error) {
	return s.decode(c, true)
}

func (s *Server) decode(c *gin.Context, anyModel bool) (*body.Body, error) {
	p, err := body.Read(c.Request, s.Receive(c))
	if name := deploymentOf(c.Request); err == nil && name != "" {
		err = p.Deploy(s.Services.Models.Model, name, anyModel)
	}
	if err == nil {
		p.Called, p.Query = map[string]string{}, c.Request.URL.Query()
		RequestOf(c).called = p.Called
	}
	return p, err
}

// Receive stores an upload of this request's client.
func (s *Server) Receive(c *gin.Context) body.Receiver {
	return func(r io.Reader, name string) (adapter.Reference, error) {
		return s.Services.Pictures.Receive(c.Request.Context(), RequestOf(c).Caller, r, name)
	}
}

// BoundWait keeps a body from holding its connection where no handler reads it: net/http itself takes up to 256 KB of it
// before it answers, a wrong key's answer too, and would wait for them for ever. Who does read it moves the deadline on.
//
// The small answers that nobody paces have a deadline as well: who asks for many of them and reads none would otherwise
// hold a connection, without any key.
func (s *Server) BoundWait(w http.ResponseWriter, r *http.Request) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.Config.WriteTimeout))
	if r.ContentLength != 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.Config.BodyPatience))
	}
}
