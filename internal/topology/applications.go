package topology

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// declareApplications joins what Juju's sources say of the applications.
func (e *estate) declareApplications(m *model) {
	// What is laid over the rest comes before it. What shows the applications comes before lists of offers and of units, and
	// a status, which says what is, before a bundle, which says what is planned.
	slices.SortStableFunc(m.observed, func(a, b *snapshot.Model) int {
		return cmp.Or(cmp.Compare(overlays(b), overlays(a)), cmp.Compare(showsApplications(b), showsApplications(a)), cmp.Compare(a.State, b.State))
	})
	for _, o := range m.observed {
		full := slices.Contains(o.Evidence, snapshot.JujuConfig)
		for i := range o.Applications {
			d := &o.Applications[i]
			a := m.app(d.Name)
			a.declared = append(a.declared, d)
			if a.state == "" {
				a.state = o.State
			}
			a.config = mergeFacts(a.config, a.settled(d.Config))
			a.unsettled = append(a.unsettled, d.Unsettled...)
			a.hasConfig = a.hasConfig || full
			if full && a.configured == nil && !slices.Contains(d.Unsettled, "trust") {
				a.configured = d
			}
			a.charm = cmp.Or(a.charm, d.Charm)
		}
	}
	for _, a := range m.apps {
		a.hasConfig = a.hasConfig && !slices.ContainsFunc(a.unsettled, func(name string) bool { return name != "trust" })
	}
	m.declareByUnits()
}

// settled are the facts about options of which a plan does not leave open what
// they will be.
func (a *app) settled(facts []snapshot.Fact) []snapshot.Fact {
	if len(a.unsettled) == 0 {
		return facts
	}
	return slices.DeleteFunc(slices.Clone(facts), func(f snapshot.Fact) bool {
		return slices.Contains(a.unsettled, f.Key) || slices.Contains(a.unsettled, "config")
	})
}

// declareByUnits takes the applications of a model from its units where no source
// shows the applications themselves: juju show-unit says of each unit which charm
// it runs.
func (m *model) declareByUnits() {
	if m.evidence[snapshot.JujuApplications] {
		return
	}
	for _, o := range m.observed {
		for _, u := range o.Units {
			if u.Charm == "" {
				continue
			}
			a := m.app(applicationOf(u.Name))
			if a.charm != "" {
				continue
			}
			a.charm, a.state = u.Charm, o.State
			a.declared = append(a.declared, &snapshot.Application{
				Name: a.name, Charm: u.Charm, Revision: -1, Scale: -1, At: u.At, CharmAt: u.At,
			})
		}
	}
}

func overlays(o *snapshot.Model) int {
	if o.Over {
		return 1
	}
	return 0
}

func showsApplications(o *snapshot.Model) int {
	if slices.Contains(o.Evidence, snapshot.JujuApplications) {
		return 1
	}
	return 0
}

// mergeFacts adds the facts whose keys are not there yet.
func mergeFacts(have, more []snapshot.Fact) []snapshot.Fact {
	for _, f := range more {
		if _, ok := snapshot.Lookup(have, f.Key); !ok {
			have = append(have, f)
		}
	}
	return have
}

// attachWorkloads gives workloads and pods to the applications they run.
func (e *estate) attachWorkloads(m *model) {
	for _, w := range m.workloads {
		name := jujuApplication(w.Labels)
		if name == "" && m.apps[w.Name] != nil {
			name = w.Name
		}
		if name == "" {
			m.stray(w.Kind, &w.Meta, w.Template.Labels, &w.Template)
			continue
		}
		a := m.app(name)
		a.workloads = append(a.workloads, w)
	}
	byWorkload := map[string]*app{}
	for _, a := range m.apps {
		for _, w := range a.workloads {
			byWorkload[w.Name] = a
		}
	}
	for _, p := range m.pods {
		a := byWorkload[p.Owner]
		if a == nil {
			name := jujuApplication(p.Labels)
			if f, ok := snapshot.Lookup(p.Labels, labelName); name == "" && ok && f.Value != modelOperator && roleOfContainers(p.Spec) != nil {
				name = f.Value // Juju's pods carry the name and not managed-by
			} else if name == "" && ok {
				if m.apps[f.Value] != nil {
					name = f.Value
				}
			}
			if name == "" {
				m.strayPod(p)
				continue
			}
			a = m.app(name)
		}
		a.pods = append(a.pods, p)
	}
	for _, g := range m.gateways {
		if g.Class != classIngress {
			continue
		}
		if a := m.apps[g.Name]; a != nil {
			a.gateway = g
		} else if classOf(e.profile, g.Name) != "" {
			m.app(g.Name).gateway = g
		}
	}
}

// giveRole decides what an application does: the profile's word on its charm,
// else the charm, else its containers, else the objects only its charm makes.
// The application's own name never decides.
func (e *estate) giveRole(a *app) {
	t := charms()
	set := func(role, basis string) { a.role, a.roleBasis = role, basis }
	if role, ok := e.profile.Roles[a.charm]; ok && a.charm != "" {
		set(role, "profile "+e.profile.Name)
		return
	}
	if c := t.byCharm[a.charm]; c != nil {
		set(c.Role, "charm "+a.charm)
		return
	}
	specs := make([]snapshot.PodSpec, 0, 2)
	for _, w := range a.workloads {
		specs = append(specs, w.Template)
	}
	for _, p := range a.pods {
		specs = append(specs, p.Spec)
	}
	for _, spec := range specs {
		if c := roleOfContainers(spec); c != nil {
			// The container also tells the charm's endpoints apart.
			set(c.Role, "container "+c.Containers[0])
			return
		}
	}
	if a.charm != "" {
		return // a charm that is known by name and is none of Charmarr's
	}
	if a.gateway != nil {
		set(RoleIngressGateway, "Gateway "+a.gateway.Name)
		return
	}
	for _, g := range a.model.gateways {
		if g.Class == classWaypoint && g.Name == waypointOf(a.model.name, a.name) {
			set(RoleBeacon, "waypoint Gateway "+g.Name)
			return
		}
	}
}

