package proxy

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/body"
	"midgate/proxy/metrics"
)

// webServer is what the routes of every API share: it knows who asks, reads requests and answers them.
type webServer struct {
	cfg     Config
	log     *slog.Logger
	metrics *metrics.Metrics

	use     services
	gate    *gatekeeper
	fetch   *fetcher
	proxies []netip.Prefix // whose forwarded headers count
	prefix  string         // path of the public URL
	warned  sync.Once      // of picture URLs that others cannot open
}

// services are what the requests of every API need of the core.
type services struct {
	models   webModels
	pictures webPictures
	files    webFiles
	jobs     webJobs
}

// webModels knows the names of models.
type webModels interface {
	Model(name string) error // a NotFound *Error for a name that is nobody's
}

// webPictures knows pictures, and uploads on their way in.
type webPictures interface {
	// Image is a NotFound *Error for an unknown picture and for somebody else's.
	Image(ctx context.Context, c adapter.Caller, id string) (adapter.Image, error)
	// Receive stores an upload; an Invalid or TooLarge *Error if it is no picture that can be used.
	Receive(ctx context.Context, c adapter.Caller, r io.Reader, name string) (adapter.Reference, error)
	// Lend returns an address at the upstream that Midjourney can fetch a picture from; an *Error where it gives none.
	Lend(ctx context.Context, c adapter.Caller, ref adapter.Reference) (address string, err error)
	// Publish returns an ID for Bytes, so that Midjourney can fetch the picture here.
	Publish(ctx context.Context, c adapter.Caller, ref adapter.Reference) (id string, err error)
}

// webFiles knows the files that were uploaded before.
type webFiles interface {
	// File is a NotFound *Error for an unknown file and for somebody else's.
	File(ctx context.Context, c adapter.Caller, id string) (adapter.File, error)
}

// webJobs knows how far jobs are.
type webJobs interface {
	JobProgress(id string) adapter.Progress // of a job that is under way here; zero for any other
}

// newWebServer makes what the routes share. The error names what is wrong with the configuration.
func newWebServer(cfg Config, use services, m *metrics.Metrics, log *slog.Logger) (*webServer, error) {
	s := &webServer{cfg: cfg.withDefaults(), use: use, log: log, metrics: m, gate: newGatekeeper(cfg)}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	return s, nil
}

// prepare makes what needs a checked configuration.
func (s *webServer) prepare() (err error) {
	for _, n := range s.cfg.TrustedProxies {
		p, err := netip.ParsePrefix(n)
		if err != nil {
			ip, err := netip.ParseAddr(n)
			if err != nil {
				return fmt.Errorf("trusted proxies: %q is no network", n)
			}
			p = netip.PrefixFrom(ip, ip.BitLen())
		}
		s.proxies = append(s.proxies, p)
	}
	if u, err := url.Parse(s.cfg.PublicURL); err == nil {
		s.prefix = strings.TrimRight(u.Path, "/")
	}
	if s.fetch, err = newFetcher(s.cfg.FetchAllow, s.cfg.FetchLimit, s.cfg.FetchTimeout); err != nil {
		return fmt.Errorf("fetch allow: %w", err)
	}
	return nil
}

// client reaches public addresses and those of Config.FetchAllow, nothing else.
func (s *webServer) client() *http.Client { return s.fetch.client }

// route is one line of the table: what is served where, behind which middlewares.
type route struct {
	method, path string
	serve        handler
	behind       []handler
}

// boundWait keeps a body from holding its connection where no handler reads it: net/http itself takes up to 256 KB of it
// before it answers, a wrong key's answer too, and would wait for them for ever. Who does read it moves the deadline on.
//
// The small answers that nobody paces have a deadline as well: who asks for many of them and reads none would otherwise
// hold a connection, without any key.
func (s *webServer) boundWait(w http.ResponseWriter, r *http.Request) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.cfg.WriteTimeout))
	if r.ContentLength != 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.cfg.BodyPatience))
	}
}

func (s *webServer) unknownURL(c *gin.Context) error {
	return adapter.Errorf(noRoute, "Unknown request URL: %s %s. Please check the path.", metrics.KnownMethod(c.Request.Method), body.Excerpt(c.Request.URL.Path))
}
