package deployment

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v4"
)

// object is a Kubernetes object or a part of one.
type object = map[string]any

// list is a list in a Kubernetes object.
type list = []any

// Manifests returns the namespace of a model as `kubectl get -o yaml` prints
// it: the Namespace, then a List of everything in it (and the volumes bound to
// its claims). Managed fields are left out.
func (d *Deployment) Manifests(model string) ([]byte, error) {
	m := d.Model(model)
	if m == nil {
		return nil, fmt.Errorf("printing namespace %q: no such model in the deployment", model)
	}
	items := d.view().objects(m)
	var out bytes.Buffer
	if err := writeYAML(&out, d.namespace(m)); err != nil {
		return nil, fmt.Errorf("printing namespace %q: %w", model, err)
	}
	out.WriteString("---\n")
	if err := writeList(&out, items); err != nil {
		return nil, fmt.Errorf("printing the objects of namespace %q: %w", model, err)
	}
	return out.Bytes(), nil
}

// writeList writes a List of objects, each by itself: the encoder keeps what it has
// written of a document until its end, and moves it as it grows.
func writeList(out *bytes.Buffer, items []object) error {
	out.WriteString("apiVersion: v1\n")
	if len(items) == 0 {
		out.WriteString("items: []\n")
	} else {
		out.WriteString("items:\n")
	}
	for _, item := range items {
		if err := writeYAML(out, list{item}); err != nil {
			return err
		}
	}
	out.WriteString("kind: List\nmetadata:\n  resourceVersion: \"\"\n")
	return nil
}

// Objects counts the Kubernetes objects of the deployment.
func (d *Deployment) Objects() int {
	n, v := 0, d.view()
	for _, m := range d.Models {
		n += 1 + len(v.objects(m))
	}
	return n
}

// objects returns everything in the model's namespace, in the order of
// `kubectl get`: by kind, then by name.
func (v view) objects(m *Model) []object {
	var all []object
	for _, a := range m.Applications {
		all = append(all, v.objectsOf(m, a)...)
	}
	all = append(all, v.authorization(m)...)
	if !v.Lean {
		all = append(all, v.modelOperator(m)...)
	}
	for _, text := range m.ByHand {
		all = append(all, byHand(text, m.Name))
	}
	order := []string{
		"ServiceAccount", "ConfigMap", "PersistentVolume", "PersistentVolumeClaim", "Service", "StatefulSet",
		"Deployment", "DaemonSet", "Pod", "HorizontalPodAutoscaler", "NetworkPolicy", "Ingress", "Gateway", "HTTPRoute", "TCPRoute", "AuthorizationPolicy",
	}
	slices.SortStableFunc(all, func(a, b object) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a["kind"].(string)), slices.Index(order, b["kind"].(string))),
			cmp.Compare(a["metadata"].(object)["name"].(string), b["metadata"].(object)["name"].(string)),
		)
	})
	return all
}

// objectsOf returns the objects that belong to one application.
func (v view) objectsOf(m *Model, a *Application) []object {
	all := []object{v.service(m, a)}
	if !a.Kube.NoWorkload {
		all = append(all, v.statefulSet(m, a))
		for unit := range a.Scale {
			all = append(all, v.pod(m, a, unit))
		}
	}
	if !v.Lean {
		all = append(all, v.endpointsService(m, a), v.serviceAccount(m, a.Name, jujuLabels(a.Name)))
	}
	all = append(all, v.meshObjects(m, a)...)
	all = append(all, v.vpnObjects(m, a)...)
	all = append(all, v.routes(m, a)...)
	switch a.Charm {
	case "istio-ingress-k8s":
		all = append(all, v.ingressGateway(m, a)...)
	case "istio-beacon-k8s":
		if !a.Kube.NoWaypoint {
			all = append(all, v.waypoint(m, a)...)
		}
	case "istio-k8s":
		if !v.Lean {
			all = append(all, v.istio(m.Name)...)
		}
	}
	if !v.Lean {
		all = append(all, v.mediaVolume(m, a)...)
		all = append(all, v.configVolumes(m, a)...)
	}
	return all
}

