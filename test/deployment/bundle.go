package deployment

import (
	"bytes"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v4"
)

// The types below have the fields of `juju export-bundle` in its order.
type (
	bundle struct {
		Bundle       string                       `yaml:"bundle"`
		SAAS         map[string]bundleSAAS        `yaml:"saas,omitempty"`
		Applications map[string]bundleApplication `yaml:"applications"`
		Relations    [][]string                   `yaml:"relations,omitempty"`
	}
	bundleSAAS struct {
		URL string `yaml:"url"`
	}
	bundleApplication struct {
		Charm       string            `yaml:"charm"`
		Channel     string            `yaml:"channel"`
		Revision    int               `yaml:"revision"`
		Base        string            `yaml:"base"`
		Resources   map[string]int    `yaml:"resources,omitempty"`
		Scale       int               `yaml:"scale"`
		Options     map[string]any    `yaml:"options,omitempty"`
		Constraints string            `yaml:"constraints"`
		Storage     map[string]string `yaml:"storage,omitempty"`
		Trust       bool              `yaml:"trust,omitempty"`
	}
	overlay struct {
		Applications map[string]overlayApplication `yaml:"applications"`
	}
	overlayApplication struct {
		Offers map[string]overlayOffer `yaml:"offers"`
	}
	overlayOffer struct {
		Endpoints []string          `yaml:"endpoints"`
		ACL       map[string]string `yaml:"acl"`
	}
)

// Bundle returns what `juju export-bundle` prints for a model: the bundle, and
// a second document with the offers where there are any.
func (d *Deployment) Bundle(model string) ([]byte, error) {
	m := d.Model(model)
	if m == nil {
		return nil, fmt.Errorf("exporting the bundle of model %q: no such model in the deployment", model)
	}
	b := bundle{Bundle: "kubernetes", SAAS: map[string]bundleSAAS{}, Applications: map[string]bundleApplication{}}
	for _, s := range m.SAAS {
		b.SAAS[s.Name] = bundleSAAS{s.url()}
	}
	for _, a := range m.Applications {
		b.Applications[a.Name] = exported(a)
	}
	for _, r := range m.Relations {
		b.Relations = append(b.Relations, []string{r.A.String(), r.B.String()})
	}
	slices.SortFunc(b.Relations, slices.Compare)
	var out bytes.Buffer
	if err := writeYAML(&out, b); err != nil {
		return nil, fmt.Errorf("exporting the bundle of model %q: %w", model, err)
	}
	if len(m.Offers) == 0 {
		return out.Bytes(), nil
	}
	o := overlay{map[string]overlayApplication{}}
	for _, offer := range m.Offers {
		a, ok := o.Applications[offer.Application]
		if !ok {
			a = overlayApplication{map[string]overlayOffer{}}
			o.Applications[offer.Application] = a
		}
		a.Offers[offer.Name] = overlayOffer{slices.Sorted(slices.Values(offer.Endpoints)), map[string]string{"admin": "admin"}}
	}
	out.WriteString("--- # overlay.yaml\n")
	if err := writeYAML(&out, o); err != nil {
		return nil, fmt.Errorf("exporting the offers of model %q: %w", model, err)
	}
	return out.Bytes(), nil
}

func exported(a *Application) bundleApplication {
	c := charmOf(a.Charm)
	resources := map[string]int{}
	for i, k := range c.containers {
		resources[k.name+"-image"] = a.Revision - i
	}
	volumes := map[string]string{}
	if c.storage != nil {
		volumes["config"] = fmt.Sprintf("kubernetes,1,%dM", c.storage.size)
	}
	return bundleApplication{
		Charm: a.Charm, Channel: a.Channel, Revision: a.Revision, Base: "ubuntu@24.04/stable",
		Resources: resources, Scale: a.Scale, Options: a.Options, Constraints: "arch=amd64",
		Storage: volumes, Trust: a.Trust,
	}
}

// writeYAML writes a value as juju and kubectl do: two spaces, lists not
// indented.
func writeYAML(out *bytes.Buffer, value any) error {
	e := yaml.NewEncoder(out)
	e.SetIndent(2)
	e.CompactSeqIndent()
	if err := e.Encode(value); err != nil {
		return err
	}
	return e.Close()
}
