package proxy

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/proxy/web"
)

// modelJSON is OpenAI's Model: all four fields are required.
type modelJSON struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Created int64  `json:"created"`
	OwnedBy string `json:"owned_by"`
}

// modelsCreated is a fixed date: names are not made at run time, and clients sort by it.
const modelsCreated = 1751000000

func model(id string) modelJSON {
	return modelJSON{ID: id, Object: "model", Created: modelsCreated, OwnedBy: "midjourney"}
}

// deploymentJSON is Azure's.
type deploymentJSON struct {
	ID     string `json:"id"`
	Model  string `json:"model"`
	Status string `json:"status"`
	Object string `json:"object"`
}

func deployment(id string) deploymentJSON {
	return deploymentJSON{ID: id, Model: id, Status: "succeeded", Object: "deployment"}
}

// listJSON is a list of either.
type listJSON[T any] struct {
	Object string `json:"object"`
	Data   []T    `json:"data"`
}

// listModels answers GET /v1/models from memory, with those that the caller's key may use.
func (s *Server) listModels(c *gin.Context) error {
	s.WriteJSON(c, http.StatusOK, listJSON[modelJSON]{"list", usable(s, c, model)})
	return nil
}

// listDeployments answers GET /openai/deployments, which Azure's older tools ask for: each model is one of its own name.
func (s *Server) listDeployments(c *gin.Context) error {
	s.WriteJSON(c, http.StatusOK, listJSON[deploymentJSON]{"list", usable(s, c, deployment)})
	return nil
}

// usable are the listed models that the caller's key may use, as they are shown.
func usable[T any](s *Server, c *gin.Context, show func(id string) T) []T {
	list := make([]T, 0, len(s.Config.Models))
	caller := web.RequestOf(c).Caller
	for _, id := range s.Config.Models {
		if s.core.Draw.MayUse(caller, id) {
			list = append(list, show(id))
		}
	}
	return list
}

// getModel answers GET /v1/models/{id} for every name that requests may use, listed or not; ids may hold slashes.
func (s *Server) getModel(c *gin.Context) error {
	id := strings.TrimPrefix(c.Param("id"), "/")
	if err := s.core.Draw.Model(id); err != nil {
		return err
	}
	s.WriteJSON(c, http.StatusOK, model(id))
	return nil
}
