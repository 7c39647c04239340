package native

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"midgate/adapter"
	"midgate/adapter/publicnet"
)

// Notify posts a task to its client's own notifyHook, as /mj/task/{id}/fetch shows it. Like
// pictures, it reaches public addresses only, and those of Config.FetchAllow.
func (s *Routes) Notify(ctx context.Context, t adapter.NativeTask) error {
	body, err := json.Marshal(s.show(t.Request.Base, t))
	if err != nil {
		return err
	}
	u, err := url.Parse(t.Request.Hook)
	if err == nil {
		err = publicnet.CheckURL(u)
	}
	if err != nil {
		return errHook
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return errHook
	}
	req.Header.Set("User-Agent", "midgate")
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.Client().Do(req)
	switch {
	case errors.Is(err, publicnet.ErrNotPublic):
		return publicnet.ErrNotPublic
	case err != nil: // its text has the address, which may be a secret
		return errHook
	}
	_ = resp.Body.Close() // nothing of it is read
	if resp.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("it answered %d", resp.StatusCode)
	}
	return nil
}

// errHook says no more than that: a hook's address may carry a secret.
var errHook = errors.New("it cannot be reached")
