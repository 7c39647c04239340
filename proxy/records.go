package proxy

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
)

// recordJSON is a picture's record (contract.md §5).
type recordJSON struct {
	ID            string       `json:"id"`
	Object        string       `json:"object"`
	Created       int64        `json:"created"`
	Model         string       `json:"model"`
	Prompt        string       `json:"prompt"`
	RevisedPrompt *string      `json:"revised_prompt"`
	Width         int          `json:"width"`
	Height        int          `json:"height"`
	Grid          *string      `json:"grid"`
	Parent        *string      `json:"parent"`
	Action        *string      `json:"action"`
	Actions       []string     `json:"actions"`
	Likely        []string     `json:"likely_actions"`
	Buttons       []buttonJSON `json:"buttons"`
	Upstream      originJSON   `json:"upstream"`
	URL           string       `json:"url"`
	ExpiresAt     *int64       `json:"expires_at"`
	Seed          string       `json:"seed,omitempty"` // with ?include=seed, where the upstream tells it
}

type buttonJSON struct {
	Label    string  `json:"label"`
	Emoji    string  `json:"emoji"`
	CustomID string  `json:"custom_id"`
	Action   *string `json:"action"`
}

type originJSON struct {
	Name   string `json:"name"`
	TaskID string `json:"task_id"`
	Index  int    `json:"index"`
}

// record shows a picture. The buttons of a quarter that became a picture of its own come first: they are that picture's.
func (s *Server) record(base string, img adapter.Image) recordJSON {
	r := recordJSON{
		ID: img.ID, Object: "image", Created: img.Created.Unix(), Model: img.Model, Prompt: img.Prompt,
		RevisedPrompt: orNull(img.Revised()), Width: img.Width, Height: img.Height, Grid: orNull(img.Grid),
		Parent: orNull(img.Parent), Action: orNull(img.Action), Actions: img.Offers(), Likely: img.Likely(), Buttons: []buttonJSON{},
		Upstream: originJSON{Name: img.Upstream, TaskID: img.TaskID, Index: img.Index},
		URL:      pictureURL(base, img.ID, adapter.PNG),
	}
	buttons := img.Buttons
	if img.Single != nil {
		buttons = append(append([]adapter.Button(nil), img.Single.Buttons...), buttons...)
	}
	for _, b := range buttons {
		r.Buttons = append(r.Buttons, buttonJSON{b.Label, b.Emoji, b.CustomID, orNull(b.Action)})
	}
	if !img.Expires.IsZero() {
		at := img.Expires.Unix()
		r.ExpiresAt = &at
	}
	return r
}

// getImage serves GET /v1/images/{id}.
func (s *Server) getImage(c *gin.Context) error {
	img, err := s.imageNamed(c)
	if err != nil {
		return err
	}
	r := s.record(s.base(c), img)
	if slices.Contains(strings.Split(c.Query("include"), ","), "seed") {
		// Best effort: where the upstream does not tell it, the record is whole all the same.
		if seed, err := s.core.Keep.Seed(c.Request.Context(), visitOf(c).caller, img.ID); err == nil {
			r.Seed = seed
		}
	}
	s.writeJSON(c, http.StatusOK, r)
	return nil
}

func (s *Server) imageNamed(c *gin.Context) (adapter.Image, error) {
	id := c.Param("id")
	if !adapter.ValidID(id) || !strings.HasPrefix(id, "img_") {
		return adapter.Image{}, &adapter.Error{Kind: adapter.NotFound, Code: "image_not_found", Message: "There is no picture with this ID."}
	}
	return s.core.Keep.Image(c.Request.Context(), visitOf(c).caller, id)
}

// listImages serves GET /v1/images, newest first.
func (s *Server) listImages(c *gin.Context) error {
	limit, err := pageLimit(c, 100)
	if err != nil {
		return err
	}
	images, err := s.core.Keep.Images(c.Request.Context(), visitOf(c).caller, limit+1, c.Query("after"))
	if err != nil {
		return err
	}
	base := s.base(c)
	s.writeJSON(c, http.StatusOK, page(images, limit, func(i adapter.Image) (string, any) { return i.ID, s.record(base, i) }))
	return nil
}

// listJSON is a page; its cursor is the last element's id.
type listJSON struct {
	Object  string  `json:"object"`
	Data    []any   `json:"data"`
	FirstID *string `json:"first_id"`
	LastID  *string `json:"last_id"`
	HasMore bool    `json:"has_more"`
}

// page makes a page of at most limit elements; one more among them only says that there is more.
func page[T any](all []T, limit int, show func(T) (id string, shown any)) listJSON {
	l := listJSON{Object: "list", Data: []any{}, HasMore: len(all) > limit}
	for _, e := range all[:min(len(all), limit)] {
		id, shown := show(e)
		if l.FirstID == nil {
			l.FirstID = &id
		}
		l.LastID = &id
		l.Data = append(l.Data, shown)
	}
	return l
}

// pageLimit reads ?limit=: 20 unless given, at most most.
func pageLimit(c *gin.Context, most int) (int, error) {
	given := c.Query("limit")
	if given == "" {
		return 20, nil
	}
	n, err := strconv.Atoi(given)
	if err != nil || n < 1 || n > most {
		return 0, adapter.BadParam("limit", "invalid_value", "'limit' must be a whole number from 1 to %d.", most)
	}
	return n, nil
}
