package native

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/web"
)

// upload serves POST /mj/submit/upload-discord-images: pictures become addresses that prompts can begin with.
// It is no job and costs nothing.
func (s *Routes) upload(c *gin.Context) error {
	p, err := s.read(c)
	if err != nil {
		return err
	}
	_, refs, err := s.takePictures(c, p)
	if err != nil {
		return err
	}
	if len(refs) == 0 {
		return adapter.BadParam("base64Array", "missing_required_parameter", "base64Array_is_required")
	}
	addresses := make([]string, 0, len(refs))
	for _, ref := range refs {
		address, err := s.Services.Pictures.UploadToUpstream(c.Request.Context(), web.RequestOf(c).Caller, ref)
		if err != nil {
			return err
		}
		addresses = append(addresses, address)
	}
	s.WriteJSON(c, http.StatusOK, SubmitJSON{Code: mjAccepted, Description: "Submit success", Result: addresses, Properties: map[string]any{}})
	return nil
}
