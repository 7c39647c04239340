package proxy

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/chat"
	"midgate/proxy/images"
	"midgate/proxy/mcp"
	"midgate/proxy/metrics"
	"midgate/proxy/native"
	"midgate/proxy/responses"
	"midgate/proxy/videos"
	"midgate/proxy/web"
)

func init() {
	gin.SetMode(gin.ReleaseMode) // its debug mode prints to standard output
}

// Server is the HTTP face. Make it with New; it is an http.Handler.
type Server struct {
	*web.Server
	core      Core
	images    *images.Routes
	chat      *chat.Routes
	responses *responses.Routes
	videos    *videos.Routes
	native    *native.Routes
	mcp       *mcp.Routes
	files     *fileRoutes
	usage     *usageRoutes
	router    *gin.Engine
	methods   map[string][]string // of every path that has no parameter
}

// route is one line of the table: what is served where, behind which middlewares.
type route struct {
	method, path string
	serve        web.Handler
	behind       []web.Handler
}

// New builds the HTTP face of a core. The error names what is wrong with the configuration.
func New(cfg web.Config, core Core, m *metrics.Metrics, log *slog.Logger) (*Server, error) {
	w, err := web.New(cfg, web.Services{Models: core.Draw, Pictures: core.Keep, Files: core.Files, Jobs: core.Jobs}, m, log)
	if err != nil {
		return nil, err
	}
	s := &Server{Server: w, core: core, methods: map[string][]string{}}
	s.videos = videos.New(w, core.Films)
	s.images = images.New(w, core.Draw, core.Edit, core.Keep, s.videos.Animate)
	s.chat = chat.New(w, core.Chat, s.images)
	s.responses = responses.New(w, core.Chat, core.Edit, core.Jobs, core.Followers, s.images, s.chat)
	s.native = native.New(w, core.Natives, core.Jobs)
	s.mcp = mcp.New(w, mcp.Core{Draw: core.Draw, Edit: core.Edit, Films: core.Films, Pictures: core.Keep, Jobs: core.Agents})
	s.files = &fileRoutes{w, core.Files}
	s.usage = &usageRoutes{w, core.Spending}
	open := []web.Handler{}                     // anybody
	keyed := []web.Handler{s.Keyed}             // a key
	body := []web.Handler{s.Keyed, s.LimitBody} // a key, and a body of bounded size that comes in time
	hint := []web.Handler{s.LimitBody}          // anybody, and such a body

	err = s.build(append([]route{
		{"GET", "/healthz", s.healthz, open},
		{"GET", "/readyz", s.readyz, open},
		{"GET", "/openapi.yaml", s.serveOpenAPI, open},
		{"GET", "/", s.front, open},
		{"GET", "/playground", s.playground, open},
		{"GET", "/assets/:file", s.asset, open},
		{"GET", "/playground/assets/:file", s.asset, open},
		{"GET", "/v1", s.hello, open},
		{"GET", "/health", s.hello, open},
		{"GET", "/v1/models", s.listModels, keyed},
		{"GET", "/v1/models/*id", s.getModel, keyed},
		{"GET", "/openai/deployments", s.listDeployments, keyed},
		{"POST", "/v1/images/generations", s.images.Generate, body},
		{"POST", "/v1/images", s.images.GenerateRouter, body},
		{"GET", "/v1/images/models", s.listModels, keyed},
		{"POST", "/v1/images/edits", s.images.Edit, body},
		{"POST", "/v1/images/variations", s.images.Vary, body},
		{"POST", "/v1/images/blends", s.images.Blend, body},
		{"POST", "/v1/images/descriptions", s.images.Describe, body},
		{"POST", "/v1/prompts/shorten", s.images.Shorten, body},
		{"POST", chat.Route, s.chat.Complete, body},
		{"POST", responses.Route, s.responses.Create, body},
		{"GET", "/v1/responses/:id", s.responses.Get, keyed},
		{"DELETE", "/v1/responses/:id", s.responses.Delete, keyed},
		{"POST", "/v1/responses/:id/cancel", s.responses.Cancel, body},
		{"GET", "/v1/responses/:id/input_items", s.responses.ListInput, keyed},
		{"GET", "/v1/images", s.images.List, keyed},
		{"GET", "/v1/images/:id", s.images.Get, keyed},
		{"POST", "/v1/images/:id", s.images.Change, body},
		{"DELETE", "/v1/images/:id", s.images.Delete, keyed},
		{"POST", "/v1/images/:id/actions", s.images.Act, body},
		{"POST", "/v1/files", s.files.add, body},
		{"GET", "/v1/files", s.files.list, keyed},
		{"GET", "/v1/files/:id", s.files.get, keyed},
		{"DELETE", "/v1/files/:id", s.files.remove, keyed},
		{"GET", "/v1/files/:id/content", s.files.content, keyed},
		{"GET", "/v1/usage", s.usage.get, keyed},
		{"GET", "/v1/key", s.usage.routerKey, keyed},
		{"GET", "/v1/dashboard/billing/subscription", s.usage.subscription, keyed},
		{"GET", "/v1/dashboard/billing/usage", s.usage.billingUsage, keyed},
		{"GET", "/v1/dashboard/billing/credit_grants", s.usage.creditGrants, keyed},
		{"GET", "/v1/organization/usage/images", s.usage.organizationImages, keyed},
		{"GET", "/v1/organization/costs", s.usage.organizationCosts, keyed},
		{"GET", "/v1/usage/token", s.usage.tokenUsage, keyed},
		{"GET", "/v1/jobs", s.listJobs, keyed},
		{"GET", "/v1/jobs/:id", s.getJob, keyed},
		{"POST", "/v1/jobs/:id/cancel", s.cancelJob, body},
		{"POST", "/v1/videos", s.videos.Create, body},
		{"GET", "/v1/videos", s.videos.List, keyed},
		{"POST", "/v1/videos/extensions", s.videos.Extend, body},
		{"POST", "/v1/videos/edits", s.videos.Unsupported, keyed},
		{"POST", "/v1/videos/characters", s.videos.Unsupported, keyed},
		{"GET", "/v1/videos/:id", s.videos.Get, keyed},
		{"DELETE", "/v1/videos/:id", s.videos.Delete, keyed},
		{"GET", "/v1/videos/:id/content", s.videos.Content, keyed},
		{"POST", "/v1/videos/:id/remix", s.videos.Remix, body},
		{"GET", "/images/:file", s.images.ServeFile, open},
		{"GET", "/videos/:file", s.videos.ServeFile, open},
		{"POST", "/hooks/:token", s.hook, hint},
	}, slices.Concat(s.metricsRoute(), s.nativeRoutes(), s.mcpRoutes())...))
	return s, err
}

