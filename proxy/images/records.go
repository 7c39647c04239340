package images

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/adapter/nearest"
	"midgate/proxy/body"
	"midgate/proxy/web"
)

// RecordJSON is a picture's record.
type RecordJSON struct {
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
func (s *Routes) record(base string, img adapter.Image) RecordJSON {
	r := RecordJSON{
		ID: img.ID, Object: "image", Created: img.Created.Unix(), Model: img.Model, Prompt: img.Prompt,
		RevisedPrompt: web.OrNull(img.Revised()), Width: img.Width, Height: img.Height, Grid: web.OrNull(img.Grid),
		Parent: web.OrNull(img.Parent), Action: web.OrNull(img.Action), Actions: img.Offers(), Likely: img.Likely(), Buttons: []buttonJSON{},
		Upstream: originJSON{Name: img.Upstream, TaskID: img.TaskID, Index: img.Index},
		URL:      web.PictureURL(base, img.ID, adapter.PNG), Favorite: img.Favorite,
	}
	buttons := img.Buttons
	if img.Single != nil {
		buttons = append(append([]adapter.Button(nil), img.Single.Buttons...), buttons...)
	}
	for _, b := range buttons {
		r.Buttons = append(r.Buttons, buttonJSON{b.Label, b.Emoji, b.CustomID, web.OrNull(b.Action)})
	}
	if !img.Expires.IsZero() {
		at := img.Expires.Unix()
		r.ExpiresAt = &at
	}
	return r
}

// Get serves GET /v1/images/{id}.
func (s *Routes) Get(c *gin.Context) error {
	img, err := s.named(c)
	if err != nil {
		return err
	}
	r := s.record(s.Base(c), img)
	if slices.Contains(strings.Split(c.Query("include"), ","), "seed") {
		// Best effort: where the upstream does not tell it, the record is whole all the same.
		if seed, err := s.library.Seed(c.Request.Context(), web.RequestOf(c).Caller, img.ID); err == nil {
			r.Seed = seed
		}
	}
	s.WriteJSON(c, http.StatusOK, r)
	return nil
}

// routeWord is no picture's ID, but the end of a route that was written wrongly.
var routeWord = regexp.MustCompile(`^[a-z]{3,}$`)

func (s *Routes) named(c *gin.Context) (adapter.Image, error) {
	id := c.Param("id")
	if route, old := strings.CutSuffix(id, ":submit"); old { // how Azure's first image API was asked
		return adapter.Image{}, &adapter.Error{Kind: adapter.NotFound, Code: "not_found", Message: "There is no such route: POST /v1/images/" + body.Shortened(route, 50) + " answers with the pictures themselves."}
	}
	if routeWord.MatchString(id) {
		near, _ := nearest.Of(id, []string{"generations", "edits", "variations", "blends", "descriptions"})
		return adapter.Image{}, web.Misspelt(c, "Did you mean POST /v1/images/"+near+"?")
	}
	if !adapter.ValidID(id) || !strings.HasPrefix(id, "img_") {
		return adapter.Image{}, &adapter.Error{Kind: adapter.NotFound, Code: "image_not_found", Message: "There is no picture with this ID."}
	}
	return s.library.Image(c.Request.Context(), web.RequestOf(c).Caller, id)
}

// List serves GET /v1/images, newest first.
func (s *Routes) List(c *gin.Context) error {
	limit, err := web.PageLimit(c, 100)
	if err != nil {
		return err
	}
	q, err := imageQuery(c)
	if err != nil {
		return err
	}
	q.Limit = limit + 1
	images, err := s.library.Images(c.Request.Context(), web.RequestOf(c).Caller, q)
	if err != nil {
		return err
	}
	base := s.Base(c)
	s.WriteJSON(c, http.StatusOK, web.Page(images, limit, func(i adapter.Image) (string, any) { return i.ID, s.record(base, i) }))
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

// Change serves POST /v1/images/{id}: {"favorite": true} or false.
func (s *Routes) Change(c *gin.Context) error {
	img, err := s.named(c)
	if err != nil {
		return err
	}
	p, err := s.Read(c)
	if err != nil {
		return err
	}
	for name := range p.Fields {
		if name != "favorite" {
			return adapter.BadParam(name, "unknown_parameter", "Only 'favorite' of a picture can be changed.")
		}
	}
	wish := p.Fields["favorite"]
	if !wish.IsBool() {
		return adapter.BadParam("favorite", "invalid_value", "'favorite' must be true or false.")
	}
	if img, err = s.library.SetFavorite(c.Request.Context(), web.RequestOf(c).Caller, img.ID, wish.Bool()); err != nil {
		return err
	}
	s.WriteJSON(c, http.StatusOK, s.record(s.Base(c), img))
	return nil
}

// Delete serves DELETE /v1/images/{id}.
func (s *Routes) Delete(c *gin.Context) error {
	img, err := s.named(c)
	if err != nil {
		return err
	}
	if err := s.library.RemoveImage(c.Request.Context(), web.RequestOf(c).Caller, img.ID); err != nil {
		return err
	}
	s.WriteJSON(c, http.StatusOK, web.DeletedJSON{ID: img.ID, Object: "image", Deleted: true})
	return nil
}
