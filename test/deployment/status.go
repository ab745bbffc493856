package deployment

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
)

// The types below have the fields of `juju status --format json` in its order.
type (
	status struct {
		Model        statusModel                  `json:"model"`
		Machines     map[string]any               `json:"machines"`
		Applications map[string]statusApplication `json:"applications"`
		SAAS         map[string]statusSAAS        `json:"application-endpoints,omitempty"`
		Offers       map[string]statusOffer       `json:"offers,omitempty"`
		Storage      statusStorage                `json:"storage"`
		Controller   map[string]string            `json:"controller"`
	}
	statusModel struct {
		Name       string     `json:"name"`
		Type       string     `json:"type"`
		Controller string     `json:"controller"`
		Cloud      string     `json:"cloud"`
		Region     string     `json:"region"`
		Version    string     `json:"version"`
		Status     statusInfo `json:"model-status"`
		SLA        string     `json:"sla"`
	}
	statusInfo struct {
		Current string `json:"current"`
		Message string `json:"message,omitempty"`
		Since   string `json:"since,omitempty"`
		Version string `json:"version,omitempty"`
	}
	statusBase struct {
		Name    string `json:"name"`
		Channel string `json:"channel"`
	}
	statusRelation struct {
		Application string `json:"related-application"`
		Interface   string `json:"interface"`
		Scope       string `json:"scope"`
	}
	statusApplication struct {
		Charm      string                      `json:"charm"`
		Base       statusBase                  `json:"base"`
		Origin     string                      `json:"charm-origin"`
		CharmName  string                      `json:"charm-name"`
		Revision   int                         `json:"charm-rev"`
		Channel    string                      `json:"charm-channel"`
		Scale      int                         `json:"scale"`
		ProviderID string                      `json:"provider-id"`
		Address    string                      `json:"address"`
		Exposed    bool                        `json:"exposed"`
		Status     statusInfo                  `json:"application-status"`
		Relations  map[string][]statusRelation `json:"relations,omitempty"`
		Units      map[string]statusUnit       `json:"units,omitempty"`
		Bindings   map[string]string           `json:"endpoint-bindings"`
	}
	statusUnit struct {
		Workload   statusInfo `json:"workload-status"`
		Juju       statusInfo `json:"juju-status"`
		Leader     bool       `json:"leader,omitempty"`
		Address    string     `json:"address"`
		ProviderID string     `json:"provider-id"`
	}
	statusEndpoint struct {
		Interface string `json:"interface"`
		Role      string `json:"role"`
	}
	statusSAAS struct {
		URL       string                    `json:"url"`
		Endpoints map[string]statusEndpoint `json:"endpoints"`
		Life      string                    `json:"life,omitempty"`
		Status    statusInfo                `json:"application-status"`
		Relations map[string][]string       `json:"relations,omitempty"`
	}
	statusOffer struct {
		Application string                    `json:"application"`
		Charm       string                    `json:"charm"`
		Total       int                       `json:"total-connected-count"`
		Active      int                       `json:"active-connected-count"`
		Endpoints   map[string]statusEndpoint `json:"endpoints"`
	}
	statusStorage struct {
		Storage     map[string]any `json:"storage,omitempty"`
		Filesystems map[string]any `json:"filesystems,omitempty"`
	}
)

// Status returns what `juju status --format json` prints for a model: on one
// line as juju does, or indented for a reader.
func (d *Deployment) Status(model string, indented bool) ([]byte, error) {
	m := d.Model(model)
	if m == nil {
		return nil, fmt.Errorf("printing the status of model %q: no such model in the deployment", model)
	}
	s := status{
		Model: statusModel{
			Name: m.Name, Type: "caas", Controller: d.Controller, Cloud: "k8s", Region: "default", Version: m.juju(),
			Status: statusInfo{Current: "available", Since: statusTime}, SLA: "unsupported",
		},
		Machines:     map[string]any{},
		Applications: map[string]statusApplication{},
		Storage:      storageStatus(m),
		Controller:   map[string]string{"timestamp": statusNow},
	}
	for _, a := range m.Applications {
		s.Applications[a.Name] = d.applicationStatus(m, a)
	}
	s.SAAS = d.saasStatus(m)
	s.Offers = d.offerStatus(m)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if indented {
		e.SetIndent("", "  ")
	}
	if err := e.Encode(s); err != nil {
		return nil, fmt.Errorf("printing the status of model %q: %w", model, err)
	}
	return b.Bytes(), nil
}

