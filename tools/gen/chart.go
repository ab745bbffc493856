package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/audit"
	"github.com/charmarr/charmarr-lint/internal/collect/kube"
	"github.com/charmarr/charmarr-lint/internal/webhook"
)

// chartTemplates is where those templates of the chart are that are generated.
const chartTemplates = "deploy/chart/templates"

// Stand-ins are written in the place of what a release decides, and then replaced.
const (
	standInName      = "stand-in-for-what-it-is-called"
	standInNamespace = "stand-in-for-the-namespace"
	standInService   = "stand-in-for-the-service"
	standInCA        = "stand-in-for-the-bundle"
	standInIssued    = "stand-in-for-the-certificate"
)

const (
	ownLabel    = "    app.kubernetes.io/name: charmarr-lint\n"
	chartLabels = "    {{- include \"charmarr-lint.labels\" . | nindent 4 }}\n"
)

// chartRegistration makes the chart's template of the registration from how the
// webhook is registered without a chart.
func chartRegistration() ([]byte, error) {
	r := webhook.Registration{
		Name: standInName, Namespace: standInNamespace, Service: standInService, CABundle: standInCA, CertManager: standInIssued,
	}
	open := string(webhook.Configuration(r))
	r.Fail = true
	closed := string(webhook.Configuration(r))

	var out bytes.Buffer
	out.WriteString("{{- /* `make generate` writes this file from internal/webhook/configuration.go. */}}\n{{- if .Values.registration.enabled }}\n")
	failing := strings.Split(closed, "\n")
	for i, line := range strings.SplitAfter(open, "\n") {
		switch strings.TrimSpace(line) {
		case strings.TrimSpace(failing[i]):
			out.WriteString(line)
		case "failurePolicy: Ignore":
			out.WriteString(strings.Replace(line, "Ignore", `{{ include "charmarr-lint.registration.privacy" . }}`, 1))
		default:
			return nil, fmt.Errorf("making the chart's template of the registration: line %d is %q, or %q where it fails closed; chart.go has no word for that", i+1, line, failing[i])
		}
	}
	out.WriteString("{{- end }}\n")
	return replaced("the registration", out.Bytes(),
		"    cert-manager.io/inject-ca-from: "+standInIssued+"\n", "",
		"  annotations:\n", "  {{- include \"charmarr-lint.registration.annotations\" . }}\n",
		"      caBundle: "+standInCA+"\n", "      {{- include \"charmarr-lint.registration.ca\" . }}\n",
		standInName, `{{ include "charmarr-lint.fullname" . }}`,
		standInNamespace, `{{ .Release.Namespace | quote }}`,
		standInService, `{{ include "charmarr-lint.webhook" . }}`,
		ownLabel, chartLabels,
	)
}

// chartRole makes the chart's template of what the webhook may read.
func chartRole() ([]byte, error) {
	return replaced("the ClusterRole", kube.WatchRole(),
		"  name: charmarr-lint-webhook\n", "  name: {{ include \"charmarr-lint.webhook\" . }}\n",
		ownLabel, chartLabels,
	)
}

// chartReports makes the chart's template of what the standing audit may write, and of
// its Lease.
func chartReports() ([]byte, error) {
	text, err := replaced("what reports take", slices.Concat(audit.Roles(standInNamespace, standInService), audit.Lease(standInNamespace)),
		"  name: charmarr-lint-reports\n", "  name: {{ include \"charmarr-lint.fullname\" . }}-reports\n",
		standInNamespace, `{{ .Release.Namespace | quote }}`,
		standInService, `{{ include "charmarr-lint.webhook" . }}`,
		ownLabel, chartLabels,
	)
	return slices.Concat([]byte("{{- if .Values.audit.interval }}\n"), text, []byte("{{- end }}\n")), err
}

// replaced puts templates in the place of what is written in a text: by pairs, what is
// there and what is to be there. All of it has to be there.
func replaced(what string, text []byte, pairs ...string) ([]byte, error) {
	for pair := range slices.Chunk(pairs, 2) {
		if !bytes.Contains(text, []byte(pair[0])) {
			return nil, fmt.Errorf("making the chart's template of %s: it has no %q", what, pair[0])
		}
		text = bytes.ReplaceAll(text, []byte(pair[0]), []byte(pair[1]))
	}
	return text, nil
}
