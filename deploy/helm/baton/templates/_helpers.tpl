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

{{- /* A setting's value as its environment variable has it. YAML reads on and off as booleans; Kubernetes reads $$ as $, and $(NAME) as a variable. */ -}}
{{- define "baton.value" -}}
{{- $text := "" -}}
{{- if kindIs "string" . }}{{ $text = . }}
{{- else if kindIs "bool" . }}{{ $text = ternary "1" "0" . }}
{{- else if kindIs "slice" . }}{{ $text = join "," . }}
{{- else }}{{ $text = toJson . }}
{{- end -}}
{{- $text | replace "$" "$$" | quote -}}
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
{{- if and .ingress.enabled (not .ingress.hosts) -}}
{{- fail "ingress.enabled: ingress.hosts has to name the hosts that lead to Baton" -}}
{{- end -}}
{{- if and .httpRoute.enabled (not .httpRoute.parentRefs) -}}
{{- fail "httpRoute.enabled: httpRoute.parentRefs has to name the Gateway" -}}
{{- end -}}
{{- range $name, $_ := .secrets -}}
{{- if not (kindIs "invalid" (index $.Values.settings $name)) -}}
{{- fail (printf "%s: is given by settings and by secrets" $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}
