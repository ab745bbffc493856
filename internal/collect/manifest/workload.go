package manifest

import (
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// gatewayEnv is the only environment variable that is recorded: it names the
// VPN gateway of a client's route containers.
const gatewayEnv = "gateway"

func readWorkload(kind string) func(*snapshot.Snapshot, *syntax.Node) {
	return func(s *snapshot.Snapshot, n *syntax.Node) {
		spec := n.Get("spec")
		template := spec.Get("template")
		w := snapshot.Workload{
			Kind: kind, Meta: readMeta(n), Replicas: spec.Get("replicas").Int(-1),
			Template: readPodSpec(template.Get("spec")),
		}
		metadata := template.Get("metadata")
		w.Template.Labels = metadata.Get("labels").Facts()
		w.Template.Annotations = readAnnotations(metadata)
		w.Template.At = template.KeyPos()
		s.Workloads = append(s.Workloads, w)
	}
}

func readPod(s *snapshot.Snapshot, n *syntax.Node) {
	spec, status := n.Get("spec"), n.Get("status")
	pod := snapshot.Pod{
		Meta: readMeta(n), Spec: readPodSpec(spec),
		Phase: status.Get("phase").Text(), IP: status.Get("podIP").Text(),
	}
	pod.Spec.At = spec.KeyPos()
	for _, owner := range n.Get("metadata").Get("ownerReferences").List() {
		switch owner.Get("kind").Text() {
		case "StatefulSet", "ReplicaSet", "DaemonSet":
			if controls, _ := owner.Get("controller").Bool(); controls || pod.Owner == "" {
				pod.Owner = owner.Get("name").Text()
			}
		}
	}
	s.Pods = append(s.Pods, pod)
}

func readPodSpec(spec *syntax.Node) snapshot.PodSpec {
	host, _ := spec.Get("hostNetwork").Bool()
	account := spec.Get("serviceAccountName")
	if account == nil {
		account = spec.Get("serviceAccount") // its deprecated name
	}
	return snapshot.PodSpec{
		HostNetwork:    host,
		ServiceAccount: account.Text(),
		InitContainers: readContainers(spec.Get("initContainers")),
		Containers:     readContainers(spec.Get("containers")),
	}
}

func readContainers(list *syntax.Node) []snapshot.Container {
	var containers []snapshot.Container
	for _, c := range list.List() {
		name := c.Get("name")
		container := snapshot.Container{
			Name: name.Text(), Image: snapshot.RedactText(c.Get("image").Text()), At: name.Pos(),
		}
		for _, env := range c.Get("env").List() {
			if key := env.Get("name"); key.Text() == gatewayEnv {
				container.Env = append(container.Env, readEnv(key, env.Get("value")))
			}
		}
		containers = append(containers, container)
	}
	return containers
}

// readEnv makes the fact of a variable. One that takes its value from
// elsewhere is there, with an empty value.
func readEnv(name, value *syntax.Node) snapshot.Fact {
	fact := snapshot.Fact{Key: name.Text(), Value: snapshot.Redact(name.Text(), value.Text()), At: name.Pos()}
	if value != nil {
		fact.At = value.Pos()
	}
	return fact
}