// byHand returns an object that somebody applied in a namespace.
func byHand(text, namespace string) object {
	var o object
	if err := yaml.Unmarshal([]byte(text), &o); err != nil {
		panic(fmt.Sprintf("reading an object that was applied by hand: %v\n%s", err, text)) // a mistake in this package
	}
	o["metadata"].(object)["namespace"] = namespace
	return o
}

// meta returns the metadata of an object. A label whose value is Removed is
// left out.
func (v view) meta(kind, namespace, name string, labels, annotations map[string]string) object {
	o := object{"name": name}
	if namespace != "" {
		o["namespace"] = namespace
	}
	if kept := kept(labels); len(kept) > 0 {
		o["labels"] = kept
	}
	if kept := kept(annotations); len(kept) > 0 {
		o["annotations"] = kept
	}
	if !v.Lean {
		o["creationTimestamp"] = kubeTime
		o["resourceVersion"] = fmt.Sprint(1000 + len(kind)*97 + len(name)*13)
		o["uid"] = uuid(kind, namespace, name)
	}
	return o
}

func (v view) new(apiVersion, kind, namespace, name string, labels, annotations map[string]string, rest object) object {
	o := object{"apiVersion": apiVersion, "kind": kind, "metadata": v.meta(kind, namespace, name, labels, annotations)}
	maps.Copy(o, rest)
	return o
}

// kept returns a copy without the labels that were taken away.
func kept(labels map[string]string) map[string]string {
	all := map[string]string{}
	for k, value := range labels {
		if value != Removed {
			all[k] = value
		}
	}
	return all
}

// merged lays label sets over each other, later ones win.
func merged(sets ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, s := range sets {
		maps.Copy(all, s)
	}
	return all
}

// jujuLabels are what Juju puts on everything it makes for an application.
func jujuLabels(app string) map[string]string {
	return map[string]string{"app.kubernetes.io/managed-by": "juju", "app.kubernetes.io/name": app}
}

// selectorLabels are what Juju selects an application's pods by.
func selectorLabels(app string) map[string]string {
	return map[string]string{"app.kubernetes.io/name": app}
}

func (d *Deployment) jujuAnnotations(m *Model, a *Application) map[string]string {
	return map[string]string{
		"app.juju.is/uuid": applicationUUID(m.Name, a.Name), "charm.juju.is/modified-version": "0",
		"controller.juju.is/id": controllerUUID(d.Controller), "model.juju.is/id": modelUUID(m.Name),
	}
}

// namespaceLabels returns the labels that the namespace of a model has, those
// of a beacon with model-on-mesh included.
func (d *Deployment) namespaceLabels(m *Model) map[string]string {
	labels := map[string]string{
		"app.kubernetes.io/managed-by": "juju", "kubernetes.io/metadata.name": m.Name,
		"model.juju.is/id": modelUUID(m.Name), "model.juju.is/name": m.Name,
	}
	if b := wholeModelBeacon(m); b != nil {
		labels["istio.io/dataplane-mode"] = "ambient"
		labels["istio.io/use-waypoint"] = waypointName(m, b)
		labels["charms.canonical.com/istio.io.waypoint.managed-by"] = m.Name + "." + b.Name
	}
	return kept(merged(labels, m.NamespaceLabels))
}

func (d *Deployment) namespace(m *Model) object {
	v := view{Deployment: d}
	annotations := map[string]string{"controller.juju.is/id": controllerUUID(d.Controller), "model.juju.is/id": modelUUID(m.Name)}
	return v.new("v1", "Namespace", "", m.Name, d.namespaceLabels(m), annotations, object{
		"spec":   object{"finalizers": list{"kubernetes"}},
		"status": object{"phase": "Active"},
	})
}
