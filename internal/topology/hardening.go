package topology

import (
	"fmt"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

const (
	optionHardened = "hardened-mode"
	// allowNothing is part of the names of the policies that istio-k8s writes in
	// hardened mode.
	allowNothing = "-policy-global-allow-nothing-"
)

// hardening answers whether Istio denies what no policy allows: by the policies
// that its charm writes for that, else by the charm's option. The control plane
// stands in a model of its own as a rule, which is no part of any stack.
func (e *estate) hardening() Hardening {
	for i := range e.snap.AuthorizationPolicies {
		p := &e.snap.AuthorizationPolicies[i]
		if strings.Contains(p.Name, allowNothing) {
			return Hardening{answerYes, fmt.Sprintf("AuthorizationPolicy %s in namespace %s", p.Name, p.Namespace), place(p.At)}
		}
	}
	out := Hardening{On: answerUnknown}
	for _, m := range e.models {
		for _, a := range m.sortedApps() {
			if a.role != RoleControlPlane {
				continue
			}
			value, known := a.option(optionHardened)
			if !known {
				continue
			}
			set, _ := snapshot.Lookup(a.config, optionHardened)
			at := set.At
			if !at.Known() {
				at = a.at()
			}
			if strings.EqualFold(value, "true") {
				return Hardening{answerYes, fmt.Sprintf("option %s=true of %s in model %s", optionHardened, a.name, m.name), place(at)}
			}
			out = Hardening{answerNo, fmt.Sprintf("option %s of %s in model %s is off", optionHardened, a.name, m.name), place(at)}
		}
	}
	return out
}
