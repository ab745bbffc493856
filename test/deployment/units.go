package deployment

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Units returns what `juju show-unit --format json` prints of every unit of a
// model: each with its relations and what the application at the other end
// published in them.
func (d *Deployment) Units(model string) ([]byte, error) {
	m := d.Model(model)
	if m == nil {
		return nil, fmt.Errorf("printing the units of model %q: no such model in the deployment", model)
	}
	v := d.view()
	all := map[string]showUnit{}
	for _, a := range m.Applications {
		for i := range a.Scale {
			all[fmt.Sprintf("%s/%d", a.Name, i)] = v.unit(m, a, i)
		}
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("printing the units of model %q: %w", model, err)
	}
	return append(text, '\n'), nil
}

// showUnit has the fields of `juju show-unit` that do not depend on the time.
type showUnit struct {
	Ports      []string           `json:"opened-ports"`
	Charm      string             `json:"charm"`
	Leader     bool               `json:"leader"`
	Life       string             `json:"life"`
	Relations  []showUnitRelation `json:"relation-info,omitempty"`
	ProviderID string             `json:"provider-id"`
	Address    string             `json:"address"`
}

type showUnitRelation struct {
	ID          int                         `json:"relation-id"`
	Endpoint    string                      `json:"endpoint"`
	CrossModel  bool                        `json:"cross-model,omitempty"`
	Related     string                      `json:"related-endpoint"`
	Application map[string]string           `json:"application-data"`
	Units       map[string]showRelationUnit `json:"related-units,omitempty"`
}

type showRelationUnit struct {
	InScope bool              `json:"in-scope"`
	Data    map[string]string `json:"data"`
}

func (v view) unit(m *Model, a *Application, index int) showUnit {
	out := showUnit{
		Ports: []string{}, Charm: fmt.Sprintf("ch:amd64/%s-%d", a.Charm, a.Revision), Leader: index == 0, Life: "alive",
		ProviderID: fmt.Sprintf("%s-%d", a.Name, index), Address: v.podIP(a, ownAddress, index),
	}
	for i, l := range v.relations[place{m.Name, a.Name}] {
		peer := v.application(l)
		if peer == nil {
			continue
		}
		r := showUnitRelation{
			ID: i, Endpoint: l.endpoint, CrossModel: l.model != m.Name, Related: l.peer.Endpoint,
			Application: map[string]string{}, Units: map[string]showRelationUnit{},
		}
		if config := v.published(l, peer); config != nil {
			text, err := json.Marshal(config)
			if err != nil {
				panic(fmt.Sprintf("writing a databag: %v", err)) // strings, numbers and booleans only
			}
			r.Application["config"] = string(text)
		}
		for u := range peer.Scale {
			r.Units[fmt.Sprintf("%s/%d", l.alias, u)] = showRelationUnit{true, map[string]string{
				"egress-subnets": v.podIP(peer, ownAddress, u) + "/32", "ingress-address": v.podIP(peer, ownAddress, u),
			}}
		}
		out.Relations = append(out.Relations, r)
	}
	return out
}

// published is what an application writes into its databag of a relation, under
// the key config; nil where that is nothing.
func (v view) published(l link, peer *Application) object {
	config := v.settled(l, peer)
	if config == nil || slices.Contains(peer.Silent, l.peer.Endpoint) {
		return nil
	}
	if key := peer.Kube.Open[l.peer.Endpoint]; key != "" {
		config[key] = "d41d8cd98f00b204e9800998ecf8427e"
	}
	return config
}

// settled is what a charm publishes when all is well (charmarr-lib, core and vpn
// interfaces). Other libraries' databags are left empty.
func (v view) settled(l link, peer *Application) object {
	url := func(port int) string {
		return fmt.Sprintf("http://%s.%s.svc.cluster.local:%d", peer.Name, l.model, port)
	}
	secret := "secret:" + hash(20, "secret", l.model, peer.Name)
	iface, role := charmOf(peer.Charm).endpoint(l.peer.Endpoint)
	if role == "requirer" {
		switch iface {
		case "vpn-gateway", "media-storage", "download-client", "media-manager", "media-indexer":
			return object{"instance_name": peer.Name}
		}
		return nil
	}
	ports := charmOf(peer.Charm).ports
	switch iface {
	case "vpn-gateway":
		s := v.exitSettings(v.Model(l.model), peer)
		return object{
			"routing_method": "pod-gateway", "gateway_dns_name": s.host, "vxlan_id": s.vxlan, "vxlan_ip_network": vxlanNetwork,
			"cluster_cidrs": s.cidrs, "cluster_dns_ip": s.dns, "vpn_connected": true, "external_ip": "185.159.157.12", "instance_name": peer.Name,
		}
	case "media-storage":
		return object{"pvc_name": mediaClaim, "mount_path": "/data", "puid": 1000, "pgid": groupOf(peer)}
	case "download-client":
		return object{"api_url": url(ports[0]), "credentials_secret_id": secret, "client_type": "torrent", "instance_name": peer.Name}
	case "media-manager":
		return object{
			"api_url": url(ports[0]), "api_key_secret_id": secret, "instance_name": peer.Name, "variant": "standard",
			"root_folders": list{"/data/media/" + peer.Name},
		}
	case "media-indexer":
		return object{"api_url": url(ports[0]), "api_key_secret_id": secret}
	case "flaresolverr":
		return object{"url": url(ports[0])}
	case "media-server":
		return object{"name": peer.Name, "api_url": url(ports[0])}
	}
	return nil
}
