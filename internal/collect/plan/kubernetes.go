package plan

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/collect/manifest"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// object is the Kubernetes object that a resource makes.
type object struct{ apiVersion, kind string }

// objectOf returns the object that a type of resource makes; the provider has most
// types twice, with the API's version at the end and without.
func objectOf(typ string) (object, bool) {
	switch strings.TrimSuffix(typ, "_v1") {
	case "kubernetes_namespace":
		return object{"v1", "Namespace"}, true
	case "kubernetes_network_policy":
		return object{"networking.k8s.io/v1", "NetworkPolicy"}, true
	case "kubernetes_config_map":
		return object{"v1", "ConfigMap"}, true
	case "kubernetes_service":
		return object{"v1", "Service"}, true
	case "kubernetes_ingress":
		return object{"networking.k8s.io/v1", "Ingress"}, typ != "kubernetes_ingress" // which is of a former API
	case "kubernetes_persistent_volume_claim":
		return object{"v1", "PersistentVolumeClaim"}, true
	case "kubernetes_persistent_volume":
		return object{"v1", "PersistentVolume"}, true
	}
	return object{}, false
}

// kubernetes reads what a resource says of Kubernetes objects.
func (r *reader) kubernetes(x *resource) {
	o, ok := objectOf(x.typ)
	switch {
	case ok:
		if !r.settled(x, []string{"metadata", "spec", "data"}, o.kind) {
			return
		}
		made := map[string]any{"apiVersion": o.apiVersion, "kind": o.kind}
		for _, name := range []string{"metadata", "spec", "data"} {
			if n := lookup(x.values, name); n != nil {
				if v := plain(name, n); v != nil {
					made[name] = v
				}
			}
		}
		r.object(x, r.values.Document(made))
	case x.typ == "kubernetes_manifest":
		n := lookup(x.values, "manifest")
		if kind := n.Lookup("kind").Peek(); r.settled(x, []string{"manifest"}, kind) && manifest.Recognise(n) {
			r.read(x, n)
		}
	case x.typ == "kubectl_manifest":
		r.text(x, "yaml_body_parsed", "yaml_body")
	case x.typ == "helm_release":
		r.release(x)
	case x.typ == "kubernetes_labels", x.typ == "kubernetes_annotations":
		r.patch(x)
	}
}

// filledIn are attributes that the API server fills in where they are not set.
func filledIn() []string {
	return []string{
		"generation", "resource_version", "uid", "self_link", "id", "status", "cluster_ip", "cluster_ips", "ip_families",
		"ip_family_policy", "health_check_node_port", "node_port", "internal_traffic_policy", "volume_name", "volume_mode",
		"load_balancer_class", "storage_class_name", "session_affinity_config",
	}
}

// settled tells whether attributes of a resource are known in whole and may be
// read. Half an object would say what its whole does not: a policy without its
// peers lets everything through.
func (r *reader) settled(x *resource, attributes []string, kind string) bool {
	for _, name := range attributes {
		v := value{unknown: open(markUnder(x.unknown, name)), sensitive: name != "data" && anyMark(markUnder(x.sensitive, name))}
		if !v.known() {
			evidence := manifest.Evidence(kind)
			if kind == "" {
				evidence = manifest.Evidence("List")
			}
			if evidence != nil {
				r.unsettled(x, name, v, evidence...)
			}
			return false
		}
	}
	return true
}

// open tells whether something that is not for the API server to say is known
// after apply only.
func open(marks *syntax.Node) bool {
	switch marks.Kind() {
	case syntax.Map:
		for key, v := range marks.Entries() {
			if !slices.Contains(filledIn(), key.Text()) && open(v) {
				return true
			}
		}
	case syntax.List:
		return slices.ContainsFunc(marks.List(), open)
	}
	return isTrue(marks)
}

// object reads an object that was made of a resource's attributes.
func (r *reader) object(x *resource, doc *syntax.Document) {
	if doc.Err != nil {
		r.gap(x, "reading "+x.address, doc.Err.Reason, manifest.Evidence("List"))
		return
	}
	evidence := r.read(x, doc.Root)
	r.problems(x, doc, evidence)
}

func (r *reader) problems(x *resource, doc *syntax.Document, evidence []snapshot.Evidence) {
	for _, p := range doc.Problems() {
		r.gap(x, "reading "+x.address, snapshot.RedactText(p.Reason), evidence)
	}
}

// read reads a Kubernetes object, all of whose facts have the resource's place.
func (r *reader) read(x *resource, n *syntax.Node) []snapshot.Evidence {
	var part snapshot.Snapshot
	evidence := manifest.Read(n, &part)
	part.Place(r.at(x))
	r.out.Add(part)
	return evidence
}

// text reads a manifest that is text: the first of some attributes that may be
// read.
func (r *reader) text(x *resource, attributes ...string) {
	v := value{}
	for _, name := range attributes {
		if v = x.get(name); v.known() && v.node != nil {
			r.parse(x, v.node.Text(), func(root *syntax.Node) []*syntax.Node { return []*syntax.Node{root} })
			return
		}
	}
	r.unsettled(x, attributes[len(attributes)-1], v, manifest.Evidence("List")...)
}

