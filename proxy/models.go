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

// listModels answers GET /v1/models from memory, with those that the caller's key may use.
func (s *Server) listModels(c *gin.Context) error {
	list := make([]modelJSON, 0, len(s.Config.Models))
	caller := web.RequestOf(c).Caller
	for _, id := range s.Config.Models {
		if s.core.Draw.MayUse(caller, id) {
			list = append(list, model(id))
		}
	}
	s.WriteJSON(c, http.StatusOK, struct {
		Object string      `json:"object"`
		Data   []modelJSON `json:"data"`
	}{"list", list})
	return nil
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
