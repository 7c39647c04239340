{{- define "midgate.name" -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "midgate.labels" -}}
app.kubernetes.io/name: midgate
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{- define "midgate.selector" -}}
app.kubernetes.io/name: midgate
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "midgate.check" -}}
{{- if not .Values.upstream.url -}}
{{- fail "upstream.url is missing: the base URL of a midjourney-proxy server, such as https://api.cometapi.com" -}}
{{- end -}}
{{- if and (gt (int .Values.replicas) 1) (or (not .Values.databaseUrl) (not .Values.picturesUrl) (not .Values.existingSecret)) -}}
{{- fail "several replicas share a database and a bucket: set databaseUrl: true (with database-url and secret in existingSecret) and picturesUrl" -}}
{{- end -}}
{{- if and .Values.databaseUrl (not .Values.existingSecret) -}}
{{- fail "databaseUrl: true needs existingSecret with the key database-url" -}}
{{- end -}}
{{- end -}}
