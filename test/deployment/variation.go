package deployment

import (
	"maps"
	"slices"
	"strings"
)

// Variation is a clean deployment that is unlike Clean in a way that harms
// nobody: no rule may find anything in it.
type Variation struct {
	Name  string
	About string // one sentence
	// Files makes the files of the deployment.
	Files func() (map[string][]byte, error)
}

// Variations returns the harmless variations of the clean deployment.
func Variations() []Variation {
	return append(storageVariations(), []Variation{
		varied("other-channels", "Every charm comes from a stable channel.", func(d *Deployment) {
			for _, m := range d.Models {
				for _, a := range m.Applications {
					a.Channel = "1/stable"
					if strings.HasPrefix(a.Charm, "istio-") {
						a.Channel = "2/stable"
					}
					if a.Charm == "seerr-k8s" || a.Charm == "velero-operator" {
						a.Channel = "latest/edge"
					}
				}
			}
		}),
		varied("second-gateway", "There is a second VPN gateway with a VXLAN id of its own, and a client behind it.", func(d *Deployment) {
			d.AddExit("ch")
		}),
		varied("scaled-ingress", "The ingress gateways and the storage charm run with three units.", func(d *Deployment) {
			for _, name := range []string{"arr-gateway", "media-gateway", "admin-gateway", "storage"} {
				d.Model(d.Core).Application(name).Scale = 3
			}
		}),
		varied("cos-beside", "An OpenTelemetry collector and Crowsnest stand in every model's reach and are wired.", func(d *Deployment) {
			d.Observe()
		}),
		varied("other-application-names", "Applications bear names that say nothing of their charms.", func(d *Deployment) {
			for _, names := range [][2]string{{"radarr", "movies"}, {"sonarr", "series"}, {"prowlarr", "search"}, {"plex", "cinema"}, {"flaresolverr", "solver"}} {
				d.rename(d.Core, names[0], names[1])
			}
			for _, names := range [][2]string{{"qbittorrent", "torrents"}, {"sabnzbd", "usenet"}} {
				d.rename(d.Downloads, names[0], names[1])
			}
			d.rename(d.Gateway, "gluetun", "exit")
		}),
		{
			Name: "other-model-names", About: "The models are called after the household.",
			Files: func() (map[string][]byte, error) {
				return named("attic-core", "attic-downloads", "attic-vpn", defaultCluster()).Files()
			},
		},
		{
			Name: "other-cidrs", About: "The cluster has the ranges of K3s, and its nodes are in another network.",
			Files: func() (map[string][]byte, error) {
				return named("charmarr-core", "charmarr-downloads", "gluetun", Cluster{
					PodCIDR: "10.42.0.0/16", ServiceCIDR: "10.43.0.0/16", NodeCIDR: "192.168.178.0/24", BalancerCIDR: "192.168.178.192/26",
				}).Files()
			},
		},
		{
			Name: "unrelated-beside", About: "Models and namespaces of other software stand in the same controller and cluster.",
			Files: func() (map[string][]byte, error) {
				files, err := Clean().Files()
				if err != nil {
					return nil, err
				}
				maps.Copy(files, map[string][]byte{
					"juju/blog.status.json": []byte(blogStatus),
					"kube/blog.yaml":        []byte(blogManifests),
				})
				return files, nil
			},
		},
		{
			Name: "finished-pods", About: "Pods of jobs that are done lie about in the models' namespaces.",
			Files: func() (map[string][]byte, error) {
				files, err := Clean().Files()
				if err != nil {
					return nil, err
				}
				files["kube/jobs.yaml"] = []byte(strings.ReplaceAll(finishedPods, "NAMESPACE", "charmarr-downloads") + "---\n" +
					strings.ReplaceAll(finishedPods, "NAMESPACE", "gluetun"))
				return files, nil
			},
		},
	}...)
}

func varied(name, about string, change func(*Deployment)) Variation {
	return Variation{Name: name, About: about, Files: func() (map[string][]byte, error) {
		d := Clean()
		change(d)
		return d.Files()
	}}
}

// rename gives an application another name. Its offer keeps the old one, as
// those who consume it know it by that.
func (d *Deployment) rename(model, from, to string) {
	m := d.Model(model)
	m.Application(from).Name = to
	slices.SortFunc(m.Applications, func(a, b *Application) int { return strings.Compare(a.Name, b.Name) })
	for i := range m.Relations {
		for _, end := range []*End{&m.Relations[i].A, &m.Relations[i].B} {
			if end.Application == from {
				end.Application = to
			}
		}
	}
	for _, o := range m.Offers {
		if o.Application == from {
			o.Application = to
		}
	}
}

// blogStatus and blogManifests are software that has nothing to do with
// Charmarr and is laid out as Charmarr must not be.
const blogStatus = `{"model": {"name": "blog", "type": "caas", "controller": "homelab", "cloud": "k8s", "version": "3.6.9"},
 "machines": {}, "applications": {
  "wordpress": {"charm": "wordpress-k8s", "charm-name": "wordpress-k8s", "charm-channel": "latest/stable", "charm-rev": 9, "scale": 3, "exposed": true,
   "application-status": {"current": "blocked", "message": "no database"}, "relations": {"db": [{"related-application": "mysql", "interface": "mysql_client", "scope": "global"}]}},
  "mysql": {"charm": "mysql-k8s", "charm-name": "mysql-k8s", "charm-channel": "8.0/stable", "charm-rev": 99, "scale": 1, "exposed": false,
   "application-status": {"current": "error"}, "relations": {"database": [{"related-application": "wordpress", "interface": "mysql_client", "scope": "global"}]}}},
 "storage": {}}
`

const blogManifests = `apiVersion: v1
kind: Namespace
metadata:
  name: blog
  labels: {istio-injection: enabled, istio.io/dataplane-mode: ambient}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: wordpress, namespace: blog}
spec:
  template:
    metadata: {labels: {app: wordpress}}
    spec:
      hostNetwork: true
      containers: [{name: wordpress, image: "wordpress:latest", securityContext: {privileged: true}}]
---
apiVersion: v1
kind: Service
metadata: {name: wordpress, namespace: blog, annotations: {tailscale.com/expose: "true"}}
spec: {type: NodePort, selector: {app: wordpress}, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow-all, namespace: blog}
spec: {podSelector: {}, policyTypes: [Egress], egress: [{}]}
`

const finishedPods = `apiVersion: v1
kind: Pod
metadata: {name: cleanup-29387, namespace: NAMESPACE, labels: {job-name: cleanup}}
spec: {nodeName: node-1, containers: [{name: cleanup, image: "docker.io/library/busybox:1.37"}]}
status: {phase: Succeeded}
`
