package admission

import "slices"

// Kind is a kind of object about which requests are decided.
type Kind struct {
	Group, Kind, Resource string
	Versions              []string
	// SubResources are those that change what rules read.
	SubResources []string
	Operations   []Operation
}

// Kinds lists the kinds by which one request can bring a violation. Others, and
// other subresources such as status, are never asked about.
func Kinds() []Kind {
	all := []Operation{Create, Update, Delete}
	written := []Operation{Create, Update}
	gateways := []string{"v1", "v1beta1"}
	return []Kind{
		{Kind: "Namespace", Resource: "namespaces", Versions: []string{"v1"}, Operations: written},
		{Kind: "Pod", Resource: "pods", Versions: []string{"v1"}, Operations: written},
		{Kind: "Service", Resource: "services", Versions: []string{"v1"}, Operations: all},
		{Kind: "ConfigMap", Resource: "configmaps", Versions: []string{"v1"}, Operations: all},
		{Kind: "PersistentVolumeClaim", Resource: "persistentvolumeclaims", Versions: []string{"v1"}, Operations: all},
		{Group: "apps", Kind: "StatefulSet", Resource: "statefulsets", Versions: []string{"v1"}, SubResources: []string{"scale"}, Operations: written},
		{Group: "apps", Kind: "Deployment", Resource: "deployments", Versions: []string{"v1"}, SubResources: []string{"scale"}, Operations: written},
		{Group: "apps", Kind: "DaemonSet", Resource: "daemonsets", Versions: []string{"v1"}, Operations: written},
		{Group: "networking.k8s.io", Kind: "NetworkPolicy", Resource: "networkpolicies", Versions: []string{"v1"}, Operations: all},
		{Group: "networking.k8s.io", Kind: "Ingress", Resource: "ingresses", Versions: []string{"v1"}, Operations: written},
		{Group: "gateway.networking.k8s.io", Kind: "Gateway", Resource: "gateways", Versions: gateways, Operations: all},
		{Group: "gateway.networking.k8s.io", Kind: "HTTPRoute", Resource: "httproutes", Versions: gateways, Operations: written},
		{Group: "security.istio.io", Kind: "AuthorizationPolicy", Resource: "authorizationpolicies", Versions: []string{"v1", "v1beta1"}, Operations: all},
	}
}

// Concerned tells whether a request is of a kind that is decided about.
func Concerned(r Request) bool {
	_, ok := kindOf(r)
	return ok
}

func kindOf(r Request) (Kind, bool) {
	all := Kinds()
	at := slices.IndexFunc(all, func(k Kind) bool {
		switch {
		case !slices.Contains(k.Operations, r.Operation):
			return false
		case r.SubResource != "":
			return k.Resource == r.Resource && slices.Contains(k.SubResources, r.SubResource) &&
				r.Group == "autoscaling" && r.Kind == "Scale"
		}
		return k.Group == r.Group && k.Kind == r.Kind && slices.Contains(k.Versions, r.Version)
	})
	if at < 0 {
		return Kind{}, false
	}
	return all[at], true
}
