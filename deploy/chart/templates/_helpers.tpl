{{/* The name that all others begin with. */}}
{{- define "charmarr-lint.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains "charmarr-lint" .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-charmarr-lint" (.Release.Name | trunc 26 | trimSuffix "-") -}}
{{- end -}}
{{- end -}}

{{- define "charmarr-lint.webhook" -}}
{{ include "charmarr-lint.fullname" . }}-webhook
{{- end -}}

{{/* What the pods are found by. */}}
{{- define "charmarr-lint.selector" -}}
app.kubernetes.io/name: charmarr-lint
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: webhook
{{- end -}}

{{- define "charmarr-lint.labels" -}}
app.kubernetes.io/name: charmarr-lint
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | quote }}
{{- with .Values.extraLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "charmarr-lint.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* The Secret with the certificate. */}}
{{- define "charmarr-lint.certificate" -}}
{{ .Values.certificates.secretName | default (printf "%s-%s" (include "charmarr-lint.webhook" .) (eq .Values.certificates.from "self-signed" | ternary "own" "tls")) }}
{{- end -}}

{{/* Whether the webhook says itself what is to become of requests while nobody answers. */}}
{{- define "charmarr-lint.proves" -}}
{{- if and .Values.registration.enabled (eq .Values.registration.failurePolicy "FailWhenProven") -}}
true
{{- end -}}
{{- end -}}

{{/* Where the certificate comes from, as annotations of the registration. */}}
{{- define "charmarr-lint.registration.annotations" -}}
{{- if eq .Values.certificates.from "cert-manager" }}
  annotations:
    cert-manager.io/inject-ca-from: {{ .Release.Namespace }}/{{ include "charmarr-lint.webhook" . }}
{{- end }}
{{- end -}}

{{/* The certificate that the webhook's is signed by, as a field of clientConfig. */}}
{{- define "charmarr-lint.registration.ca" -}}
{{- if eq .Values.certificates.from "secret" }}
      caBundle: {{ required "certificates.caBundle is empty, and the API server would take no answer: give the certificate that the Secret's is signed by (--set-file certificates.caBundle=ca.crt)" .Values.certificates.caBundle | b64enc }}
{{- end }}
{{- end -}}

{{/* What is to become of what touches privacy, while nobody answers. What the webhook has
proven is not undone by an upgrade. */}}
{{- define "charmarr-lint.registration.privacy" -}}
{{- if include "charmarr-lint.proves" . -}}
{{- $proven := "Ignore" -}}
{{- range (lookup "admissionregistration.k8s.io/v1" "ValidatingWebhookConfiguration" "" (include "charmarr-lint.fullname" .)).webhooks -}}
{{- if eq .name "privacy.charmarr-lint.io" -}}
{{- $proven = .failurePolicy -}}
{{- end -}}
{{- end -}}
{{ $proven }}
{{- else -}}
{{ .Values.registration.failurePolicy }}
{{- end -}}
{{- end -}}
