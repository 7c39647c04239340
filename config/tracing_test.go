package config

import (
	"strings"
	"testing"
)

func TestTracingIsOnWhereSomebodySaysWhereTo(t *testing.T) {
	for environ, want := range map[string]struct {
		on    bool
		wrong string
	}{
		"":                             {},
		"OTEL_SERVICE_NAME=pictures":   {},
		"OTEL_EXPORTER_OTLP_ENDPOINT=": {},
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318":                                                                   {on: true},
		"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://c:4318/v1/traces":                                                  {on: true},
		"OTEL_TRACES_EXPORTER=otlp":                                                                                   {on: true},
		"OTEL_TRACES_EXPORTER=none OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318":                                         {},
		"OTEL_SDK_DISABLED=True OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318":                                            {},
		"OTEL_SDK_DISABLED=false OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318":                                           {on: true},
		"OTEL_TRACES_EXPORTER=zipkin":                                                                                 {wrong: "OTEL_TRACES_EXPORTER"},
		"OTEL_EXPORTER_OTLP_PROTOCOL=grpc OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317":                                  {wrong: "http/protobuf"},
		"OTEL_EXPORTER_OTLP_PROTOCOL=grpc":                                                                            {},
		"OTEL_EXPORTER_OTLP_PROTOCOL=grpc OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf OTEL_TRACES_EXPORTER=otlp": {on: true},
	} {
		on, wrong := tracing(strings.Split(environ, " "))
		if on != want.on || (wrong != "") != (want.wrong != "") || !strings.Contains(wrong, want.wrong) {
			t.Errorf("%q: tracing is %v, %q; want %+v", environ, on, wrong, want)
		}
	}
}
