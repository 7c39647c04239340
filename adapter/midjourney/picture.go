package midjourney

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"midgate/adapter"
	"midgate/adapter/publicnet"
)

// The most that a download yields, in bytes.
const (
	maxPicture = 50 << 20
	maxVideo   = 300 << 20
)

// pictureTries is how often a download is begun: servers fail for a moment, and connections break in the middle.
const pictureTries = 4

// userAgent looks like a browser's: cdn.midjourney.com answers some HTTP libraries with 403.
const userAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"

var (
	errNoPicture = errors.New("a page came instead of a picture")
	errChanged   = errors.New("the file changed between two tries")
)

// maxDownloads is how many files of one upstream are fetched at once: where thousands of jobs end together, each file still
// comes within its time, one after the other.
const maxDownloads = 64

// Picture implements adapter.Upstream. A connection that breaks in the middle is taken up again
// where it ended; the reader sees one stream. The time that it may take begins when it has its turn.
func (c *client) Picture(ctx context.Context, address string) (io.ReadCloser, error) {
	if err := c.downloading.Acquire(ctx, 1); err != nil {
		return nil, context.Cause(ctx)
	}
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, c.shared.cfg.PictureTimeout)
	done := sync.OnceFunc(func() { cancel(); c.downloading.Release(1) })
	d := &download{ctx: ctx, done: done, c: c, address: address}
	err := d.begin()
	c.shared.cfg.Observe.Picture(c.cfg.Name, time.Since(start), err)
	if err != nil {
		done()
		return nil, adapter.Wrap(adapter.Failed, err, "The picture could not be downloaded from the upstream.")
	}
	return d, nil
}

// download is one file on its way, over as many connections as it takes.
type download struct {
	ctx     context.Context
	done    func() // ends ctx, and the download's turn
	c       *client
	address string
	body    io.ReadCloser
	tries   int
	got     int64 // bytes handed out
	size    int64 // of the whole, -1 if not told
	limit   int64
}

// begin opens the file at the place that was reached, and tries again for a while.
func (d *download) begin() error {
	for {
		d.tries++
		resp, err := d.c.get(d.ctx, d.address, d.got)
		if err == nil {
			err = d.take(resp)
		}
		switch {
		case err == nil:
			return nil
		case refusedFile(err) || d.got == 0 && noServer(err) || d.tries >= pictureTries || errors.Is(err, publicnet.ErrURL) || errors.Is(err, errChanged):
			return err
		case !sleep(d.ctx, time.Duration(d.tries)*d.c.shared.cfg.PictureRetry):
			return d.ctx.Err()
		}
	}
}

// refusedFile reports whether an address does not have the file now: whoever asks may know another one.
func refusedFile(err error) bool {
	if refused, ok := errors.AsType[*statusError](err); ok {
		return slices.Contains([]int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone, http.StatusUnavailableForLegalReasons}, refused.status)
	}
	return errors.Is(err, errNoPicture) || errors.Is(err, adapter.ErrPrivate)
}

// noServer reports whether nobody is at an address: the file may have moved to another one.
func noServer(err error) bool {
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" {
		return true
	}
	_, unknown := errors.AsType[*net.DNSError](err)
	return unknown
}

// take makes an answer the source of what comes next.
func (d *download) take(resp *http.Response) error {
	size := resp.ContentLength
	if resp.StatusCode == http.StatusPartialContent && size >= 0 {
		size += d.got
	}
	first := d.got == 0
	if !first && size >= 0 && d.size >= 0 && size != d.size {
		_ = resp.Body.Close()
		return errChanged
	}
	if !first && resp.StatusCode == http.StatusOK {
		if _, err := io.CopyN(io.Discard, resp.Body, d.got); err != nil {
			_ = resp.Body.Close()
			return fmt.Errorf("skip to byte %d: %w", d.got, err)
		}
	}
	d.body, d.size, d.limit = resp.Body, max(size, d.size), maxPicture
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "video/") || isClip(d.address) {
		d.limit = maxVideo
	}
	return nil
}

// Read implements io.Reader. Whether the file is whole where an answer ends as it should, is for those to judge who store it.
func (d *download) Read(p []byte) (int, error) {
	for {
		n, err := d.body.Read(p)
		d.got += int64(n)
		switch {
		case d.got > d.limit:
			return 0, adapter.Errorf(adapter.TooLarge, "The upstream's picture is larger than %d MB.", d.limit>>20)
		case n > 0:
			return n, nil
		case err == nil:
			continue
		case errors.Is(err, io.EOF):
			return 0, io.EOF
		}
		if d.tries >= pictureTries || d.ctx.Err() != nil {
			return 0, adapter.Wrap(adapter.Failed, err, "The picture's download from the upstream broke off.")
		}
		_ = d.body.Close()
		if err := d.begin(); err != nil {
			d.body = http.NoBody
			return 0, adapter.Wrap(adapter.Failed, err, "The picture's download from the upstream broke off.")
		}
	}
}

