package tracing

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"midgate/adapter"
)

// Config is what the tracer can be told; where spans go, and how many, it reads from OpenTelemetry's own variables.
type Config struct {
	Version string            // of midgate
	Hosts   map[string]string // of upstreams, by their names
	Log     *slog.Logger      // of what went wrong with sending

	// Model is what may be told of the model that a client named, which may be any word where aliases let it; empty: nothing.
	Model func(named string) string
}

// Tracer makes spans and sends them. It is safe for concurrent use.
type Tracer struct {
	tracer   trace.Tracer
	provider *sdk.TracerProvider
	hosts    map[string]string
	model    func(named string) string
}

var _ adapter.Tracer = (*Tracer)(nil)

// lastWords is how long the last spans may take on their way when midgate stops.
const lastWords = 2 * time.Second

// Open makes a tracer that sends spans as the environment says (OTEL_EXPORTER_OTLP_… and so on). Nothing is sent yet.
func Open(ctx context.Context, cfg Config) (*Tracer, error) {
	otel.SetErrorHandler(&complaints{log: cfg.Log})
	otel.SetLogger(logr.FromSlogHandler(severe{cfg.Log.Handler()})) // of settings that it does not understand
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, err
	}
	about, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", "midgate"), attribute.String("service.version", cfg.Version)),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil { // what could be read counts
		otel.Handle(err)
	}
	return newTracer(cfg, sdk.WithBatcher(exporter), sdk.WithResource(about)), nil
}

func newTracer(cfg Config, options ...sdk.TracerProviderOption) *Tracer {
	p := sdk.NewTracerProvider(options...)
	return &Tracer{tracer: p.Tracer("midgate", trace.WithInstrumentationVersion(cfg.Version)), provider: p, hosts: cfg.Hosts, model: cfg.Model}
}

// Close sends what was not sent yet, if that does not take long.
func (t *Tracer) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), lastWords)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		otel.Handle(err)
	}
}

// severe is a handler of errors alone.
type severe struct{ slog.Handler }

// Enabled implements slog.Handler.
func (s severe) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelError }

// complaints are told to the log, not more than one a minute: what cannot be sent fails again and again.
type complaints struct {
	log *slog.Logger

	mu    sync.Mutex
	last  time.Time
	quiet int // since then
}

// Handle implements otel.ErrorHandler.
func (c *complaints) Handle(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if !c.last.IsZero() && now.Sub(c.last) < time.Minute {
		c.quiet++
		return
	}
	c.log.Warn("traces could not be sent", "error", err, "unsaid", c.quiet)
	c.last, c.quiet = now, 0
}
