package topology

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// estate is everything that was observed, joined by model: one model for all
// the sources that speak of it. It is the working state of Resolve.
type estate struct {
	snap    snapshot.Snapshot
	profile Profile
	cni     CNI
	models  []*model // in order of controller and name
	byName  map[string][]*model
	notes   []string
	// byFileName lists the nameless sources that were placed by their files'
	// names: one note for all of them.
	byFileName []string
	byAddress  []string // likewise, by the addresses of their units
	bySecret   []string // likewise, by the secrets that they show
	placed     []Placed
	unplaced   []string
	gaps       []snapshot.Gap
	network    network
	related    map[*app][]*app // the VPN gateways of an application that has some
	cluster    Cluster         // the same in the document of each stack
	system     claims          // Services of the cluster itself
	clashing   map[*model][]Clash
	relations  map[*app][]*relation // that an application is an end of
	// planes returns the Istios in the cluster of a model.
	planes func(*model) []ControlPlane
}

// model is a Juju model with the namespace of the same name.
type model struct {
	name       string
	controller string
	uuid       string
	namesake   bool // another controller or folder has a model of this name, too
	byFolder   bool // the controller is a folder, for want of a better

	observed  []*snapshot.Model
	evidence  map[snapshot.Evidence]bool
	namespace *snapshot.Namespace

	workloads  []*snapshot.Workload
	pods       []*snapshot.Pod
	services   []*snapshot.Service
	configMaps []*snapshot.ConfigMap
	policies   []*snapshot.NetworkPolicy
	// readPolicies are the policies, read, by name.
	readPolicies []policy
	gateways     []*snapshot.Gateway
	routes       []*snapshot.Route
	ingresses    []*snapshot.Ingress
	claims       []*snapshot.PersistentVolumeClaim

	authorization []*snapshot.AuthorizationPolicy
	foreign       []*snapshot.ForeignPolicy
	// covered are the kinds of evidence that a source says it read in whole.
	covered map[snapshot.Evidence]bool
	// strays are workloads and pods of no application.
	strays []stray
	// settings and kept are what was read of its ConfigMaps, see vpnSettings and
	// meshLabels.
	settings map[*snapshot.ConfigMap]VPNSettings
	kept     map[*snapshot.ConfigMap]keptLabels
	// accountsSeen is what accounts found.
	accountsSeen map[string]bool

	apps map[string]*app
	// byApp are the applications by name, of as many as there were.
	byApp []*app
	// podLabels are those of its applications' pods and workloads.
	podLabels []podLabels
	saas      map[string]*saas
	offers    map[string]*offer
	relations []*relation
	beacons   []*app // the declared ones, by name

	part, partBasis string
	stack           *stackNode
}

// app is an application of a model, joined over its sources.
type app struct {
	model       *model
	name        string
	declared    []*snapshot.Application // status first
	state       snapshot.State
	config      []snapshot.Fact
	hasConfig   bool
	unsettled   []string              // options of which a plan does not know what they will be
	configured  *snapshot.Application // what a source says of it that shows options and trust
	workloads   []*snapshot.Workload
	pods        []*snapshot.Pod
	gateway     *snapshot.Gateway // the Gateway object of an ingress gateway
	charm       string
	role        string
	roleBasis   string
	uses        map[string]int // relations by endpoint, filled by countUses
	attachments []Attachment   // ingress gateways, filled by joinAttachments
}

// id is unique in a run: models of one name are told apart by their controllers.
func (a *app) id() string {
	if a.model.namesake {
		return a.model.controller + ":" + a.model.name + "/" + a.name
	}
	return a.model.name + "/" + a.name
}

func (a *app) group() string { return charms().group[a.role] }

// sortedApps returns the applications of a model by name.
func (m *model) sortedApps() []*app {
	if len(m.byApp) != len(m.apps) { // none is ever taken out
		m.byApp = slices.SortedFunc(maps.Values(m.apps), func(a, b *app) int { return cmp.Compare(a.name, b.name) })
	}
	return m.byApp
}

// declaredByJuju tells whether a status, a bundle or a plan shows the model.
func (m *model) declaredByJuju() bool { return m.evidence[snapshot.JujuApplications] }

// app returns the application of a name, made if need be.
func (m *model) app(name string) *app {
	a := m.apps[name]
	if a == nil {
		a = &app{model: m, name: name}
		m.apps[name] = a
	}
	return a
}

