package config

import (
	"slices"
	"strings"
)

// tracing decides by OpenTelemetry's own variables whether spans are sent. Where they are sent to, how many, and under
// which name are read by its library. wrong is why they are not although somebody seems to want them.
func tracing(environ []string) (on bool, wrong string) {
	otel := map[string]string{}
	for _, e := range environ {
		if name, v, _ := strings.Cut(e, "="); strings.HasPrefix(name, "OTEL_") {
			otel[name] = strings.ToLower(strings.TrimSpace(v))
		}
	}
	first := func(names ...string) string {
		i := slices.IndexFunc(names, func(name string) bool { return otel[name] != "" })
		if i < 0 {
			return ""
		}
		return otel[names[i]]
	}
	exporter := otel["OTEL_TRACES_EXPORTER"]
	protocol := first("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
	switch {
	case otel["OTEL_SDK_DISABLED"] == "true", exporter == "none",
		exporter == "" && first("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT") == "":
		return false, ""
	case exporter != "" && exporter != "otlp":
		return false, "OTEL_TRACES_EXPORTER can be otlp or none"
	case protocol != "" && protocol != "http/protobuf":
		return false, "OTEL_EXPORTER_OTLP_PROTOCOL can be http/protobuf, which most collectors take on port 4318"
	}
	return true, ""
}
