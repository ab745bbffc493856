package lint

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/test/deployment"
)

// aboutEgress are the rules about what leaves past a VPN gateway: the leak itself,
// and what each layer against it lacks.
func aboutEgress(id rule.ID) bool {
	return id.Area() == "kill-switch" || slices.Contains([]rule.ID{
		"vpn/no-direct-egress", "vpn/client-behind-gateway", "vpn/client-containers", "vpn/client-waits-for-gateway",
		"vpn/consumer-without-kill-switch", "vpn/dual-stack-leak", "vpn/gateway-privilege", "vpn/no-host-network",
	}, id)
}

// found lists what the rules about egress found, as "rule kind model/name".
func found(rep finding.Report) []string {
	out := []string{}
	for _, f := range rep.Findings {
		if aboutEgress(f.Rule) {
			out = append(out, where(f.Rule, "", f.Subject))
		}
	}
	slices.Sort(out)
	return out
}

// TestOneFaultOneFinding makes each fault about egress alone, in each form: what
// was planted is found, and no other rule about egress repeats it.
func TestOneFaultOneFinding(t *testing.T) {
	engine := newEngine(t)
	for _, f := range deployment.Faults() {
		if !aboutEgress(rule.ID(f.Rule)) {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			d, expected, err := deployment.Apply(deployment.Clean(), f.Name)
			require.NoError(t, err)
			for _, forms := range [][]deployment.Form{{deployment.Juju}, {deployment.Kube}, {deployment.Juju, deployment.Kube}} {
				want := []string{}
				for _, e := range expected {
					visible := slices.ContainsFunc(e.VisibleIn, func(form deployment.Form) bool { return slices.Contains(forms, form) })
					if visible && aboutEgress(rule.ID(e.Rule)) {
						want = append(want, where(rule.ID(e.Rule), "", finding.Subject(e.Subject)))
					}
				}
				slices.Sort(want)
				rep := judgeFiles(t, engine, Options{Config: config.Default()}, written(t, d, forms...)...)
				require.Empty(t, rep.Gaps)
				require.Equal(t, slices.Compact(want), found(rep), "%s in %v", f.About, forms)
			}
		})
	}
}
