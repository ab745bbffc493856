package deployment

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
)

// deployments returns every deployment that this package can make: clean ones,
// and each with one fault.
func deployments(t *testing.T) map[string]*Deployment {
	t.Helper()
	lean, exits := Lean("media0001", 3), Clean()
	exits.AddExit("eu")
	exits.AddExit("us")
	all := map[string]*Deployment{"clean": Clean(), "lean": lean, "exits": exits}
	for _, f := range Faults() {
		for name, d := range map[string]*Deployment{"clean": Clean(), "lean": lean} {
			if f.Fits(d) != nil {
				require.Equal(t, "lean", name, "fault %s does not fit the clean deployment", f.Name)
				continue
			}
			changed, _, err := Apply(d, f.Name)
			require.NoError(t, err)
			all[name+" with "+f.Name] = changed
		}
	}
	broken, _, err := Broken()
	require.NoError(t, err)
	all["broken"] = broken
	return all
}

// TestRelationsJoin holds every relation to what Juju itself would demand: the
// endpoints exist, share an interface and have opposite roles, and no offer or
// SAAS stands alone.
func TestRelationsJoin(t *testing.T) {
	for name, d := range deployments(t) {
		t.Run(name, func(t *testing.T) {
			for _, m := range d.Models {
				for _, r := range m.Relations {
					ifaceA, roleA, okA := d.end(m, r.A)
					ifaceB, roleB, okB := d.end(m, r.B)
					if !okA || !okB {
						require.Contains(t, []string{r.A.Application, r.B.Application}, "lidarr", "%v has an end that does not exist", r)
						continue
					}
					require.NotEmpty(t, ifaceA, "%v", r)
					require.Equal(t, ifaceA, ifaceB, "%v", r)
					require.NotEqual(t, roleA, roleB, "%v", r)
				}
				for _, s := range m.SAAS {
					used := false
					for _, r := range m.Relations {
						used = used || r.has(s.Name)
					}
					require.True(t, used, "SAAS %s in %s has no relation", s.Name, m.Name)
				}
				for _, o := range m.Offers {
					require.NotNil(t, m.Application(o.Application), "offer %s in %s", o.Name, m.Name)
					require.Positive(t, d.connections(m.Name, o.Name), "offer %s in %s has no consumer", o.Name, m.Name)
				}
			}
		})
	}
}

func (d *Deployment) end(m *Model, e End) (iface, role string, ok bool) {
	at, ok := d.behind(m, e.Application)
	if !ok {
		return "", "", false
	}
	iface, role = charmOf(d.Model(at.model).Application(at.application).Charm).endpoint(e.Endpoint)
	return iface, role, true
}

// TestFormsParse reads every file back and looks at what a reader relies on.
func TestFormsParse(t *testing.T) {
	all := deployments(t)
	for _, name := range []string{"lean", "exits", "broken"} { // these hold every object there is
		d := all[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, err := d.Files()
			require.NoError(t, err)
			forms, cluster := 4, 1
			if d.Lean {
				forms, cluster = 3, 0
			}
			keys := 0
			for _, m := range d.Models {
				if !d.Lean && slices.ContainsFunc(m.Applications, func(a *Application) bool { return a.Charm == "gluetun-k8s" }) {
					keys++
				}
			}
			require.Len(t, files, forms*len(d.Models)+cluster+keys)
			for file, text := range files {
				model, _, _ := strings.Cut(path.Base(file), ".")
				switch {
				case strings.HasSuffix(file, ".status.json"):
					var s status
					require.NoError(t, json.Unmarshal(text, &s), file)
					require.Equal(t, model, s.Model.Name)
					require.Len(t, s.Applications, len(d.Model(model).Applications))
				case strings.HasSuffix(file, ".bundle.yaml"):
					docs := documents(t, text)
					require.Equal(t, "kubernetes", docs[0]["bundle"])
					require.Len(t, docs[0]["applications"], len(d.Model(model).Applications))
				case strings.HasSuffix(file, ".units.json"):
					var units map[string]showUnit
					require.NoError(t, json.Unmarshal(text, &units), file)
					require.Len(t, units, scale(d.Model(model)))
				case strings.HasSuffix(file, ".secret.json"):
					var secrets map[string]showSecret
					require.NoError(t, json.Unmarshal(text, &secrets), file)
					require.Len(t, secrets, 1)
				case file == "kube/cluster.yaml":
					require.Equal(t, "List", documents(t, text)[0]["kind"])
				default:
					checkManifests(t, model, text)
				}
			}
		})
	}
}

// scale counts the units of a model.
func scale(m *Model) int {
	n := 0
	for _, a := range m.Applications {
		n += a.Scale
	}
	return n
}

func checkManifests(t *testing.T, namespace string, text []byte) {
	t.Helper()
	docs := documents(t, text)
	require.Len(t, docs, 2)
	require.Equal(t, "Namespace", docs[0]["kind"])
	require.Equal(t, "List", docs[1]["kind"])
	seen := map[string]bool{}
	for _, item := range docs[1]["items"].([]any) {
		o := item.(map[string]any)
		meta := o["metadata"].(map[string]any)
		id := fmt.Sprint(o["kind"], "/", meta["name"])
		require.NotEmpty(t, o["apiVersion"], id)
		require.False(t, seen[id], "%s stands twice in %s", id, namespace)
		seen[id] = true
		if o["kind"] == "PersistentVolume" {
			require.NotContains(t, meta, "namespace", id)
		} else {
			require.Equal(t, namespace, meta["namespace"], id)
		}
	}
}

func documents(t *testing.T, text []byte) []map[string]any {
	t.Helper()
	var all []map[string]any
	for dec := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var doc map[string]any
		err := dec.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		all = append(all, doc)
	}
}

// TestAddressesAreUnique looks at every pod and Service, since rules compare
// addresses with ranges.
func TestAddressesAreUnique(t *testing.T) {
	stacks := []*Deployment{Lean("a", 0), Lean("b", 1), Lean("c", 2)}
	broken, _, err := Broken()
	require.NoError(t, err)
	for name, set := range map[string][]*Deployment{"clean": {Clean()}, "broken": {broken}, "lean": stacks} {
		t.Run(name, func(t *testing.T) {
			seen := map[string]string{}
			check := func(ip, cidr, who string) {
				require.True(t, netip.MustParsePrefix(cidr).Contains(netip.MustParseAddr(ip)), "%s of %s is not in %s", ip, who, cidr)
				require.Empty(t, seen[ip], "%s belongs to %s too", ip, who)
				seen[ip] = who
			}
			for _, d := range set {
				v := d.view()
				for _, m := range d.Models {
					for _, o := range v.objects(m) {
						who := fmt.Sprint(m.Name, " ", o["kind"], " ", o["metadata"].(object)["name"])
						switch o["kind"] {
						case "Pod":
							check(o["status"].(object)["podIP"].(string), d.Cluster.PodCIDR, who)
						case "Service":
							if ip := o["spec"].(object)["clusterIP"].(string); ip != "None" {
								check(ip, d.Cluster.ServiceCIDR, who)
							}
						}
					}
				}
			}
		})
	}
}
