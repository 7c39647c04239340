package proxy

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
)

func init() {
	gin.SetMode(gin.ReleaseMode) // its debug mode prints to standard output
}

// Server is the HTTP face. Make it with New; it is an http.Handler.
type Server struct {
	cfg     Config
	core    Core
	log     *slog.Logger
	metrics *Metrics
	gate    *gatekeeper
	router  *gin.Engine
	fetch   *fetcher
	proxies []netip.Prefix      // whose forwarded headers count
	prefix  string              // path of the public URL
	warned  sync.Once           // of picture URLs that others cannot open
	methods map[string][]string // of every path that has no parameter
}

// route is one line of the table: what is served where, behind which middlewares.
type route struct {
	method, path string
	serve        handler
	behind       []handler
}

// New builds the HTTP face of a core. The error names what is wrong with the configuration.
func New(cfg Config, core Core, metrics *Metrics, log *slog.Logger) (*Server, error) {
	s := &Server{cfg: cfg.withDefaults(), core: core, log: log, metrics: metrics, gate: newGatekeeper(cfg), methods: map[string][]string{}}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	open := []handler{}                     // anybody
	keyed := []handler{s.keyed}             // a key
	body := []handler{s.keyed, s.limitBody} // a key, and a body of bounded size that comes in time
	hint := []handler{s.limitBody}          // anybody, and such a body

	err := s.build(append([]route{
		{"GET", "/healthz", s.healthz, open},
		{"GET", "/readyz", s.readyz, open},
		{"GET", "/metrics", s.serveMetrics, open},
		{"GET", "/openapi.yaml", s.serveOpenAPI, open},
		{"GET", "/", s.front, open},
		{"GET", "/playground", s.playground, open},
		{"GET", "/assets/:file", s.asset, open},
		{"GET", "/playground/assets/:file", s.asset, open},
		{"GET", "/v1", s.hello, open},
		{"GET", "/health", s.hello, open},
		{"GET", "/v1/models", s.listModels, keyed},
		{"GET", "/v1/models/*id", s.getModel, keyed},
		{"POST", "/v1/images/generations", s.generate, body},
		{"POST", "/v1/images", s.generateRouter, body},
		{"GET", "/v1/images/models", s.listModels, keyed},
		{"POST", "/v1/images/edits", s.edit, body},
		{"POST", "/v1/images/variations", s.vary, body},
		{"POST", "/v1/images/blends", s.blend, body},
		{"POST", "/v1/images/descriptions", s.describe, body},
		{"POST", "/v1/prompts/shorten", s.shorten, body},
		{"POST", chatRoute, s.chat, body},
		{"POST", responsesRoute, s.respond, body},
		{"GET", "/v1/responses/:id", s.getResponse, keyed},
		{"DELETE", "/v1/responses/:id", s.deleteResponse, keyed},
		{"POST", "/v1/responses/:id/cancel", s.cancelResponse, body},
		{"GET", "/v1/responses/:id/input_items", s.listInput, keyed},
		{"GET", "/v1/images", s.listImages, keyed},
		{"GET", "/v1/images/:id", s.getImage, keyed},
		{"POST", "/v1/images/:id", s.changeImage, body},
		{"DELETE", "/v1/images/:id", s.deleteImage, keyed},
		{"POST", "/v1/images/:id/actions", s.act, body},
		{"POST", "/v1/files", s.addFile, body},
		{"GET", "/v1/files", s.listFiles, keyed},
		{"GET", "/v1/files/:id", s.getFile, keyed},
		{"DELETE", "/v1/files/:id", s.deleteFile, keyed},
		{"GET", "/v1/files/:id/content", s.fileContent, keyed},
		{"GET", "/v1/jobs", s.listJobs, keyed},
		{"GET", "/v1/jobs/:id", s.getJob, keyed},
		{"POST", "/v1/jobs/:id/cancel", s.cancelJob, body},
		{"POST", "/v1/videos", s.createVideo, body},
		{"GET", "/v1/videos", s.listVideos, keyed},
		{"POST", "/v1/videos/extensions", s.extendVideo, body},
		{"POST", "/v1/videos/edits", s.noVideoRoute, keyed},
		{"POST", "/v1/videos/characters", s.noVideoRoute, keyed},
		{"GET", "/v1/videos/:id", s.getVideo, keyed},
		{"DELETE", "/v1/videos/:id", s.deleteVideo, keyed},
		{"GET", "/v1/videos/:id/content", s.videoContent, keyed},
		{"POST", "/v1/videos/:id/remix", s.remixVideo, body},
		{"GET", "/images/:file", s.serveBytes, open},
		{"GET", "/videos/:file", s.serveFilm, open},
		{"POST", "/hooks/:token", s.hook, hint},
	}, s.nativeRoutes()...))
	return s, err
}

// prepare makes what needs a checked configuration.
func (s *Server) prepare() (err error) {
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

// build makes the router of the table.
func (s *Server) build(table []route) error {
	g := gin.New()
	g.UseRawPath, g.UnescapePathValues = true, true // %2F inside an id is part of it
	g.RedirectTrailingSlash, g.HandleMethodNotAllowed = false, true
	if err := g.SetTrustedProxies(s.cfg.TrustedProxies); err != nil {
		return err
	}
	g.Use(s.observe, s.cors, s.do(s.rightMethod))
	g.NoRoute(s.do(s.unknownURL))
	g.NoMethod(s.do(s.notAllowed))
	for _, r := range table {
		methods := []string{r.method}
		if r.method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
		for _, m := range methods {
			g.Handle(m, r.path, s.chain(r)...)
		}
		if !strings.ContainsAny(r.path, ":*") {
			s.methods[r.path] = append(s.methods[r.path], methods...)
		}
	}
	s.router = g
	return nil
}

func (s *Server) chain(r route) []gin.HandlerFunc {
	var hs []gin.HandlerFunc
	for _, h := range r.behind {
		hs = append(hs, s.do(h))
	}
	return append(hs, s.do(r.serve))
}

// ServeHTTP bounds the wait for the body and normalises the path, then routes.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.boundWait(w, r)
	s.unprefix(r)
	normalise(r)
	s.router.ServeHTTP(w, r)
}

// HTTP returns a server for the handler with the limits on connections that answers of many minutes allow: no overall
// read or write timeout, since bodies and answers have theirs per piece.
func (s *Server) HTTP() *http.Server {
	return &http.Server{
		Handler:           s,
		ReadHeaderTimeout: s.cfg.HeaderTimeout,
		IdleTimeout:       130 * time.Second, // longer than the 120 s that load balancers keep connections
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
}

// rightMethod refuses a wrong method on a path without parameters before a pattern takes the word for an id.
func (s *Server) rightMethod(c *gin.Context) error {
	allowed, known := s.methods[c.Request.URL.Path]
	if !known || slices.Contains(allowed, c.Request.Method) {
		return nil
	}
	c.Header("Allow", strings.Join(allowed, ", "))
	return s.notAllowed(c)
}

func (s *Server) notAllowed(c *gin.Context) error {
	return adapter.Errorf(wrongMethod, "%s is not allowed on this URL. Allowed: %s.", knownMethod(c.Request.Method), c.Writer.Header().Get("Allow"))
}

func (s *Server) unknownURL(c *gin.Context) error {
	return adapter.Errorf(noRoute, "Unknown request URL: %s %s. Please check the path.", knownMethod(c.Request.Method), shortPath(c.Request.URL.Path))
}

// shortPath keeps an answer about a path short.
func shortPath(p string) string {
	if len(p) > 200 {
		return strings.ToValidUTF8(p[:200], "") + "…"
	}
	return p
}
