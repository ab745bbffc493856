package deployment

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
)

const (
	kubeVersion   = "v1.32.9"
	systemNs      = "kube-system"
	istioNs       = "istio-system"
	calicoVersion = "v3.29.3"
	istioVersion  = "1.28.3"
)

// ClusterManifests returns what `kubectl get -o yaml` prints of the cluster
// beside the models: its nodes, what runs in kube-system (network plugin and
// DNS), and Istio, where no charm installed it in a model.
func (d *Deployment) ClusterManifests() ([]byte, error) {
	v := d.view()
	var out bytes.Buffer
	err := writeList(&out, v.clusterObjects())
	if err != nil {
		return nil, fmt.Errorf("printing the objects of the cluster: %w", err)
	}
	return out.Bytes(), nil
}

func (v view) clusterObjects() []object {
	all := []object{v.node()}
	for i := 2; i <= v.Cluster.Nodes; i++ {
		all = append(all, v.nodeBeside(i))
	}
	namespaces := map[string]map[string]string{"default": nil, systemNs: nil}
	charmed := slices.ContainsFunc(v.Models, func(m *Model) bool {
		return slices.ContainsFunc(m.Applications, func(a *Application) bool { return a.Charm == "istio-k8s" })
	})
	if !charmed {
		namespaces[istioNs] = nil
	}
	maps.Copy(namespaces, v.OtherNamespaces)
	for _, name := range slices.Sorted(maps.Keys(namespaces)) {
		labels := merged(map[string]string{"kubernetes.io/metadata.name": name}, namespaces[name])
		all = append(all, v.new("v1", "Namespace", "", name, labels, nil, object{
			"spec": object{"finalizers": list{"kubernetes"}}, "status": object{"phase": "Active"},
		}))
	}
	all = append(all,
		v.clusterService("default", "kubernetes", nth(v.Cluster.ServiceCIDR, 1), nil, list{servicePort("https", 443, "TCP")}),
		v.clusterService(systemNs, "kube-dns", v.dnsIP(), map[string]string{"k8s-app": "kube-dns"}, list{
			servicePort("dns", 53, "UDP"), servicePort("dns-tcp", 53, "TCP"), servicePort("metrics", 9153, "TCP"),
		}),
		v.new("v1", "ConfigMap", systemNs, "coredns", nil, nil, object{"data": object{"Corefile": v.corefile()}}),
		v.networkPlugin(),
	)
	if !charmed {
		all = append(all, v.istio(istioNs)...)
	}
	return all
}

// corefile sends what is not the cluster's own to resolvers over TLS, or to those
// of the node.
func (v view) corefile() string {
	forward := `    forward . tls://9.9.9.9 tls://149.112.112.112 {
      tls_servername dns.quad9.net
    }
`
	if v.Cluster.OpenDNS {
		forward = "    forward . /etc/resolv.conf\n"
	}
	return `.:53 {
    errors
    health {
      lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
      pods insecure
      fallthrough in-addr.arpa ip6.arpa
    }
    prometheus :9153
` + forward + `    cache 30
    loop
    reload
    loadbalance
}
`
}

func (v view) node() object {
	return v.new("v1", "Node", "", nodeName, map[string]string{"kubernetes.io/hostname": nodeName, "kubernetes.io/os": "linux"}, nil, object{
		"spec": object{"podCIDR": v.Cluster.PodCIDR, "podCIDRs": v.podCIDRs()},
		"status": object{
			"addresses": list{
				object{"type": "InternalIP", "address": nth(v.Cluster.NodeCIDR, 11)},
				object{"type": "Hostname", "address": nodeName},
			},
			"nodeInfo": object{"kubeletVersion": cmp.Or(v.Cluster.Version, kubeVersion), "containerRuntimeVersion": "containerd://1.7.28", "operatingSystem": "linux", "architecture": "amd64"},
		},
	})
}

func servicePort(name string, port int, protocol string) object {
	return object{"name": name, "port": port, "protocol": protocol, "targetPort": port}
}

func (v view) clusterService(namespace, name, ip string, selector map[string]string, ports list) object {
	spec := object{"type": "ClusterIP", "clusterIP": ip, "clusterIPs": list{ip}, "ports": ports, "sessionAffinity": "None"}
	if selector != nil {
		spec["selector"] = selector
	}
	return v.new("v1", "Service", namespace, name, selector, nil, object{"spec": spec, "status": object{"loadBalancer": object{}}})
}

func (v view) daemonSet(namespace, name, image string, labels map[string]string, host bool) object {
	spec := object{"serviceAccountName": name, "containers": list{object{"name": name, "image": image}}}
	if host {
		spec["hostNetwork"] = true
	}
	return v.new("apps/v1", "DaemonSet", namespace, name, labels, nil, object{
		"spec": object{
			"selector": object{"matchLabels": labels},
			"template": object{"metadata": object{"labels": labels}, "spec": spec},
		},
		"status": object{"desiredNumberScheduled": 1, "currentNumberScheduled": 1, "numberReady": 1},
	})
}
