package web

import (
	"strconv"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
)

// DeletedJSON says that something is gone.
type DeletedJSON struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Deleted bool   `json:"deleted"`
}

// ListJSON is a page; its cursor is the last element's id.
type ListJSON struct {
	Object  string  `json:"object"`
	Data    []any   `json:"data"`
	FirstID *string `json:"first_id"`
	LastID  *string `json:"last_id"`
	HasMore bool    `json:"has_more"`
}

// Page makes a page of at most limit elements; one more among them only says that there is more.
func Page[T any](all []T, limit int, show func(T) (id string, shown any)) ListJSON {
	l := ListJSON{Object: "list", Data: []any{}, HasMore: len(all) > limit}
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

// PageLimit reads ?limit=: 20 unless given, at most most.
func PageLimit(c *gin.Context, most int) (int, error) {
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
