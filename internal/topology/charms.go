package topology

import (
	_ "embed"
	"encoding/json"
	"slices"
	"sync"
)

// Roles that a rule or this package names.
const (
	RoleDownloadClient = "download-client"
	RoleVPNGateway     = "vpn-gateway"
	RoleIngressGateway = "ingress-gateway"
	RoleBeacon         = "beacon"
	RoleControlPlane   = "control-plane"
)

// Groups gather roles.
const (
	GroupContent  = "content"
	GroupDownload = "download"
	GroupVPN      = "vpn"
	GroupIngress  = "ingress"
	GroupSupport  = "support"
)

//go:embed charms.json
var charmsJSON []byte

// charmTable is what charms.json says, indexed. It is data with a source for
// each entry, not code: a new charm or endpoint is a line there.
type charmTable struct {
	byCharm     map[string]*charmEntry
	byContainer map[string]*charmEntry
	group       map[string]string // by role
	own         map[string]bool   // interfaces of Charmarr's own
	pairs       map[string]charmPair

	meshEndpoints map[string][]string          // by charm: endpoints whose peers it lets in through the mesh
	ingressPath   map[string]string            // by charm: the kind of path it asks its gateway for
	defaults      map[string]map[string]string // by charm: what its options are where nothing sets them
	configPath    map[string]string            // by charm: where its first container keeps its settings
	privileges    []charmPrivilege
	operations    operationTables
}

// charmPair says which roles the records join by an interface.
type charmPair struct {
	Interface string   `json:"interface"`
	Providers []string `json:"providers"`
	Requirers []string `json:"requirers"`
	Source    string   `json:"source"`
}

type charmEntry struct {
	Charm      string          `json:"charm"`
	Aliases    []string        `json:"aliases"`
	Role       string          `json:"role"`
	Containers []string        `json:"containers"`
	Provides   []charmEndpoint `json:"provides"`
	Requires   []charmEndpoint `json:"requires"`
	Source     string          `json:"source"`
}

type charmEndpoint struct {
	Name      string `json:"name"`
	Interface string `json:"interface"`
	// Limit is how many relations the charm allows; 0 is any number.
	Limit int `json:"limit"`
	// Wanted is the level of a finding where there is no relation, "" where none
	// is needed, and Without what follows from having none.
	Wanted  string `json:"wanted"`
	Without string `json:"without"`
}

