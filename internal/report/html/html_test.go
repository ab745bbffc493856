package html_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/html"
	"github.com/charmarr/charmarr-lint/internal/report/reporttest"
)

func write(t *testing.T, r finding.Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, html.Write(&b, r))
	return b.String()
}

// elements are all that the page's own template has.
var elements = strings.Fields(`html head meta title style body header main section article
	h1 h2 h3 h4 p ul ol li dl dt dd pre code a span b strong table thead tbody tr th td details summary`)

var (
	tag       = regexp.MustCompile(`</?([A-Za-z][A-Za-z0-9]*)`)
	attribute = regexp.MustCompile(`(?i)\s(on[a-z]+|src|srcset|action)\s*=`)
	href      = regexp.MustCompile(`href="([^"]*)"`)
)

func TestNothingForeignGetsIn(t *testing.T) {
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			page := write(t, c.Report)
			open := map[string]int{}
			for _, m := range tag.FindAllStringSubmatch(page, -1) {
				require.Contains(t, elements, m[1])
				if strings.HasPrefix(m[0], "</") {
					open[m[1]]--
				} else {
					open[m[1]]++
				}
			}
			delete(open, "meta") // has no end
			for name, n := range open {
				require.Zero(t, n, "%s is not closed", name)
			}
			require.NotRegexp(t, attribute, page)
			for _, m := range href.FindAllStringSubmatch(page, -1) {
				require.Regexp(t, `^https://github\.com/charmarr/charmarr-lint/blob/main/docs/rules/[a-z0-9/-]+\.md$`, m[1])
			}
			require.Contains(t, page, `content="default-src 'none'; style-src 'unsafe-inline'"`)
		})
	}
}

func TestSaysWhatMatters(t *testing.T) {
	for name, wants := range map[string][]string{
		"clean":  {"no findings", "Rules passed: 4", "Not evaluated, no source gave", "kube.workloads"},
		"empty":  {"Nothing of Charmarr was found", "juju status"},
		"gaps":   {"Could not be read", "dumps/core.json:812:3", "<strong>Incomplete:</strong> 2 gaps, 2 rules undecided"},
		"waived": {"single node lab", "2027-01-31"},
		"broken": {"4 errors, 1 warning, 1 note", "kubectl rollout restart", "k8s/vpn.yaml:21:7", "networking/adr-006#vpn-gateway"},
	} {
		t.Run(name, func(t *testing.T) {
			page := write(t, reporttest.Named(name))
			for _, want := range wants {
				require.Contains(t, page, want)
			}
		})
	}
}
