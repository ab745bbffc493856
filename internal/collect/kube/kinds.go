package kube

import (
	"slices"

	"github.com/charmarr/charmarr-lint/internal/collect/manifest"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// kind is a kind of object that is read. How its objects are read is package
// manifest's to know.
type kind struct {
	group    string
	version  string // of a kind of Kubernetes' own; of others it is discovered
	resource string // its name in paths and in RBAC: statefulsets
	kind     string
	scope    scope
	// selector, where given, is a label selector of the objects to read.
	selector string
	// unless is a group that holds the same objects: where it is served, this
	// kind is not read.
	unless string
	// page is how many objects are asked for at once; zero is pageSize.
	page int
}

// scope says where the objects of a kind are read.
type scope uint8

const (
	ofModels  scope = iota // in the namespace of each model
	ofCluster              // objects without a namespace
	ofSystem               // in kube-system, for what it tells of the cluster
	ofPlugins              // where network plugins run, kube-system among it
	ofIstio                // where Istio runs that no charm installed
)

const (
	// systemNamespace holds the cluster's DNS and, as a rule, its network plugin.
	systemNamespace = "kube-system"
	// istioNamespace is where istioctl and Istio's charts install it.
	istioNamespace = "istio-system"
	// tailscaleNamespace is where Tailscale's operator runs its proxies. Nothing in
	// it is read, but whether it is on the mesh is looked at.
	tailscaleNamespace = "tailscale"
)

// pluginNamespaces are those in which network plugins run beside kube-system.
// Package topology knows which (plugins.json), and a test holds the two together.
func pluginNamespaces() []string {
	return []string{"calico-system", "cilium", "kube-flannel", "openshift-ovn-kubernetes", "ovn-kubernetes"}
}

// namespaces returns those of a scope that are read whatever models there are. All
// but kube-system need not exist.
func (s scope) namespaces() []string {
	switch s {
	case ofSystem:
		return []string{systemNamespace}
	case ofPlugins:
		return append([]string{systemNamespace}, pluginNamespaces()...)
	case ofIstio:
		return []string{istioNamespace}
	case ofModels, ofCluster:
	}
	return nil
}

// pageSize is how many objects a page has. A pod has about 9 kB.
const pageSize = 500

// kinds lists what is read, in the order of the snapshot. Namespaces are not
// among them: they are read first, for they say where to look.
func kinds() []kind {
	const (
		apps     = "apps"
		network  = "networking.k8s.io"
		gateways = "gateway.networking.k8s.io"
		calico   = "crd.projectcalico.org"
		policies = "policy.networking.k8s.io"
	)
	return []kind{
		{version: "v1", resource: "nodes", kind: "Node", scope: ofCluster},
		{version: "v1", resource: "persistentvolumes", kind: "PersistentVolume", scope: ofCluster},
		{group: calico, resource: "globalnetworkpolicies", kind: "GlobalNetworkPolicy", scope: ofCluster},
		{group: "projectcalico.org", resource: "globalnetworkpolicies", kind: "GlobalNetworkPolicy", scope: ofCluster, unless: calico},
		{group: "cilium.io", resource: "ciliumclusterwidenetworkpolicies", kind: "CiliumClusterwideNetworkPolicy", scope: ofCluster},
		{group: policies, resource: "adminnetworkpolicies", kind: "AdminNetworkPolicy", scope: ofCluster},
		{group: policies, resource: "baselineadminnetworkpolicies", kind: "BaselineAdminNetworkPolicy", scope: ofCluster},
		{group: policies, resource: "clusternetworkpolicies", kind: "ClusterNetworkPolicy", scope: ofCluster},

		{group: apps, version: "v1", resource: "daemonsets", kind: "DaemonSet", scope: ofPlugins},
		// CoreDNS and kube-dns bear the same label.
		{version: "v1", resource: "services", kind: "Service", scope: ofSystem, selector: "k8s-app=kube-dns"},
		{group: apps, version: "v1", resource: "daemonsets", kind: "DaemonSet", scope: ofIstio},
		{group: apps, version: "v1", resource: "deployments", kind: "Deployment", scope: ofIstio, selector: "app=istiod"},

		{group: apps, version: "v1", resource: "statefulsets", kind: "StatefulSet"},
		{group: apps, version: "v1", resource: "deployments", kind: "Deployment"},
		{group: apps, version: "v1", resource: "daemonsets", kind: "DaemonSet"},
		{version: "v1", resource: "pods", kind: "Pod"},
		{version: "v1", resource: "services", kind: "Service"},
		// A ConfigMap has up to 1 MiB, and most are not kept.
		{version: "v1", resource: "configmaps", kind: "ConfigMap", page: 100},
		{version: "v1", resource: "persistentvolumeclaims", kind: "PersistentVolumeClaim"},
		{group: network, version: "v1", resource: "networkpolicies", kind: "NetworkPolicy"},
		{group: network, version: "v1", resource: "ingresses", kind: "Ingress"},
		{group: gateways, resource: "gateways", kind: "Gateway"},
		{group: gateways, resource: "httproutes", kind: "HTTPRoute"},
		{group: gateways, resource: "grpcroutes", kind: "GRPCRoute"},
		{group: gateways, resource: "tlsroutes", kind: "TLSRoute"},
		{group: gateways, resource: "tcproutes", kind: "TCPRoute"},
		{group: gateways, resource: "udproutes", kind: "UDPRoute"},
		{group: "security.istio.io", resource: "authorizationpolicies", kind: "AuthorizationPolicy"},
		{group: calico, resource: "networkpolicies", kind: "NetworkPolicy"},
		{group: "projectcalico.org", resource: "networkpolicies", kind: "NetworkPolicy", unless: calico},
		{group: "cilium.io", resource: "ciliumnetworkpolicies", kind: "CiliumNetworkPolicy"},
	}
}

// named is an object outside of the models that is read by its name.
type named struct{ namespace, name string }

// settings lists the ConfigMaps that tell how the cluster's DNS and Istio's CNI
// are set up. Istio's chart installs its CNI into istio-system or, where the
// platform wants it, into kube-system.
func settings() []named {
	return []named{
		{systemNamespace, "coredns"},
		{systemNamespace, "istio-cni-config"},
		{istioNamespace, "istio-cni-config"},
	}
}

// configMaps is the kind of what settings lists.
func configMaps() kind {
	all := kinds()
	return all[slices.IndexFunc(all, func(k kind) bool { return k.resource == "configmaps" })]
}

// namespaces is the kind that says which models there are.
func namespaces() kind {
	return kind{version: "v1", resource: "namespaces", kind: "Namespace", scope: ofCluster}
}

// custom tells whether a kind may not be installed.
func (k kind) custom() bool { return k.version == "" }

// apiVersion returns what objects of the kind say in apiVersion.
func (k kind) apiVersion() string {
	if k.group == "" {
		return k.version
	}
	return k.group + "/" + k.version
}

// evidence returns what objects of the kind tell.
func (k kind) evidence() snapshot.Evidence {
	if len(k.scope.namespaces()) > 0 {
		return snapshot.KubeSystem
	}
	return manifest.EvidenceOf(k.group, k.kind)
}

// path returns the path of the kind's objects, of one namespace where there is
// one.
func (k kind) path(namespace string) []string {
	path := []string{"/api", k.version}
	if k.group != "" {
		path = []string{"/apis", k.group, k.version}
	}
	if namespace != "" {
		path = append(path, "namespaces", namespace)
	}
	return append(path, k.resource)
}

// resourceName names the kind's resource in full: gateways.gateway.networking.k8s.io.
func (k kind) resourceName() string {
	if k.group == "" {
		return k.resource
	}
	return k.resource + "." + k.group
}
