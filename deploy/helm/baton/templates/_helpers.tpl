{{- define "baton.name" -}}
{{- $name := ternary .Release.Name (printf "%s-baton" .Release.Name) (contains "baton" .Release.Name) -}}
{{- $name | replace "." "-" | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{- define "baton.selector" -}}
app.kubernetes.io/name: baton
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "baton.labels" -}}
{{ include "baton.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "baton.image" -}}
{{- with .Values.image -}}
{{- .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end -}}
{{- end }}

{{- define "baton.basePath" -}}
{{- .Values.settings.BASE_PATH | default "" | trimSuffix "/" -}}
{{- end }}

{{- /* A setting's value as its environment variable has it. */ -}}
{{- define "baton.value" -}}
{{- if kindIs "string" . }}{{ . | quote }}
{{- else if kindIs "slice" . }}{{ join "," . | quote }}
{{- else }}{{ . | toJson | quote }}
{{- end -}}
{{- end }}

{{- /* The variable that names a secret's file: the setting itself where it is a path, as REDIS_TLS_CA is. */ -}}
{{- define "baton.fileVariable" -}}
{{ . }}{{ if not (hasPrefix "REDIS_TLS_" .) }}_FILE{{ end }}
{{- end }}

{{- define "baton.check" -}}
{{- with .Values -}}
{{- $memory := eq (toString .settings.STORE) "memory" -}}
{{- if and $memory (or .autoscaling.enabled (gt (int .replicaCount) 1)) -}}
{{- fail "settings.STORE=memory is for one replica: set replicaCount to 1" -}}
{{- end -}}
{{- if not (or $memory .settings.REDIS_URL .settings.REDIS_SENTINELS .secrets.REDIS_URL) -}}
{{- fail "replicas share a Redis: set settings.REDIS_URL or settings.REDIS_SENTINELS, or secrets.REDIS_URL where its URL has a password" -}}
{{- end -}}
{{- range $name, $_ := .secrets -}}
{{- if hasKey $.Values.settings $name -}}
{{- fail (printf "%s: is given by settings and by secrets" $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}
