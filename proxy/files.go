package proxy

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/body"
	"midgate/proxy/web"
)

// Files keeps uploads that requests refer to by ID.
type Files interface {
	AddFile(ctx context.Context, c adapter.Caller, upload adapter.Reference, purpose string, lifetime time.Duration) (adapter.File, error)
	web.Files
	Files(ctx context.Context, c adapter.Caller, limit int, after string) ([]adapter.File, error)
	DeleteFile(ctx context.Context, c adapter.Caller, id string) error
	FileBytes(ctx context.Context, c adapter.Caller, id string) (*adapter.Blob, error)
}

// fileRoutes are the routes of files.
type fileRoutes struct {
	*web.Server
	kept Files
}

// fileJSON is a file as OpenAI shows it.
type fileJSON struct {
	ID        string `json:"id"`
	Object    string `json:"object"`
	Bytes     int64  `json:"bytes"`
	CreatedAt int64  `json:"created_at"`
	ExpiresAt *int64 `json:"expires_at,omitempty"`
	Filename  string `json:"filename"`
	Purpose   string `json:"purpose"`
	Status    string `json:"status"`
}

func fileObject(f adapter.File) fileJSON {
	j := fileJSON{ID: f.ID, Object: "file", Bytes: f.Size, CreatedAt: f.Created.Unix(), Filename: cmp.Or(f.Name, "upload"), Purpose: f.Purpose, Status: "processed"}
	if !f.Expires.IsZero() {
		at := f.Expires.Unix()
		j.ExpiresAt = &at
	}
	return j
}

// purposes are OpenAI's; all of them are kept, pictures are all that is understood.
var purposes = []string{"vision", "user_data", "assistants", "batch", "fine-tune", "evals"}

// The bounds of expires_after[seconds].
const (
	shortestFile = 3600
	longestFile  = 2592000
)

// add serves POST /v1/files.
func (s *fileRoutes) add(c *gin.Context) error {
	p, err := s.Read(c)
	if err != nil {
		return err
	}
	if len(p.Images) != 1 || p.Images[0].Ref == nil {
		return adapter.BadParam("file", "missing_required_parameter", "Send one picture as the part 'file' of a multipart form.")
	}
	purpose, err := p.Word("purpose", purposes...)
	if err != nil {
		return err
	}
	if purpose == "" {
		return adapter.BadParam("purpose", "missing_required_parameter", "Missing required parameter: 'purpose', one of %s.", body.Quoted(purposes))
	}
	seconds, err := p.Whole("expires_after[seconds]", shortestFile, longestFile)
	if err != nil {
		return err
	}
	var lifetime time.Duration
	if seconds != nil {
		lifetime = time.Duration(*seconds) * time.Second
	}
	f, err := s.kept.AddFile(c.Request.Context(), web.RequestOf(c).Caller, *p.Images[0].Ref, purpose, lifetime)
	if err != nil {
		return err
	}
	s.WriteJSON(c, http.StatusOK, fileObject(f))
	return nil
}

// list serves GET /v1/files.
func (s *fileRoutes) list(c *gin.Context) error {
	limit, err := web.PageLimit(c, 10000)
	if err != nil {
		return err
	}
	files, err := s.of(c, c.Query("purpose"), limit+1)
	if err != nil {
		return err
	}
	s.WriteJSON(c, http.StatusOK, web.Page(files, limit, func(f adapter.File) (string, any) { return f.ID, fileObject(f) }))
	return nil
}

// of lists files of one purpose, empty for any: as many pages are read as it takes, for has_more must not say that
// there are no more where the next ones only have another purpose.
func (s *fileRoutes) of(c *gin.Context, purpose string, most int) (files []adapter.File, err error) {
	after := c.Query("after")
	for {
		page, err := s.kept.Files(c.Request.Context(), web.RequestOf(c).Caller, most, after)
		if err != nil {
			return nil, err
		}
		for _, f := range page {
			if purpose == "" || f.Purpose == purpose {
				files = append(files, f)
			}
		}
		if purpose == "" || len(page) == 0 || len(files) >= most {
			return files, nil
		}
		after = page[len(page)-1].ID
	}
}

// get serves GET /v1/files/{id}.
func (s *fileRoutes) get(c *gin.Context) error {
	f, err := s.kept.File(c.Request.Context(), web.RequestOf(c).Caller, c.Param("id"))
	if err != nil {
		return err
	}
	s.WriteJSON(c, http.StatusOK, fileObject(f))
	return nil
}

// remove serves DELETE /v1/files/{id}.
func (s *fileRoutes) remove(c *gin.Context) error {
	id := c.Param("id")
	if err := s.kept.DeleteFile(c.Request.Context(), web.RequestOf(c).Caller, id); err != nil {
		return err
	}
	s.WriteJSON(c, http.StatusOK, web.DeletedJSON{ID: id, Object: "file", Deleted: true})
	return nil
}

// content serves GET /v1/files/{id}/content.
func (s *fileRoutes) content(c *gin.Context) error {
	blob, err := s.kept.FileBytes(c.Request.Context(), web.RequestOf(c).Caller, c.Param("id"))
	if err != nil {
		return err
	}
	defer func() { _ = blob.Close() }() // only read
	h := c.Writer.Header()
	h.Set("Content-Type", "image/"+string(blob.Format))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", c.Param("id")+"."+string(blob.Format)))
	s.ServeBlob(c, blob)
	return nil
}