// charmRows is a table of charms.json that says the same of several charms. Each
// table has the columns it needs.
type charmRows struct {
	About  string `json:"about"`
	Source string `json:"source"`
	Rows   []struct {
		Charms    []string `json:"charms"`
		Endpoints []string `json:"endpoints"`
		Path      string   `json:"path"`
		Options   []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"options"`
	} `json:"rows"`
}

// charms reads the embedded table once. The table is part of the program, so
// one that does not parse is a programming error; a test reads it.
var charms = sync.OnceValue(func() *charmTable {
	var file struct {
		About  string `json:"about"`
		Groups []struct {
			Role  string `json:"role"`
			Group string `json:"group"`
		} `json:"groups"`
		OwnInterfaces []string    `json:"own_interfaces"`
		Pairs         []charmPair `json:"pairs"`
		MeshPolicies  charmRows   `json:"mesh_policies"`
		IngressPaths  charmRows   `json:"ingress_paths"`
		Defaults      charmRows   `json:"option_defaults"`
		ConfigVolumes charmRows   `json:"config_volumes"`

		Privileges struct {
			About string           `json:"about"`
			Rows  []charmPrivilege `json:"rows"`
		} `json:"privileges"`
		Charms []charmEntry `json:"charms"`

		Operations operationTables `json:"operations"`
	}
	if err := json.Unmarshal(charmsJSON, &file); err != nil {
		panic("reading the embedded charms.json: " + err.Error())
	}
	t := &charmTable{
		byCharm:     map[string]*charmEntry{},
		byContainer: map[string]*charmEntry{},
		group:       map[string]string{},
		own:         map[string]bool{},
		pairs:       map[string]charmPair{},

		meshEndpoints: map[string][]string{},
		ingressPath:   map[string]string{},
		defaults:      map[string]map[string]string{},
		configPath:    map[string]string{},
		privileges:    file.Privileges.Rows,
		operations:    file.Operations,
	}
	for _, p := range file.Pairs {
		t.pairs[p.Interface] = p
	}
	for _, g := range file.Groups {
		t.group[g.Role] = g.Group
	}
	for _, i := range file.OwnInterfaces {
		t.own[i] = true
	}
	for i := range file.Charms {
		e := &file.Charms[i]
		t.byCharm[e.Charm] = e
		for _, a := range e.Aliases {
			t.byCharm[a] = e
		}
		for _, c := range e.Containers {
			t.byContainer[c] = e
		}
	}
	for _, row := range file.MeshPolicies.Rows {
		for _, name := range row.Charms {
			t.meshEndpoints[name] = row.Endpoints
		}
	}
	for _, row := range file.IngressPaths.Rows {
		for _, name := range row.Charms {
			t.ingressPath[name] = row.Path
		}
	}
	for _, row := range file.ConfigVolumes.Rows {
		for _, name := range row.Charms {
			t.configPath[name] = row.Path
		}
	}
	for _, row := range file.Defaults.Rows {
		for _, name := range row.Charms {
			if t.defaults[name] == nil {
				t.defaults[name] = map[string]string{}
			}
			for _, option := range row.Options {
				t.defaults[name][option.Name] = option.Value
			}
		}
	}
	return t
})

// known is a charm's name in the tables, whatever older name it goes by; "" for
// a charm that is not known.
func (t *charmTable) known(charm string) string {
	if e := t.byCharm[charm]; e != nil {
		return e.Charm
	}
	return ""
}

// Roles lists the roles that charms.json knows, sorted: what a profile may
// give a charm.
func Roles() []string {
	var out []string
	for r := range charms().group {
		out = append(out, r)
	}
	slices.Sort(out)
	return out
}

// RolesOf lists the roles whose charms have an endpoint of an interface on a
// side, provider or requirer; sorted.
func RolesOf(iface, side string) []string {
	var out []string
	for _, e := range charms().byCharm {
		list := e.Provides
		if side == "requirer" {
			list = e.Requires
		}
		if slices.ContainsFunc(list, func(c charmEndpoint) bool { return c.Interface == iface }) {
			out = append(out, e.Role)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// OwnInterface tells whether an interface is one of Charmarr's own, by which its
// applications work together.
func OwnInterface(iface string) bool { return charms().own[iface] && iface != interfaceCrossMesh }

// side tells on which side of a relation an endpoint of a charm is: provider,
// requirer, or "" where the table does not say. An empty interface matches any.
func (t *charmTable) side(charm, endpoint, iface string) string {
	e := t.byCharm[charm]
	if e == nil {
		return ""
	}
	has := func(list []charmEndpoint) bool {
		return slices.ContainsFunc(list, func(c charmEndpoint) bool {
			return c.Name == endpoint && (iface == "" || c.Interface == iface)
		})
	}
	switch p, r := has(e.Provides), has(e.Requires); {
	case p && !r:
		return "provider"
	case r && !p:
		return "requirer"
	}
	return ""
}

// interfaceOf returns the interface of an endpoint of a charm, "" if unknown.
func (t *charmTable) interfaceOf(charm, endpoint string) string {
	e := t.byCharm[charm]
	if e == nil {
		return ""
	}
	for _, list := range [][]charmEndpoint{e.Provides, e.Requires} {
		for _, c := range list {
			if c.Name == endpoint {
				return c.Interface
			}
		}
	}
	return ""
}

// only returns the one endpoint of a charm that speaks an interface on a side
// ("" means either), and "" where there is none or more than one.
func (t *charmTable) only(charm, iface, side string) string {
	e := t.byCharm[charm]
	if e == nil || iface == "" {
		return ""
	}
	var found []string
	collect := func(list []charmEndpoint) {
		for _, c := range list {
			if c.Interface == iface {
				found = append(found, c.Name)
			}
		}
	}
	if side != "requirer" {
		collect(e.Provides)
	}
	if side != "provider" {
		collect(e.Requires)
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}