func (d *Deployment) applicationStatus(m *Model, a *Application) statusApplication {
	c := charmOf(a.Charm)
	bindings := map[string]string{"": "alpha"}
	relations := map[string][]statusRelation{}
	for _, endpoints := range []map[string]string{c.provides, c.requires, c.peers} {
		for name := range endpoints {
			bindings[name] = "alpha"
		}
	}
	for name, iface := range c.peers {
		relations[name] = []statusRelation{{a.Name, iface, "global"}}
	}
	// Relations held by a model that consumes an offer are not shown here: Juju
	// leaves them out of the offering model's status.
	for _, r := range m.Relations {
		for _, ends := range [][2]End{{r.A, r.B}, {r.B, r.A}} {
			if ends[0].Application != a.Name {
				continue
			}
			iface, _ := c.endpoint(ends[0].Endpoint)
			relations[ends[0].Endpoint] = append(relations[ends[0].Endpoint],
				statusRelation{ends[1].Application, iface, "global"})
		}
	}
	for _, rs := range relations {
		slices.SortFunc(rs, func(a, b statusRelation) int { return cmp.Compare(a.Application, b.Application) })
	}
	units := map[string]statusUnit{}
	for i := range a.Scale {
		units[fmt.Sprintf("%s/%d", a.Name, i)] = statusUnit{
			Workload: statusInfo{Current: a.Status, Message: a.Message, Since: statusTime},
			Juju:     statusInfo{Current: "idle", Since: statusTime, Version: m.juju()},
			Leader:   i == 0, Address: d.podIP(a, ownAddress, i), ProviderID: fmt.Sprintf("%s-%d", a.Name, i),
		}
	}
	return statusApplication{
		Charm: a.Charm, Base: statusBase{"ubuntu", "24.04"}, Origin: "charmhub", CharmName: a.Charm,
		Revision: a.Revision, Channel: a.Channel, Scale: a.Scale,
		ProviderID: applicationUUID(m.Name, a.Name), Address: d.serviceIP(a, ownAddress), Exposed: a.Exposed,
		Status:    statusInfo{Current: a.Status, Message: a.Message, Since: statusTime},
		Relations: relations, Units: units, Bindings: bindings,
	}
}

func (d *Deployment) saasStatus(m *Model) map[string]statusSAAS {
	all := map[string]statusSAAS{}
	for _, s := range m.SAAS {
		current := s.Status
		if current == "" {
			current = "active"
		}
		relations := map[string][]string{}
		for _, r := range m.Relations {
			for _, ends := range [][2]End{{r.A, r.B}, {r.B, r.A}} {
				if ends[0].Application == s.Name {
					relations[ends[0].Endpoint] = append(relations[ends[0].Endpoint], ends[1].Application)
				}
			}
		}
		for _, names := range relations {
			slices.Sort(names)
		}
		all[s.Name] = statusSAAS{
			URL: s.url(), Endpoints: d.saasEndpoints(m, s),
			Status: statusInfo{Current: current, Since: statusTime}, Relations: relations,
		}
	}
	return all
}

func (s *SAAS) url() string { return "admin/" + s.Model + "." + s.Offer }

// saasEndpoints returns the endpoints of the offer; where it does not exist any
// more, those that were known when it was consumed.
func (d *Deployment) saasEndpoints(m *Model, s *SAAS) map[string]statusEndpoint {
	if other := d.Model(s.Model); other != nil {
		for _, o := range other.Offers {
			if o.Name == s.Offer {
				return endpointsOf(other.Application(o.Application), o.Endpoints)
			}
		}
	}
	all := map[string]statusEndpoint{}
	for _, r := range m.Relations {
		for _, ends := range [][2]End{{r.A, r.B}, {r.B, r.A}} {
			local := m.Application(ends[1].Application)
			if ends[0].Application != s.Name || local == nil {
				continue
			}
			iface, role := charmOf(local.Charm).endpoint(ends[1].Endpoint)
			opposite := map[string]string{"provider": "requirer", "requirer": "provider"}[role]
			all[ends[0].Endpoint] = statusEndpoint{iface, opposite}
		}
	}
	return all
}

func endpointsOf(a *Application, names []string) map[string]statusEndpoint {
	all := map[string]statusEndpoint{}
	for _, name := range names {
		iface, role := charmOf(a.Charm).endpoint(name)
		all[name] = statusEndpoint{iface, role}
	}
	return all
}

func (d *Deployment) offerStatus(m *Model) map[string]statusOffer {
	all := map[string]statusOffer{}
	for _, o := range m.Offers {
		a := m.Application(o.Application)
		connected := d.connections(m.Name, o.Name)
		all[o.Name] = statusOffer{
			Application: o.Application, Charm: fmt.Sprintf("ch:amd64/%s-%d", a.Charm, a.Revision),
			Total: connected, Active: connected, Endpoints: endpointsOf(a, o.Endpoints),
		}
	}
	return all
}

// connections counts the relations that other models hold to an offer.
func (d *Deployment) connections(model, offer string) int {
	n := 0
	for _, m := range d.Models {
		for _, s := range m.SAAS {
			if s.Model != model || s.Offer != offer {
				continue
			}
			for _, r := range m.Relations {
				if r.has(s.Name) {
					n++
				}
			}
		}
	}
	return n
}

// storageStatus lists the filesystems of the model's units.
func storageStatus(m *Model) statusStorage {
	s := statusStorage{Storage: map[string]any{}, Filesystems: map[string]any{}}
	for _, a := range m.Applications {
		c := charmOf(a.Charm)
		if c.storage == nil {
			continue
		}
		id, unit := len(s.Storage), a.Name+"/0"
		attached := map[string]any{"current": "attached", "since": statusTime}
		units := map[string]any{unit: map[string]any{"life": "alive", "location": c.storage.location}}
		name := fmt.Sprintf("config/%d", id)
		s.Storage[name] = map[string]any{
			"kind": "filesystem", "life": "alive", "status": attached, "persistent": false,
			"attachments": map[string]any{"units": units},
		}
		s.Filesystems[fmt.Sprint(id)] = map[string]any{
			"provider-id": uuid("volume", m.Name, a.Name), "storage": name, "pool": "kubernetes",
			"size": c.storage.size, "life": "alive", "status": attached,
			"attachments": map[string]any{"units": units},
		}
	}
	return s
}
