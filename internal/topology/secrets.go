package topology

import (
	"path"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Secret is a Juju secret: who owns it, who may read it and who uses it, never
// what it holds.
type Secret struct {
	ID    string `json:"id"`
	Model string `json:"model"`
	State string `json:"state"`
	At    string `json:"at"`
	Label string `json:"label"`
	// Owner is the application that owns it, "" for the model's own.
	Owner string `json:"owner"`
	// ReadersKnown says that a source tells who may read it, and Readers who: the
	// names of applications, for a unit that of its own.
	ReadersKnown bool     `json:"readers_known"`
	Readers      []string `json:"readers"`
	// Uses are the options of applications of its model that name it.
	Uses []SecretUse `json:"uses"`
}

// SecretUse is an option that names a secret.
type SecretUse struct {
	ID          string `json:"id"` // of the application
	Application string `json:"application"`
	Role        string `json:"role"`
	Option      string `json:"option"`
	At          string `json:"at"`
}

// basisSecrets says that a nameless source was placed by the secrets it shows.
const basisSecrets = "its secrets are used there"

// onlySecrets tells whether a source shows secrets and nothing else.
func onlySecrets(o *snapshot.Model) bool {
	return len(o.Secrets) > 0 && len(o.Applications)+len(o.Units)+len(o.Offers)+len(o.SAAS) == 0
}

// placeSecrets finds the model of a source that shows secrets and names none: the
// one in which an option names one of them, else the one that has all the
// applications that may read or own them. It is asked once all other sources have
// their models.
func (e *estate) placeSecrets(o *snapshot.Model) {
	source := e.sourceName(o.At)
	for _, s := range e.profile.Sources {
		if ok, _ := path.Match(s.Path, source); ok {
			if m := e.homeOf(o, s.Model); m != nil {
				e.observeNameless(m, o, basisConfigured)
				return
			}
		}
	}
	users, homes := []*model{}, []*model{}
	for _, m := range e.models {
		if m.usesSecret(o.Secrets) {
			users = append(users, m)
		}
		if m.hasAll(o.Secrets) {
			homes = append(homes, m)
		}
	}
	for _, list := range [][]*model{users, homes} {
		if len(list) > 1 {
			list = e.beside(e.folder(o.At), list)
		}
		if len(list) == 1 {
			e.observeNameless(list[0], o, basisSecrets)
			return
		}
	}
	e.unplaced = append(e.unplaced, source)
	e.gaps = append(e.gaps, snapshot.Gap{
		Source: source, Line: o.At.Line(), Column: o.At.Column(),
		What:     "placing what " + source + " says in a model",
		Reason:   "`juju show-secret` names no model, and no option that was read names its secrets; give the model's `juju export-bundle` too, or name the model under `sources:` in charmarr-lint.yaml",
		Evidence: []snapshot.Evidence{snapshot.JujuSecrets},
	})
}

// usesSecret tells whether an option of an application in the model names one of
// the secrets.
func (m *model) usesSecret(secrets []snapshot.Secret) bool {
	for _, o := range m.observed {
		for i := range o.Applications {
			for _, f := range o.Applications[i].Config {
				id := secretID(f.Value)
				if id != "" && slices.ContainsFunc(secrets, func(s snapshot.Secret) bool { return bareID(s.ID) == id }) {
					return true
				}
			}
		}
	}
	return false
}

// hasAll tells whether the model has every application that owns or may read one
// of the secrets, and that there is one.
func (m *model) hasAll(secrets []snapshot.Secret) bool {
	named := 0
	for _, s := range secrets {
		for _, name := range append([]string{s.Owner}, s.Readers...) {
			if name = applicationOf(name); name == "" {
				continue
			}
			named++
			if !slices.ContainsFunc(m.observed, func(o *snapshot.Model) bool {
				return slices.ContainsFunc(o.Applications, func(a snapshot.Application) bool { return a.Name == name })
			}) {
				return false
			}
		}
	}
	return named > 0
}

// secretID is the ID in a secret's URI, secret:ID or secret://UUID/ID; "" for any
// other text.
func secretID(uri string) string {
	id, ok := strings.CutPrefix(strings.TrimSpace(uri), "secret:")
	if !ok {
		return ""
	}
	return bareID(id)
}

// bareID is an ID without what may stand before it in a URI.
func bareID(id string) string {
	id = strings.TrimPrefix(id, "secret:")
	return id[strings.LastIndexByte(id, '/')+1:]
}

// secretDocuments are the secrets of a model, each once, in order of their IDs.
func (m *model) secretDocuments() []Secret {
	out := []Secret{}
	for _, o := range m.observed {
		known := slices.Contains(o.Evidence, snapshot.JujuSecrets)
		for _, s := range o.Secrets {
			i := slices.IndexFunc(out, func(x Secret) bool { return x.ID == bareID(s.ID) })
			if i < 0 {
				out = append(out, Secret{
					ID: bareID(s.ID), Model: m.name, State: string(o.State), At: place(s.At), Label: s.Label, Owner: applicationOf(s.Owner),
					Readers: []string{}, Uses: m.secretUses(bareID(s.ID)),
				})
				i = len(out) - 1
			}
			if !known || out[i].ReadersKnown {
				continue
			}
			out[i].ReadersKnown, out[i].At = true, place(s.At)
			for _, r := range s.Readers {
				out[i].Readers = append(out[i].Readers, applicationOf(r))
			}
			slices.Sort(out[i].Readers)
			out[i].Readers = slices.Compact(out[i].Readers)
		}
	}
	slices.SortFunc(out, func(a, b Secret) int { return strings.Compare(a.ID, b.ID) })
	return out
}

func (m *model) secretUses(id string) []SecretUse {
	out := []SecretUse{}
	for _, a := range m.sortedApps() {
		for _, f := range a.config {
			if secretID(f.Value) == id {
				out = append(out, SecretUse{ID: a.id(), Application: a.name, Role: a.role, Option: f.Key, At: place(f.At)})
			}
		}
	}
	return out
}

// weighSecrets takes secrets for evidence only where it was shown who may read
// each one that an application's option names: juju show-secret tells of the one
// it was asked for.
func (m *model) weighSecrets() {
	if !m.evidence[snapshot.JujuSecrets] || m.covered[snapshot.JujuSecrets] {
		return
	}
	seen := map[string]bool{}
	for _, o := range m.observed {
		if slices.Contains(o.Evidence, snapshot.JujuSecrets) {
			for _, s := range o.Secrets {
				seen[bareID(s.ID)] = true
			}
		}
	}
	for _, a := range m.apps {
		for _, f := range a.config {
			if id := secretID(f.Value); id != "" && !seen[id] && a.lives() {
				delete(m.evidence, snapshot.JujuSecrets)
				return
			}
		}
	}
}
