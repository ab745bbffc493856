package audit

import (
	"cmp"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// kubeKinds are the kinds of objects of a cluster that findings are about.
func kubeKinds() map[string]reference {
	const core, apps, net, gateways = "v1", "apps/v1", "networking.k8s.io/v1", "gateway.networking.k8s.io/"
	return map[string]reference{
		"authorizationpolicy":   {APIVersion: "security.istio.io/v1", Kind: "AuthorizationPolicy"},
		"configmap":             {APIVersion: core, Kind: "ConfigMap"},
		"daemonset":             {APIVersion: apps, Kind: "DaemonSet"},
		"deployment":            {APIVersion: apps, Kind: "Deployment"},
		"gateway":               {APIVersion: gateways + "v1", Kind: "Gateway"},
		"grpcroute":             {APIVersion: gateways + "v1", Kind: "GRPCRoute"},
		"httproute":             {APIVersion: gateways + "v1", Kind: "HTTPRoute"},
		"ingress":               {APIVersion: net, Kind: "Ingress"},
		"namespace":             {APIVersion: core, Kind: "Namespace"},
		"networkpolicy":         {APIVersion: net, Kind: "NetworkPolicy"},
		"node":                  {APIVersion: core, Kind: "Node"},
		"persistentvolume":      {APIVersion: core, Kind: "PersistentVolume"},
		"persistentvolumeclaim": {APIVersion: core, Kind: "PersistentVolumeClaim"},
		"pod":                   {APIVersion: core, Kind: "Pod"},
		"service":               {APIVersion: core, Kind: "Service"},
		"statefulset":           {APIVersion: apps, Kind: "StatefulSet"},
		"tcproute":              {APIVersion: gateways + "v1alpha2", Kind: "TCPRoute"},
		"tlsroute":              {APIVersion: gateways + "v1alpha2", Kind: "TLSRoute"},
		"udproute":              {APIVersion: gateways + "v1alpha2", Kind: "UDPRoute"},
	}
}

// referenceOf names the subject of a finding.
func referenceOf(s finding.Subject, snap snapshot.Snapshot) reference {
	kind := s.Kind
	if kind == "workload" { // of which kind, the cluster says
		if i := slices.IndexFunc(snap.Workloads, func(w snapshot.Workload) bool { return w.Namespace == s.Namespace && w.Name == s.Name }); i >= 0 {
			kind = strings.ToLower(snap.Workloads[i].Kind)
		}
	}
	out, ok := kubeKinds()[kind]
	if !ok {
		return reference{Kind: title(s.Kind), Namespace: cmp.Or(s.Model, s.Namespace), Name: cmp.Or(s.Name, s.Model, s.Namespace)}
	}
	out.Name = cmp.Or(s.Name, s.Namespace)
	switch kind {
	case "namespace", "node", "persistentvolume":
	default:
		out.Namespace = s.Namespace
	}
	return out
}

// title writes a kind of Juju's as Kubernetes writes kinds: MediaVolume.
func title(kind string) string {
	var out strings.Builder
	for word := range strings.SplitSeq(kind, "-") {
		if word != "" {
			out.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return out.String()
}
