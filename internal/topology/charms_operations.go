package topology

import "slices"

// operationTables is what charms.json says of running the charms: how many units,
// with which rights, from which channel and on what.
type operationTables struct {
	Minimum struct {
		Juju       string `json:"juju"`
		Kubernetes string `json:"kubernetes"`
		Source     string `json:"source"`
	} `json:"minimum"`
	SingleUnit operationTable `json:"single_unit"`
	Trusted    operationTable `json:"trusted"`
	Deprecated operationTable `json:"deprecated"`
	Channels   operationTable `json:"channels"`
	Platforms  struct {
		About   string           `json:"about"`
		Source  string           `json:"source"`
		Rows    []distribution   `json:"rows"`
		Folders []platformFolder `json:"folders"`
	} `json:"platforms"`
}

type operationTable struct {
	About  string         `json:"about"`
	Source string         `json:"source"`
	Rows   []operationRow `json:"rows"`
}

// operationRow says the same of several charms. Each table has the columns that
// it needs.
type operationRow struct {
	Charms   []string `json:"charms"`
	Level    string   `json:"level"`
	Without  string   `json:"without"`  // what follows where it is not so
	By       string   `json:"by"`       // the charm that takes its place
	Family   string   `json:"family"`   // what it is released with
	Channels []string `json:"channels"` // on which it is published
	Moves    bool     `json:"moves"`    // it need not follow its family
}

// distribution is a distribution of Kubernetes that marks its versions.
type distribution struct {
	Name string `json:"name"`
	Mark string `json:"mark"`
	// Platforms are the values of istio-k8s' option platform that fit it.
	Platforms []string `json:"platforms"`
}

// platformFolder is where nodes of a platform keep their network plugins.
type platformFolder struct {
	Path     string `json:"path"`
	Platform string `json:"platform"`
}

// of returns the row of a charm, by the name it has in charms.json; nil where the
// table does not speak of it.
func (t *operationTable) of(charm string) *operationRow {
	for i := range t.Rows {
		if charm != "" && slices.Contains(t.Rows[i].Charms, charm) {
			return &t.Rows[i]
		}
	}
	return nil
}

// kind is the entry of the charm that an application runs: by its charm's name,
// else, where nobody says one, by the containers that only that charm has.
func (a *app) kind() *charmEntry {
	if a.charm != "" {
		return charms().byCharm[a.charm]
	}
	for _, w := range a.workloads {
		if entry := roleOfContainers(w.Template); entry != nil {
			return entry
		}
	}
	for _, p := range a.pods {
		if entry := roleOfContainers(p.Spec); entry != nil {
			return entry
		}
	}
	return nil
}
