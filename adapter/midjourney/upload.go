package midjourney

import (
	"context"
	"encoding/json"
	"net/http"

	"midgate/adapter"
	"midgate/adapter/midjourney/wire"
)

var _ adapter.Uploader = (*client)(nil)

// Upload implements adapter.Uploader: the answer's result is a list of addresses.
func (c *client) Upload(ctx context.Context, pictures []adapter.Attachment) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.shared.cfg.SubmitTimeout)
	defer cancel()
	b := &body{}
	b.pictures("base64Array", pictures)
	b.end()
	req, err := c.newRequest(ctx, http.MethodPost, "/mj/submit/upload-discord-images", b.Reader(ctx), b.Size())
	if err != nil {
		return nil, adapter.Wrap(adapter.Internal, err, "The upload could not be made.")
	}
	out, err := c.do(c.shared.api, req, maxTask)
	if err != nil {
		return nil, adapter.Wrap(adapter.Unavailable, err, "The upstream does not answer.")
	}
	a, ok := wire.DecodeAnswer(out.body)
	var urls []string
	switch {
	case missing(out):
		return nil, adapter.Errorf(adapter.Unsupported, "This upstream takes no uploads.")
	case !ok || out.status != http.StatusOK || a.Number() != wire.CodeSuccess || json.Unmarshal(a.Result, &urls) != nil:
		return nil, adapter.Wrap(adapter.Unsupported, a.Cause(out.status), "The upstream did not take the picture.")
	}
	return urls, nil
}
