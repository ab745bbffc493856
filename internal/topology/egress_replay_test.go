package topology

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/file"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/test/deployment"
)

// worldOf reads a snapshot into the model's world, for the pods of one sender. It
// looks facts up as a person with kubectl would.
func worldOf(s snapshot.Snapshot, namespace, application string, labels []snapshot.Fact, spec snapshot.PodSpec, addresses []string) world {
	w := world{labels: map[string]string{}, host: spec.HostNetwork, route: "none", v4: true}
	for _, l := range labels {
		w.labels[l.Key] = l.Value
	}
	for _, c := range spec.InitContainers {
		if c.Name == "vpn-route-init" && strings.Contains(strings.Join(c.Command, " "), "client_init.sh") {
			w.route = "script"
			w.keepsV6 = !strings.HasSuffix(c.Image, ":v1.13.0")
		}
	}
	for _, c := range s.ConfigMaps {
		if c.Namespace != namespace || c.Name != application+"-gateway-client-config" {
			continue
		}
		_, rest, _ := strings.Cut(c.Data[0].Value, `NOT_ROUTED_TO_GATEWAY_CIDRS="`)
		list, _, _ := strings.Cut(rest, `"`)
		w.around = strings.Split(list, " ")
	}
	for _, p := range s.NetworkPolicies {
		if p.Namespace == namespace {
			w.policies = append(w.policies, p)
		}
	}
	for _, x := range s.Workloads {
		w.enforced = w.enforced || x.Name == "calico-node"
	}
	for _, a := range addresses {
		w.v6 = w.v6 || strings.Contains(a, ":")
	}
	return w
}

// worldsOf are the worlds of everything that sends for an application, by name as
// an example has it.
func worldsOf(s snapshot.Snapshot, namespace, application string) map[string]world {
	out := map[string]world{}
	var anyPod []string
	for _, p := range s.Pods {
		anyPod = append(anyPod, p.IPs...)
		if p.Namespace == namespace && p.Owner == application {
			out["Pod "+namespace+"/"+p.Name] = worldOf(s, namespace, application, p.Labels, p.Spec, p.IPs)
		}
	}
	for _, w := range s.Workloads {
		if w.Namespace == namespace && w.Name == application {
			out[w.Kind+" "+namespace+"/"+w.Name] = worldOf(s, namespace, application, w.Template.Labels, w.Template, anyPod)
		}
	}
	return out
}

// TestExamplesCanBeReplayed reads whole deployments, the clean one, the broken one,
// Charmarr's own and one for each fault, and plays every answer again: the packet of
// each example gets out of the pod that it names, and of what is blocked nothing
// gets out of any.
func TestExamplesCanBeReplayed(t *testing.T) {
	broken, _, err := deployment.Broken()
	require.NoError(t, err)
	all := map[string]*deployment.Deployment{"clean": deployment.Clean(), "broken": broken, "upstream": deployment.Upstream()}
	for _, f := range deployment.Faults() {
		if area, _, _ := strings.Cut(f.Rule, "/"); area == "vpn" || area == "kill-switch" {
			all[f.Name], _, err = deployment.Apply(deployment.Clean(), f.Name)
			require.NoError(t, err)
		}
	}
	answers := map[string]int{}
	for name, d := range all {
		files, err := d.Files(deployment.Kube)
		require.NoError(t, err)
		dir := t.TempDir()
		require.NoError(t, deployment.WriteFiles(dir, files))
		s, err := file.Collector{Paths: []string{filepath.Join(dir, "kube")}}.Collect(t.Context())
		require.NoError(t, err)
		for _, stack := range Resolve(s, adr006()).Stacks {
			for _, a := range stack.Applications {
				if !a.Egress.Asked {
					continue
				}
				answers[a.Egress.Answer]++
				worlds := worldsOf(s, a.Namespace, a.Name)
				require.NotEmpty(t, worlds, "%s: %s", name, a.ID)
				switch e := a.Egress.Example; a.Egress.Answer {
				case egressOpen:
					w, ok := worlds[e.Object]
					require.True(t, ok, "%s: %s sends the packet", name, e.Object)
					p := packet{net.ParseIP(e.Address), e.Protocol, e.Port}
					require.True(t, w.leaves(p), "%s: %v does not get out of %s", name, p, e.Object)
				case egressBlocked:
					for object, w := range worlds {
						var texts []string
						for _, p := range w.policies {
							for _, r := range p.Egress {
								for _, x := range r.Peers {
									texts = append(append(texts, x.CIDR), x.Except...)
								}
							}
						}
						for _, p := range universe(append(texts, w.around...), nil, nil) {
							require.False(t, w.leaves(p), "%s: %v gets out of %s", name, p, object)
						}
					}
				}
			}
		}
	}
	require.Greater(t, answers[egressOpen], 5)
	require.Greater(t, answers[egressBlocked], 50)
}