// roleOfContainers finds the charm whose workload container a pod has.
func roleOfContainers(spec snapshot.PodSpec) *charmEntry {
	t := charms()
	for _, c := range spec.Containers {
		if entry := t.byContainer[c.Name]; entry != nil {
			return entry
		}
	}
	return nil
}

// Classes of Gateway API gateways that Istio knows.
const (
	classIngress  = "istio"
	classWaypoint = "istio-waypoint"
)

// classOf returns the profile's class of an ingress gateway's name, "" for none.
func classOf(p Profile, name string) string {
	for _, c := range p.Gateways {
		if slices.Contains(c.Names, name) {
			return c.Class
		}
	}
	return ""
}

// stateOf is the strongest state in which an application is known.
func (a *app) stateOf() string {
	if a.effective() {
		return stateEffective
	}
	return string(a.state)
}

func (a *app) effective() bool {
	return len(a.workloads) > 0 || len(a.pods) > 0 || a.gateway != nil
}

// at is the place of an application: where Kubernetes shows it if nothing of
// Juju's does.
func (a *app) at() snapshot.Pos {
	switch {
	case len(a.declared) > 0:
		return a.declared[0].At
	case len(a.workloads) > 0:
		return a.workloads[0].At
	case len(a.pods) > 0:
		return a.pods[0].At
	case a.gateway != nil:
		return a.gateway.At
	}
	return snapshot.Pos{}
}

// gatewayNamespace returns the namespace in a client's `gateway` variable:
// "<app>-endpoints.<namespace>.svc.cluster.local".
func gatewayNamespace(value string) (application, namespace string) {
	host, rest, _ := strings.Cut(value, ".")
	namespace, _, _ = strings.Cut(rest, ".")
	return strings.TrimSuffix(host, "-endpoints"), namespace
}

// weighWorkloads takes the workloads of a model for evidence only where they
// are whole: those of an application at least, and of each content service,
// download client and VPN gateway that Juju shows. A dump that leaves the gateway's StatefulSet
// out and has the modeloperator says nothing about the gateway.
func (m *model) weighWorkloads() {
	if !m.evidence[snapshot.KubeWorkloads] || m.covered[snapshot.KubeWorkloads] {
		return
	}
	any := false
	for _, a := range m.apps {
		any = any || len(a.workloads) > 0
		switch a.group() {
		case GroupContent, GroupDownload, GroupVPN:
			if len(a.workloads) == 0 && a.lives() {
				delete(m.evidence, snapshot.KubeWorkloads)
				return
			}
		}
	}
	if !any {
		delete(m.evidence, snapshot.KubeWorkloads)
	}
}

// lives tells whether Juju shows an application that is not being removed.
func (a *app) lives() bool {
	return slices.ContainsFunc(a.declared, func(d *snapshot.Application) bool {
		return d.Life != "dying" && d.Life != "dead"
	})
}

// weighUnits takes databags for evidence only where a unit of each application
// was shown with its own: juju show-unit tells of the units it was asked for, and
// that of Juju 4 tells other databags.
func (m *model) weighUnits() {
	if !m.evidence[snapshot.JujuUnits] || m.covered[snapshot.JujuUnits] {
		return
	}
	for _, a := range m.apps {
		if a.lives() && !a.databagsKnown() {
			delete(m.evidence, snapshot.JujuUnits)
			return
		}
	}
}

// databagsKnown tells whether some source shows what a unit of the application
// sees in its relations.
func (a *app) databagsKnown() bool {
	for _, o := range a.model.observed {
		if !slices.Contains(o.Evidence, snapshot.JujuUnits) || a.model.turned(o) {
			continue
		}
		if slices.ContainsFunc(o.Units, func(u snapshot.Unit) bool { return applicationOf(u.Name) == a.name }) {
			return true
		}
	}
	return false
}

// shows tells whether a source shows the databag of the application at the other
// end of a relation.
func (m *model) shows(o *snapshot.Model, r *snapshot.UnitRelation) bool {
	return !r.Unseen && !m.turned(o)
}

// turned tells whether a source shows the databags of a unit's own application
// under the name of the other end's, as the show-unit of Juju 4 does. It says no
// version; another source of the model may. Where none does, it is taken for one
// of Juju 3.
func (m *model) turned(o *snapshot.Model) bool {
	return o.Version == "" && len(o.Units) > 0 && slices.ContainsFunc(m.observed, func(other *snapshot.Model) bool {
		major, _, _ := strings.Cut(other.Version, ".")
		n, err := strconv.Atoi(major)
		return err == nil && n >= 4
	})
}

// applicationOf returns the application of a unit.
func applicationOf(unit string) string {
	name, _, _ := strings.Cut(unit, "/")
	return name
}
