package deployment

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// keyID is the ID of the secret with the key of a VPN gateway, one for each number
// of an overlay.
func keyID(vxlan int) string { return hash(20, "key", fmt.Sprint(vxlan)) }

// showSecret has the fields of `juju show-secret`.
type showSecret struct {
	Revision int          `json:"revision"`
	Owner    string       `json:"owner"`
	Name     string       `json:"name"`
	Created  string       `json:"created"`
	Updated  string       `json:"updated"`
	Access   []showAccess `json:"access,omitempty"`
}

type showAccess struct {
	Target string `json:"target"`
	Scope  string `json:"scope"`
	Role   string `json:"role"`
}

// Secrets returns what `juju show-secret --format json` prints of the keys of the
// VPN gateways in a model; nothing where there is none.
func (d *Deployment) Secrets(model string) ([]byte, error) {
	m := d.Model(model)
	if m == nil {
		return nil, fmt.Errorf("printing the secrets of model %q: no such model in the deployment", model)
	}
	all := map[string]showSecret{}
	for _, a := range m.Applications {
		uri, _ := a.Options["wireguard-private-key-secret"].(string)
		id, ok := strings.CutPrefix(uri, "secret:")
		if !ok {
			continue
		}
		s := showSecret{Revision: 1, Owner: "<model>", Name: a.Name + "-key", Created: kubeTime, Updated: kubeTime}
		readers := append([]string{a.Name}, a.Kube.KeyReaders...)
		slices.Sort(readers)
		for _, reader := range readers {
			s.Access = append(s.Access, showAccess{"application-" + reader, "model-" + modelUUID(model), "view"})
		}
		all[id] = s
	}
	if len(all) == 0 {
		return nil, nil
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("printing the secrets of model %q: %w", model, err)
	}
	return append(text, '\n'), nil
}
