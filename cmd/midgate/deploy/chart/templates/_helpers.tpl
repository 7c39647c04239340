{{- /* Names and labels; the secrets that are given, and where each is. */ -}}

{{- define "midgate.name" -}}
{{- if contains "midgate" .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}{{ else }}{{ printf "%s-midgate" (.Release.Name | trunc 44) }}{{ end }}
{{- end }}

{{- define "midgate.selector" -}}
app.kubernetes.io/name: midgate
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "midgate.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "midgate.selector" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- /* The port that /metrics has for itself; empty: it is on the API's. */ -}}
{{- define "midgate.metrics" -}}
{{- .Values.settings.metrics_listen | default "" | trimPrefix ":" }}
{{- end }}

{{- /* What tells the Service of that port from the API's. */ -}}
{{- define "midgate.metricsSelector" -}}
{{ include "midgate.selector" . }}
{{- if include "midgate.metrics" . }}
app.kubernetes.io/component: metrics
{{- end }}
{{- end }}

{{- /* The words of the secrets that come from existingSecret, one space around each; empty without one. */ -}}
{{- define "midgate.theirs" -}}
{{- if .Values.existingSecret }} {{ join " " .Values.existingSecretKeys }} {{ end }}
{{- end }}

{{- /* The same of those in the chart's own Secret. */ -}}
{{- define "midgate.own" -}}
{{- $theirs := include "midgate.theirs" . }}
{{- range $name := list "upstreamKey" "apiKeys" "databaseUrl" "secret" }}
{{- if and (get $.Values $name) (not (contains (printf " %s " $name) $theirs)) }} {{ $name }} {{ end }}
{{- end }}
{{- end }}

{{- /* What cannot work is said before anything is installed. */ -}}
{{- define "midgate.check" -}}
{{- $given := printf "%s%s" (include "midgate.theirs" .) (include "midgate.own" .) }}
{{- if not .Values.image.repository }}
{{- fail "image.repository is missing: there is no published image; build one with `make image` and push it to a registry that your cluster reaches" }}
{{- end }}
{{- if not (or .Values.upstreamUrl .Values.settings.upstreams) }}
{{- fail "upstreamUrl is missing: set it to the base URL of a midjourney-proxy server, such as https://api.cometapi.com" }}
{{- end }}
{{- range $key, $value := dict "upstream_url" "upstreamUrl" "public_url" "publicUrl" "pictures_url" "picturesUrl" "upstream_key" "upstreamKey" "api_keys" "apiKeys" "database_url" "databaseUrl" "secret" "secret" "keys_file" "keysFile" }}
{{- if hasKey $.Values.settings $key }}
{{- fail (printf "settings.%s is not read here: set %s" $key $value) }}
{{- end }}
{{- end }}
{{- if and .Values.settings.upstreams (or .Values.upstreamUrl (contains " upstreamKey " $given)) }}
{{- fail "settings.upstreams is given beside upstreamUrl or upstreamKey (which existingSecretKeys may name): each upstream has its own key or key_file" }}
{{- end }}
{{- range $key := list "listen" "data_dir" }}
{{- if hasKey $.Values.settings $key }}
{{- fail (printf "settings.%s is the chart's own" $key) }}
{{- end }}
{{- end }}
{{- with .Values.settings.metrics_listen }}
{{- if or (not (regexMatch "^:[1-9][0-9]*$" .)) (eq . ":8080") }}
{{- fail (printf "settings.metrics_listen is %s: it can be a port with a colon before it, other than the API's :8080, or empty, for the API's" .) }}
{{- end }}
{{- end }}
{{- if gt (int .Values.replicas) 1 }}
{{- if not (contains " databaseUrl " $given) }}
{{- fail "replicas is more than 1, but databaseUrl is missing: several replicas need a PostgreSQL database that they share" }}
{{- end }}
{{- if not .Values.picturesUrl }}
{{- fail "replicas is more than 1, but picturesUrl is missing: several replicas need a bucket that they share" }}
{{- end }}
{{- if not (contains " secret " $given) }}
{{- fail "replicas is more than 1, but secret is missing: replicas share it; make one with `openssl rand -hex 32`" }}
{{- end }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) }}
{{- fail "ingress.enabled is true, but ingress.host is missing" }}
{{- end }}
{{- end }}
