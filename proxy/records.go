package proxy

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

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
	Favorite      bool         `json:"favorite,omitempty"`
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
		URL:      pictureURL(base, img.ID, adapter.PNG), Favorite: img.Favorite,
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
	q, err := imageQuery(c)
	if err != nil {
		return err
	}
	q.Limit = limit + 1
	images, err := s.core.Keep.Images(c.Request.Context(), visitOf(c).caller, q)
	if err != nil {
		return err
	}
	base := s.base(c)
	s.writeJSON(c, http.StatusOK, page(images, limit, func(i adapter.Image) (string, any) { return i.ID, s.record(base, i) }))
	return nil
}

// imageQuery reads which pictures of a list are asked for: ?query= (in the prompt), favorite, kind, before and after.
func imageQuery(c *gin.Context) (q adapter.ImageQuery, err error) {
	q = adapter.ImageQuery{Text: strings.TrimSpace(c.Query("query")), Kind: c.Query("kind"), After: c.Query("after")}
	if !utf8.ValidString(q.Text) || len(q.Text) > maxQuery {
		return q, adapter.BadParam("query", "invalid_value", "'query' must be a text of at most %d bytes.", maxQuery)
	}
	if !slices.Contains([]string{"", adapter.ImageGrid, adapter.ImageQuarter, adapter.ImageSingle}, q.Kind) {
		return q, adapter.BadParam("kind", "invalid_value", "'kind' must be grid, quarter or single.")
	}
	if given := c.Query("favorite"); given != "" {
		if q.Favorite, err = strconv.ParseBool(given); err != nil {
			return q, adapter.BadParam("favorite", "invalid_value", "'favorite' must be true or false.")
		}
	}
	if given := c.Query("before"); given != "" {
		if q.Before, err = pointInTime(given); err != nil {
			return q, adapter.BadParam("before", "invalid_value", "'before' must be a time: seconds since 1970, or like 2026-01-31T12:00:00Z.")
		}
	}
	return q, nil
}

// maxQuery is how long a text that is looked for may be.
const maxQuery = 1000

// pointInTime reads seconds since 1970 or an RFC 3339 time.
func pointInTime(given string) (time.Time, error) {
	seconds, err := strconv.ParseInt(given, 10, 64)
	if err != nil {
		return time.Parse(time.RFC3339, given)
	}
	if seconds <= 0 || seconds > 1<<35 {
		return time.Time{}, strconv.ErrRange
	}
	return time.Unix(seconds, 0), nil
}

// changeImage serves POST /v1/images/{id}: {"favorite": true} or false.
func (s *Server) changeImage(c *gin.Context) error {
	img, err := s.imageNamed(c)
	if err != nil {
		return err
	}
	p, err := s.read(c)
	if err != nil {
		return err
	}
	for name := range p.fields {
		if name != "favorite" {
			return adapter.BadParam(name, "unknown_parameter", "Only 'favorite' of a picture can be changed.")
		}
	}
	wish := p.fields["favorite"]
	if !wish.IsBool() {
		return adapter.BadParam("favorite", "invalid_value", "'favorite' must be true or false.")
	}
	if img, err = s.core.Keep.SetFavorite(c.Request.Context(), visitOf(c).caller, img.ID, wish.Bool()); err != nil {
		return err
	}
	s.writeJSON(c, http.StatusOK, s.record(s.base(c), img))
	return nil
}

// deleteImage serves DELETE /v1/images/{id}.
func (s *Server) deleteImage(c *gin.Context) error {
	img, err := s.imageNamed(c)
	if err != nil {
		return err
	}
	if err := s.core.Keep.RemoveImage(c.Request.Context(), visitOf(c).caller, img.ID); err != nil {
		return err
	}
	s.writeJSON(c, http.StatusOK, deletedJSON{ID: img.ID, Object: "image", Deleted: true})
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
