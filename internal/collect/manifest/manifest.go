// Package manifest reads Kubernetes objects as kubectl takes and prints them:
// one document an object, or a List of them.
//
// Of the kinds that rules read, only what rules read is recorded: labels and
// annotations (without kubectl's copy of the object), pod templates with
// containers and the environment variable "gateway", the ConfigMaps that
// Charmarr and Istio make, and so on. Other kinds are known to be Kubernetes
// objects and leave no trace; Secrets are among them. An object of a kind that
// rules read in an API version that is not read here is a problem, for its
// fields may stand elsewhere.
//
// A namespaced object without a namespace is recorded without one: which one
// it goes to is not written in the file.
package manifest

import (
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/collect/istiocni"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Recognise tells whether a document is a Kubernetes object.
func Recognise(root *syntax.Node) bool {
	return root.Lookup("apiVersion").Kind() == syntax.String && root.Lookup("kind").Kind() == syntax.String
}

// reader is how one kind of object is read.
type reader struct {
	versions []string // API versions that are read; all are of one group
	evidence snapshot.Evidence
	read     func(*snapshot.Snapshot, *syntax.Node)
}

// readerOf returns how a kind is read.
func readerOf(kind string) (reader, bool) {
	core := []string{"v1"}
	gateway := []string{"gateway.networking.k8s.io/v1", "gateway.networking.k8s.io/v1beta1"}
	switch kind {
	case "Namespace":
		return reader{core, snapshot.KubeNamespaces, readNamespace}, true
	case "StatefulSet", "Deployment", "DaemonSet":
		return reader{[]string{"apps/v1"}, snapshot.KubeWorkloads, readWorkload(kind)}, true
	case "Pod":
		return reader{core, snapshot.KubePods, readPod}, true
	case "Service":
		return reader{core, snapshot.KubeServices, readService}, true
	case "ConfigMap":
		return reader{core, snapshot.KubeConfigMaps, readConfigMap}, true
	case "NetworkPolicy":
		return reader{[]string{"networking.k8s.io/v1"}, snapshot.KubeNetworkPolicies, readNetworkPolicy}, true
	case "Gateway":
		return reader{gateway, snapshot.KubeGateways, readGateway}, true
	case "HTTPRoute", "GRPCRoute":
		return reader{gateway, snapshot.KubeRoutes, readRoute(kind)}, true
	case "TLSRoute", "TCPRoute", "UDPRoute":
		return reader{append(gateway, "gateway.networking.k8s.io/v1alpha2", "gateway.networking.k8s.io/v1alpha3"), snapshot.KubeRoutes, readRoute(kind)}, true
	case "Ingress":
		return reader{[]string{"networking.k8s.io/v1"}, snapshot.KubeIngresses, readIngress}, true
	case "AuthorizationPolicy":
		return reader{[]string{"security.istio.io/v1", "security.istio.io/v1beta1"}, snapshot.KubeAuthorizationPolicies, readAuthorizationPolicy}, true
	case "PersistentVolumeClaim":
		return reader{core, snapshot.KubeClaims, readClaim}, true
	case "PersistentVolume":
		return reader{core, snapshot.KubeVolumes, readVolume}, true
	case "Node":
		return reader{core, snapshot.KubeNodes, readNode}, true
	}
	return reader{}, false
}

// foreign tells whether an API version is of another project's group, which is
// a domain, and not of the kind's own.
func (r reader) foreign(apiVersion string) bool {
	own, _, _ := strings.Cut(r.versions[0], "/")
	group, _, _ := strings.Cut(apiVersion, "/")
	return group != own && strings.Contains(group, ".")
}

// Evidence returns what an object of a kind tells; nothing for a kind that no
// rule reads, and everything for a List.
func Evidence(kind string) []snapshot.Evidence {
	if r, ok := readerOf(strings.TrimSuffix(kind, "List")); ok {
		return []snapshot.Evidence{r.evidence}
	}
	if kind != "List" {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(snapshot.AllEvidence), func(e snapshot.Evidence) bool {
		return !strings.HasPrefix(string(e), "kube.")
	})
}

// Read reads an object or a List of them into the first source of s. It
// returns what the objects that it read or tried to read tell, for the gaps
// that their problems make.
func Read(root *syntax.Node, s *snapshot.Snapshot) []snapshot.Evidence {
	return read(root, root.Get("apiVersion").Text(), root.Get("kind").Text(), s)
}

// read reads an object, or a List, in which kubectl takes further Lists.
func read(n *syntax.Node, apiVersion, kind string, s *snapshot.Snapshot) []snapshot.Evidence {
	items := n.Lookup("items")
	if items == nil || !strings.HasSuffix(kind, "List") {
		return readObject(n, apiVersion, kind, s)
	}
	evidence := readList(items, apiVersion, kind, s)
	if evidence == nil {
		evidence = Evidence(kind) // of items that are no list
	}
	return evidence
}

func readList(items *syntax.Node, apiVersion, kind string, s *snapshot.Snapshot) []snapshot.Evidence {
	var evidence []snapshot.Evidence
	add := func(list []snapshot.Evidence) {
		for _, e := range list {
			if !slices.Contains(evidence, e) {
				evidence = append(evidence, e)
			}
		}
	}
	for _, item := range items.List() {
		// The items of a PodList need not say that they are Pods.
		v, k := item.Get("apiVersion").Text(), item.Get("kind").Text()
		if k == "" && kind != "List" {
			v, k = apiVersion, strings.TrimSuffix(kind, "List")
		}
		if k == "" {
			item.Report("an item of the List has no kind")
			add(Evidence("List"))
			continue
		}
		add(read(item, v, k, s))
	}
	return evidence
}

func readObject(n *syntax.Node, apiVersion, kind string, s *snapshot.Snapshot) []snapshot.Evidence {
	if isForeignPolicy(apiVersion, kind) {
		s.ForeignPolicies = append(s.ForeignPolicies, snapshot.ForeignPolicy{APIVersion: apiVersion, Kind: kind, Meta: readMeta(n)})
		return []snapshot.Evidence{snapshot.KubeNetworkPolicies}
	}
	r, ok := readerOf(kind)
	if !ok || r.foreign(apiVersion) {
		return nil
	}
	if !slices.Contains(r.versions, apiVersion) {
		at := n.Get("apiVersion")
		if at == nil {
			at = n
		}
		at.Report(kind + " of " + apiVersion + " is not read, want " + strings.Join(r.versions, " or ") + ": convert it")
		return []snapshot.Evidence{r.evidence}
	}
	if nameOf(n.Get("metadata")).Text() == "" {
		n.Report("the " + kind + " has no metadata.name")
		return []snapshot.Evidence{r.evidence}
	}
	r.read(s, n)
	return []snapshot.Evidence{r.evidence}
}

// lastApplied is kubectl's copy of the whole object in an annotation.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

func readMeta(n *syntax.Node) snapshot.Meta {
	metadata := n.Get("metadata")
	name := nameOf(metadata)
	return snapshot.Meta{
		Name:        name.Text(),
		Namespace:   metadata.Get("namespace").Text(),
		Labels:      metadata.Get("labels").Facts(),
		Annotations: readAnnotations(metadata),
		At:          name.Pos(),
	}
}

// nameOf returns an object's name, or the start of the one that the API server
// will make for it.
func nameOf(metadata *syntax.Node) *syntax.Node {
	if name := metadata.Get("name"); name != nil {
		return name
	}
	return metadata.Get("generateName")
}

func readAnnotations(metadata *syntax.Node) []snapshot.Fact {
	var facts []snapshot.Fact
	for key, value := range metadata.Get("annotations").Entries() {
		if key.Text() != lastApplied {
			facts = append(facts, syntax.Fact(key, value))
		}
	}
	return facts
}

func readNamespace(s *snapshot.Snapshot, n *syntax.Node) {
	s.Namespaces = append(s.Namespaces, snapshot.Namespace{Meta: readMeta(n)})
}

// corefile is the ConfigMap of the cluster's DNS in namespace kube-system.
const corefile = "coredns"

// readConfigMap records the ConfigMaps that rules read and no other: the mesh
// labels of an application, the settings of VPN gateways and their clients,
// Istio's CNI and the cluster's DNS.
func readConfigMap(s *snapshot.Snapshot, n *syntax.Node) {
	name := nameOf(n.Get("metadata")).Text()
	switch {
	case strings.HasPrefix(name, "juju-service-mesh-") && strings.HasSuffix(name, "-labels"):
	case strings.HasSuffix(name, "-gateway-client-config"), strings.HasSuffix(name, "-gateway-settings"):
	case name == istiocni.ConfigMap:
	case name == corefile && n.Get("metadata").Get("namespace").Text() == "kube-system":
	default:
		return
	}
	c := snapshot.ConfigMap{Meta: readMeta(n), Data: n.Get("data").Facts()}
	if text := n.Get("data").Get(istiocni.SelectorsKey); text != nil && name == istiocni.ConfigMap {
		selectors, err := istiocni.Selectors(text.Text(), text.Pos())
		if err != nil {
			text.Report(err.Error())
			selectors = nil // some of them would pass for all
		}
		c.Enablement = selectors
	}
	s.ConfigMaps = append(s.ConfigMaps, c)
}