// Close implements io.Closer.
func (d *download) Close() error {
	err := d.body.Close()
	d.done()
	return err
}

// get asks for a file from a byte on, at its own address and, if that is a relay's address with a
// wrong host, at the upstream's: a relay writes the host that it was configured with, which may be
// localhost.
func (c *client) get(ctx context.Context, address string, from int64) (*http.Response, error) {
	u, err := c.base.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, publicnet.ErrURL
	}
	resp, err := c.getKeyed(ctx, u, from)
	if err == nil {
		return resp, nil
	}
	if hostPort(u) == hostPort(c.base) || !strings.HasPrefix(u.Path, "/mj/image/") {
		return nil, err
	}
	home := *c.base
	home.Path, home.RawQuery = c.base.Path+u.Path, u.RawQuery
	if resp, again := c.getKeyed(ctx, &home, from); again == nil {
		return resp, nil
	}
	return nil, err
}

// getKeyed shows the key to the upstream's own host only, and only if it is refused without.
func (c *client) getKeyed(ctx context.Context, u *url.URL, from int64) (*http.Response, error) {
	resp, err := c.getOnce(ctx, u, from, false)
	var refused *statusError
	if errors.As(err, &refused) && (refused.status == http.StatusUnauthorized || refused.status == http.StatusForbidden) &&
		c.key != "" && u.Scheme == c.base.Scheme && hostPort(u) == hostPort(c.base) {
		return c.getOnce(ctx, u, from, true)
	}
	return resp, err
}

// statusError is a download that was answered with something else than the file.
type statusError struct{ status int }

// Error implements error.
func (e *statusError) Error() string {
	return fmt.Sprintf("download: status %d", e.status)
}

// Is makes a file that is gone adapter.ErrNotFound.
func (e *statusError) Is(target error) bool {
	return target == adapter.ErrNotFound && (e.status == http.StatusNotFound || e.status == http.StatusGone)
}

func (c *client) getOnce(ctx context.Context, u *url.URL, from int64, keyed bool) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, publicnet.ErrURL
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept", "image/png,image/webp,image/jpeg,video/*;q=0.9,image/*;q=0.8,*/*;q=0.5")
	if from > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	if keyed {
		c.authorize(req)
	}
	resp, err := c.downloader(keyed).Do(req)
	if err != nil {
		if errors.Is(err, publicnet.ErrNotPublic) {
			return nil, fmt.Errorf("%w, so that MIDGATE_FETCH_ALLOW has to allow it: %w", adapter.ErrPrivate, hideURL(err))
		}
		return nil, hideURL(err)
	}
	switch {
	case resp.StatusCode != http.StatusOK && (from == 0 || resp.StatusCode != http.StatusPartialContent):
		_ = resp.Body.Close()
		return nil, &statusError{resp.StatusCode}
	case isText(resp.Header.Get("Content-Type")) && from == 0 && !startsAsFile(resp):
		_ = resp.Body.Close()
		return nil, errNoPicture
	case from > 0 && resp.StatusCode == http.StatusPartialContent &&
		!strings.HasPrefix(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", from)):
		_ = resp.Body.Close()
		return nil, errChanged
	}
	return resp, nil
}

// downloader follows redirects without the key: it must not travel to another host.
func (c *client) downloader(keyed bool) *http.Client {
	if !keyed {
		return c.shared.downloads
	}
	return &http.Client{Transport: c.shared.downloads.Transport, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		req.Header.Del("Authorization")
		req.Header.Del("mj-api-secret")
		return c.shared.downloads.CheckRedirect(req, via)
	}}
}

// startsAsFile looks at the first bytes of an answer that claims to be a text, which some servers say of every file.
func startsAsFile(resp *http.Response) bool {
	head := bufio.NewReaderSize(resp.Body, 512)
	start, _ := head.Peek(12)
	resp.Body = struct {
		io.Reader
		io.Closer
	}{head, resp.Body}
	return len(start) == 12 && (slices.ContainsFunc(fileStarts, func(f string) bool { return strings.HasPrefix(string(start), f) }) ||
		string(start[8:]) == "WEBP" || string(start[4:8]) == "ftyp")
}

// fileStarts is how PNG, JPEG, GIF and WebM files begin. WebP, AVIF and MP4 say what they are a little later.
var fileStarts = []string{"\x89PNG", "\xff\xd8\xff", "GIF8", "\x1a\x45\xdf\xa3"}

func isText(contentType string) bool {
	return strings.HasPrefix(contentType, "text/") || strings.HasPrefix(contentType, "application/json")
}
