package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"midgate/adapter"
	"midgate/adapter/publicnet"
)

// fetcher reads pictures from addresses that clients name, as far as they are public or allowed.
type fetcher struct {
	client *http.Client
	limit  int64
}

// newFetcher reads the list of hosts (name or name:port) and networks that are reachable although they are not public.
func newFetcher(allow []string, limit int64, patience time.Duration) (*fetcher, error) {
	allowed, err := publicnet.ParseAllow(allow)
	if err != nil {
		return nil, err
	}
	t := publicnet.NewTransport(allowed)
	t.DisableKeepAlives = true // a connection is checked when it is made
	t.ResponseHeaderTimeout = 15 * time.Second
	t.MaxResponseHeaderBytes = 64 << 10
	return &fetcher{limit: limit, client: &http.Client{Transport: t, Timeout: patience, CheckRedirect: publicnet.CheckRedirect}}, nil
}

// open fetches a picture. The caller closes it; reading more than the limit is a TooLarge *Error.
func (f *fetcher) open(ctx context.Context, address string) (io.ReadCloser, error) {
	u, err := url.Parse(address)
	if err == nil {
		err = publicnet.CheckURL(u)
	}
	if err != nil {
		return nil, unfetched(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, unfetched(err)
	}
	req.Header.Set("User-Agent", "midgate")
	req.Header.Set("Accept", "image/*")
	resp, err := f.client.Do(req)
	if err != nil {
		return nil, unfetched(err)
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close() // nothing of it is read
		return nil, unfetched(fmt.Errorf("status %d", resp.StatusCode))
	}
	return &cappedBody{from: resp.Body, left: f.limit, limit: f.limit}, nil
}

// unfetched words a failed fetch. What the network said stays private: it would let a client look around in it.
func unfetched(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	message := "The picture could not be fetched from this URL."
	if errors.Is(err, publicnet.ErrNotPublic) {
		message = "This URL does not point to a public address, so it is not fetched."
	}
	return &adapter.Error{Kind: adapter.Invalid, Code: "invalid_value", Message: message, Err: err}
}

// cappedBody ends with an error where a limit is passed; io.LimitReader would make a broken picture of a big one.
type cappedBody struct {
	from        io.ReadCloser
	left, limit int64
}

// Read implements io.Reader.
func (b *cappedBody) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, adapter.Errorf(adapter.TooLarge, "The picture at this URL is larger than the %d bytes that are fetched.", b.limit)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = unfetched(err)
	}
	return n, err
}

// Close ends the transfer.
func (b *cappedBody) Close() error { return b.from.Close() }
