package web

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/body"
)

// retryCounter is what the official SDKs count their automatic repeats in: 0 is a first try.
const retryCounter = "X-Stainless-Retry-Count"

const idempotencyKey = "Idempotency-Key"

// Attempt says what identifies this request among its repeats.
func Attempt(c *gin.Context, p *body.Body, stream bool, keep any) (adapter.Attempt, error) {
	h := c.Request.Header
	key := h.Get(idempotencyKey)
	if len(key) > 255 {
		return adapter.Attempt{}, adapter.BadParam(idempotencyKey, "string_above_max_length", "'%s' must have at most 255 characters.", idempotencyKey)
	}
	retry, err := strconv.Atoi(h.Get(retryCounter))
	if err != nil || retry < 0 {
		retry = 0
	}
	echo, err := json.Marshal(keep)
	if err != nil {
		return adapter.Attempt{}, err
	}
	v := RequestOf(c)
	return adapter.Attempt{
		Caller: v.Caller, RequestID: v.id, Route: c.Request.URL.Path, Body: p.Sum(),
		IdempotencyKey: key, Retry: retry, Async: wantsAsync(h), Stream: stream, Echo: echo,
	}, nil
}

// repeats reports whether a repeat of this request would be recognised as one.
func repeats(h http.Header) bool {
	return h.Get(retryCounter) != "" || h.Get(idempotencyKey) != ""
}