// newEstate joins the observations of a snapshot.
func newEstate(s snapshot.Snapshot, p Profile) *estate {
	e := &estate{snap: s, profile: p, byName: map[string][]*model{}}
	e.readCNI()
	e.joinModels()
	e.joinObjects()
	e.cover()
	e.sortModels()
	for _, m := range e.models {
		e.declareApplications(m)
		e.attachWorkloads(m)
		for _, a := range m.sortedApps() {
			e.giveRole(a)
			if a.role == RoleBeacon && len(a.declared) > 0 {
				m.beacons = append(m.beacons, a)
			}
		}
		m.weighWorkloads()
		m.weighUnits()
		m.weighSecrets()
		m.listPodLabels()
	}
	for _, m := range e.models {
		e.collectOffers(m)
	}
	for _, m := range e.models {
		e.resolveSAAS(m)
	}
	for _, m := range e.models {
		e.joinRelations(m)
	}
	e.indexRelations()
	e.joinAttachments()
	e.related = e.consumers()
	e.readNetwork()
	e.countUses()
	return e
}

// indexRelations lists the relations of each application, whichever model they are
// declared in.
func (e *estate) indexRelations() {
	e.relations = map[*app][]*relation{}
	for _, m := range e.models {
		for _, r := range m.relations {
			for i := range r.ends {
				if a := r.ends[i].app; a != nil {
					e.relations[a] = append(e.relations[a], r)
				}
			}
		}
	}
}

func (e *estate) sortModels() {
	for _, list := range e.byName {
		for _, m := range list {
			m.namesake = len(list) > 1
		}
	}
	slices.SortFunc(e.models, func(a, b *model) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.controller, b.controller))
	})
}

// find returns the model of a name on a controller; an unsaid controller on
// either side matches when the name is unique.
func (e *estate) find(controller, name string) *model {
	list := e.byName[name]
	for _, m := range list {
		if m.controller == controller {
			return m
		}
	}
	if len(list) == 1 && (controller == "" || list[0].controller == "") {
		return list[0]
	}
	return nil
}

func (e *estate) add(controller, name string) *model {
	m := &model{
		name: name, controller: controller,
		evidence: map[snapshot.Evidence]bool{}, covered: map[snapshot.Evidence]bool{},
		apps: map[string]*app{}, saas: map[string]*saas{}, offers: map[string]*offer{},
	}
	e.models = append(e.models, m)
	e.byName[name] = append(e.byName[name], m)
	return m
}

func (m *model) observe(o *snapshot.Model) {
	m.observed = append(m.observed, o)
	if m.controller == "" {
		m.controller = o.Controller
	}
	if m.uuid == "" {
		m.uuid = o.UUID
	}
	for _, ev := range o.Evidence {
		m.evidence[ev] = true
	}
}

// joinModels puts the observations of each Juju model together: those that say
// their model's name first, then the nameless (bundles, show-unit).
func (e *estate) joinModels() {
	var nameless, secrets []*snapshot.Model
	for i := range e.snap.Models {
		o := &e.snap.Models[i]
		switch {
		case o.Name == "" && o.UUID == "" && onlySecrets(o):
			secrets = append(secrets, o)
			continue
		case o.Name == "":
			nameless = append(nameless, o)
			continue
		}
		m := e.find(o.Controller, o.Name)
		if m == nil {
			m = e.add(o.Controller, o.Name)
		}
		m.observe(o)
	}
	// Two rounds: what can be placed by what it says comes before what can only
	// be placed by its file's name, so that the order of files does not matter.
	var rest []*snapshot.Model
	for _, o := range nameless {
		if m, basis := e.placeByContent(o); m != nil {
			e.observeNameless(m, o, basis)
		} else {
			rest = append(rest, o)
		}
	}
	for _, o := range rest {
		e.placeByHint(o)
	}
	for _, o := range secrets {
		e.placeSecrets(o)
	}
}

func (e *estate) observeNameless(m *model, o *snapshot.Model, basis string) {
	m.observe(o)
	e.placed = append(e.placed, Placed{Source: e.sourceName(o.At), Model: m.name, Basis: basis})
	taken := fmt.Sprintf("%s as %s", e.sourceName(o.At), m.name)
	switch basis {
	case basisConfigured, basisUUID:
		return
	case basisFileName:
		e.byFileName = append(e.byFileName, taken)
		return
	case basisAddresses:
		e.byAddress = append(e.byAddress, taken)
		return
	case basisSecrets:
		e.bySecret = append(e.bySecret, taken)
		return
	}
	e.notes = append(e.notes, fmt.Sprintf("%s names no model; taken as model %s because %s", e.sourceName(o.At), m.name, basis))
}

func (e *estate) sourceName(p snapshot.Pos) string {
	if i := p.Source(); i < len(e.snap.Sources) {
		return e.snap.Sources[i].Name
	}
	return "a source"
}