// build makes the router of the table.
func (s *Server) build(table []route) error {
	g := gin.New()
	g.UseRawPath, g.UnescapePathValues = true, true // %2F inside an id is part of it
	g.RedirectTrailingSlash, g.HandleMethodNotAllowed = false, true
	if err := g.SetTrustedProxies(s.Config.TrustedProxies); err != nil {
		return err
	}
	g.Use(s.Observe, s.cors, s.Do(s.rightMethod))
	g.NoRoute(s.Do(s.UnknownRoute))
	g.NoMethod(s.Do(s.notAllowed))
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
		hs = append(hs, s.Do(h))
	}
	return append(hs, s.Do(r.serve))
}

// ServeHTTP bounds the wait for the body and normalises the path, then routes.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.BoundWait(w, r)
	s.Unprefix(r)
	normalise(r)
	s.router.ServeHTTP(w, r)
}

// HTTP returns a server for the handler with the limits on connections that answers of many minutes allow: no overall
// read or write timeout, since bodies and answers have theirs per piece.
func (s *Server) HTTP() *http.Server {
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: s.Config.HeaderTimeout,
		IdleTimeout:       130 * time.Second, // longer than the 120 s that load balancers keep connections
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
	server.RegisterOnShutdown(s.mcp.Drain)
	return server
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
	return adapter.Errorf(web.WrongMethod, "%s is not allowed on this URL. Allowed: %s.", metrics.KnownMethod(c.Request.Method), c.Writer.Header().Get("Allow"))
}

// metricsRoute is the table's line of the metrics, unless they are served elsewhere.
func (s *Server) metricsRoute() []route {
	if s.Config.MetricsApart {
		return nil
	}
	return []route{{"GET", "/metrics", s.serveMetrics, nil}}
}

// nativeRoutes are the table's lines of the upstream's own API.
func (s *Server) nativeRoutes() []route {
	var table []route
	for prefix := range native.Speeds {
		table = append(table,
			route{"GET", prefix + "*path", s.native.Get, nil},
			route{"POST", prefix + "*path", s.native.Post, []web.Handler{s.native.Admit, s.LimitBody}})
	}
	return table
}

// mcpRoutes are the table's lines of the agents' protocol.
func (s *Server) mcpRoutes() []route {
	if s.Config.MCP == "off" {
		return nil
	}
	behind := []web.Handler{s.mcp.Admit, s.LimitBody}
	return []route{{"POST", mcp.Path, s.mcp.Serve, behind}, {"POST", "/v1" + mcp.Path, s.mcp.Serve, behind}}
}

// Notify tells a client's own webhook about a task.
func (s *Server) Notify(ctx context.Context, t adapter.NativeTask) error {
	return s.native.Notify(ctx, t)
}