// parse reads the objects in a text.
func (r *reader) parse(x *resource, text string, objects func(*syntax.Node) []*syntax.Node) {
	err := syntax.Parse(text, func(doc *syntax.Document) bool {
		if doc.Err != nil {
			r.gap(x, "reading the manifest of "+x.address, snapshot.RedactText(doc.Err.Reason), manifest.Evidence("List"))
			return true
		}
		var evidence []snapshot.Evidence
		for _, n := range objects(doc.Root) {
			if manifest.Recognise(n) {
				evidence = append(evidence, r.read(x, n)...)
			}
		}
		r.problems(x, doc, evidence)
		return true
	})
	if err != nil {
		r.gap(x, "reading the manifest of "+x.address, err.Reason, manifest.Evidence("List"))
	}
}

// release reads what a Helm release makes, where the provider was told to say so
// (experiments.manifest): JSON with an entry an object. Without that a plan does
// not tell, and nothing is claimed.
func (r *reader) release(x *resource) {
	v := x.get("manifest")
	if !v.known() || v.node == nil {
		return
	}
	r.parse(x, v.node.Text(), func(root *syntax.Node) []*syntax.Node {
		if manifest.Recognise(root) {
			return []*syntax.Node{root}
		}
		var out []*syntax.Node
		for _, n := range root.Entries() {
			out = append(out, n)
		}
		return out
	})
}

// patch reads labels or annotations that are set on an object which something
// else makes. Those of namespaces are read; the rest of the namespace is known where
// the plan makes it, too, or another source shows it.
func (r *reader) patch(x *resource) {
	attribute := strings.TrimPrefix(x.typ, "kubernetes_")
	if lookup(x.values, "kind").Peek() != "Namespace" || !r.settled(x, []string{"metadata", attribute}, "Namespace") {
		return
	}
	metadata := elements(lookup(x.values, "metadata"))
	if len(metadata) == 0 {
		r.gap(x, "reading "+x.address, "it does not say whose "+attribute+" it sets", manifest.Evidence("Namespace"))
		return
	}
	name := lookup(metadata[0], "name").Text()
	facts := snapshot.Namespace{}
	for key, v := range lookup(x.values, attribute).Entries() {
		f := snapshot.Fact{Key: key.Text(), Value: snapshot.Redact(key.Text(), v.Text()), At: r.place(x, v, attribute)}
		if attribute == "labels" {
			facts.Labels = append(facts.Labels, f)
		} else {
			facts.Annotations = append(facts.Annotations, f)
		}
	}
	facts.Name, facts.At = name, r.at(x)
	r.patches = append(r.patches, facts)
}

// applyPatches lays the labels and annotations over the namespaces.
func (r *reader) applyPatches() {
	for _, p := range r.patches {
		i := slices.IndexFunc(r.out.Namespaces, func(n snapshot.Namespace) bool { return n.Name == p.Name })
		if i < 0 {
			p.Patch = true
			if r.byName[p.Name] != nil { // whose namespace Juju makes, with its label
				p.Labels = append(p.Labels, snapshot.Fact{Key: "model.juju.is/name", Value: p.Name, At: p.At})
			}
			r.out.Namespaces = append(r.out.Namespaces, p)
			continue
		}
		n := &r.out.Namespaces[i]
		n.Labels, n.Annotations = laid(n.Labels, p.Labels), laid(n.Annotations, p.Annotations)
	}
}

// laid lays facts over others.
func laid(facts, over []snapshot.Fact) []snapshot.Fact {
	for _, f := range over {
		if i := slices.IndexFunc(facts, func(o snapshot.Fact) bool { return o.Key == f.Key }); i >= 0 {
			facts[i] = f
		} else {
			facts = append(facts, f)
		}
	}
	return facts
}

// plain turns an attribute of the provider into what the API has: names in
// camel case, and blocks that stand once out of their lists.
func plain(name string, n *syntax.Node) any {
	switch n.Kind() {
	case syntax.Null:
		return nil
	case syntax.List:
		if isBlock(name) {
			switch list := n.List(); {
			case len(list) == 0:
				return nil
			case list[0].Kind() == syntax.Null:
				return map[string]any{}
			case list[0].Kind() == syntax.Map:
				return plain(name, list[0])
			}
		}
		out := []any{}
		for _, e := range n.List() {
			if v := plain("", e); v != nil {
				out = append(out, v)
			}
		}
		return out
	case syntax.Map:
		out := map[string]any{}
		for key, e := range n.Entries() {
			under := key.Text()
			v := plain(under, e)
			switch {
			case v == nil:
			case isData(name):
				out[under] = v
			case under == "persistent_volume_source":
				if source, ok := v.(map[string]any); ok {
					maps.Copy(out, source)
				}
			default:
				out[camel(under)] = v
			}
		}
		return out
	case syntax.Bool:
		return n.Peek() == "true"
	case syntax.Number:
		return json.Number(n.Peek())
	}
	return n.Text()
}

// isBlock tells whether what stands under a name is one block.
func isBlock(name string) bool {
	return slices.Contains([]string{
		"metadata", "spec", "pod_selector", "namespace_selector", "ip_block", "resources", "persistent_volume_source", "nfs",
		"host_path", "local", "csi", "claim_ref", "default_backend", "backend", "service", "port", "http", "selector",
	}, name)
}

// isData tells whether the keys under a name are the user's.
func isData(name string) bool {
	return slices.Contains([]string{"labels", "annotations", "match_labels", "data", "binary_data", "selector"}, name)
}

// camel writes a name of the provider's as the API does.
func camel(name string) string {
	words := strings.Split(name, "_")
	for i, w := range words[1:] {
		switch w {
		case "":
		case "ip", "id":
			words[i+1] = strings.ToUpper(w)
		case "ips":
			words[i+1] = "IPs"
		default:
			words[i+1] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, "")
}
