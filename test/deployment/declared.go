package deployment

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Declared is what a Juju controller holds of a deployment, for a test that makes
// it in a real one. What agents would do is told as well: databags and statuses.
type Declared struct {
	Models []DeclaredModel `json:"models"`
}

// DeclaredModel is a model, with nothing that Juju makes itself.
type DeclaredModel struct {
	Name string `json:"name"`
	// UUID is what the manifests of the model's namespace say.
	UUID         string                `json:"uuid"`
	Applications []DeclaredApplication `json:"applications"`
	// Relations are pairs of endpoints, APPLICATION:ENDPOINT, the requirer first.
	Relations [][2]string     `json:"relations"`
	SAAS      []DeclaredSAAS  `json:"saas"`
	Offers    []DeclaredOffer `json:"offers"`
	// Databags are what applications publish in relations of this model.
	Databags []Databag `json:"databags"`
	// Secrets are those that options name.
	Secrets []DeclaredSecret `json:"secrets"`
}

// DeclaredApplication is an application with what its charm says of itself.
type DeclaredApplication struct {
	Name     string `json:"name"`
	Charm    string `json:"charm"`
	Channel  string `json:"channel"`
	Revision int    `json:"revision"`
	Units    int    `json:"units"`
	Trust    bool   `json:"trust"`
	Exposed  bool   `json:"exposed"`
	// Options are those that were set.
	Options map[string]any `json:"options"`
	Status  string         `json:"status"`
	Message string         `json:"message"`
	// Provides, Requires and Peers are interfaces by endpoint.
	Provides   map[string]string `json:"provides"`
	Requires   map[string]string `json:"requires"`
	Peers      map[string]string `json:"peers"`
	Containers []string          `json:"containers"`
}

// DeclaredSAAS is an offer consumed under a local name.
type DeclaredSAAS struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// DeclaredOffer is an application's endpoints offered.
type DeclaredOffer struct {
	Name        string   `json:"name"`
	Application string   `json:"application"`
	Endpoints   []string `json:"endpoints"`
}

// DeclaredSecret is a user secret that an application may read. The application's
// option is to name it: a controller gives secrets names of its own.
type DeclaredSecret struct {
	Label       string `json:"label"`
	Application string `json:"application"`
	Option      string `json:"option"`
	// Readers are other applications of the model that may read it.
	Readers []string `json:"readers"`
}

// Databag is what an application of the model publishes in one of its relations.
type Databag struct {
	// Relation is an index of Relations.
	Relation    int               `json:"relation"`
	Application string            `json:"application"`
	Data        map[string]string `json:"data"`
}

// Declared returns what a controller holds of the deployment. A relation to an
// offer that does not exist, or a secret granted to an application that does not,
// cannot be made in a controller and is an error.
func (d *Deployment) Declared() (Declared, error) {
	var out Declared
	v := d.view()
	for _, m := range d.Models {
		declared := DeclaredModel{Name: m.Name, UUID: modelUUID(m.Name)}
		for _, a := range m.Applications {
			declared.Applications = append(declared.Applications, declaredApplication(a))
			declared.Secrets = append(declared.Secrets, declaredSecrets(a)...)
			for _, reader := range a.Kube.KeyReaders {
				if m.Application(reader) == nil {
					return Declared{}, fmt.Errorf("granting the key of %s in model %q: there is no application %s", a.Name, m.Name, reader)
				}
			}
		}
		for _, s := range m.SAAS {
			if _, ok := d.behind(m, s.Name); !ok {
				return Declared{}, fmt.Errorf("consuming %s in model %q: there is no such offer", s.url(), m.Name)
			}
			declared.SAAS = append(declared.SAAS, DeclaredSAAS{s.Name, s.url()})
		}
		for _, o := range m.Offers {
			declared.Offers = append(declared.Offers, DeclaredOffer{o.Name, o.Application, o.Endpoints})
		}
		for i, r := range m.Relations {
			role, err := v.role(m, r.A)
			if err != nil {
				return Declared{}, err
			}
			requirer, provider := r.A, r.B
			if role == "provider" {
				requirer, provider = r.B, r.A
			}
			declared.Relations = append(declared.Relations, [2]string{requirer.String(), provider.String()})
			declared.Databags = append(declared.Databags, v.databags(m, i, r)...)
		}
		out.Models = append(out.Models, declared)
	}
	return out, nil
}

func declaredApplication(a *Application) DeclaredApplication {
	c := charmOf(a.Charm)
	out := DeclaredApplication{
		Name: a.Name, Charm: a.Charm, Channel: a.Channel, Revision: a.Revision, Units: a.Scale, Trust: a.Trust, Exposed: a.Exposed,
		Options: a.Options, Status: a.Status, Message: a.Message, Provides: c.provides, Requires: c.requires, Peers: c.peers,
	}
	for _, k := range c.containers {
		out.Containers = append(out.Containers, k.name)
	}
	return out
}

func declaredSecrets(a *Application) []DeclaredSecret {
	var out []DeclaredSecret
	for _, option := range slices.Sorted(maps.Keys(a.Options)) {
		if value, ok := a.Options[option].(string); ok && strings.HasPrefix(value, "secret:") {
			out = append(out, DeclaredSecret{Label: a.Name + "-" + option, Application: a.Name, Option: option, Readers: a.Kube.KeyReaders})
		}
	}
	return out
}

// role says which part an end of a relation of the model plays.
func (v view) role(m *Model, e End) (string, error) {
	owner, ok := v.behind(m, e.Application)
	if !ok {
		return "", fmt.Errorf("relating %s in model %q: nothing is behind it", e, m.Name)
	}
	_, role := charmOf(v.Model(owner.model).Application(owner.application).Charm).endpoint(e.Endpoint)
	return role, nil
}

// databags are what the applications of the model publish in its i-th relation.
func (v view) databags(m *Model, i int, r Relation) []Databag {
	var out []Databag
	for _, ends := range [][2]End{{r.A, r.B}, {r.B, r.A}} {
		near, far := ends[0], ends[1]
		a := m.Application(near.Application)
		if a == nil {
			continue
		}
		// As the other end sees it.
		data := v.published(link{endpoint: far.Endpoint, peer: near, model: m.Name}, a)
		if data == nil {
			continue
		}
		var text strings.Builder
		e := json.NewEncoder(&text)
		if err := e.Encode(data); err != nil {
			panic(fmt.Sprintf("writing a databag: %v", err)) // strings, numbers and booleans only
		}
		out = append(out, Databag{Relation: i, Application: a.Name, Data: map[string]string{"config": strings.TrimSpace(text.String())}})
	}
	return out
}
