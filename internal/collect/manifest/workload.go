package manifest

import (
	"slices"

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
			Template: readPodSpec(template.Get("spec"), claimNames(spec)),
		}
		metadata := template.Get("metadata")
		w.Template.Labels = metadata.Get("labels").Facts()
		w.Template.Annotations = readAnnotations(metadata)
		w.Template.At = template.KeyPos()
		for _, c := range spec.Get("volumeClaimTemplates").List() {
			metadata := c.Get("metadata")
			w.Claims = append(w.Claims, snapshot.ClaimTemplate{
				Name: metadata.Get("name").Text(), Class: c.Get("spec").Get("storageClassName").Text(),
				Labels: metadata.Get("labels").Facts(), At: metadata.Get("name").Pos(),
			})
		}
		s.Workloads = append(s.Workloads, w)
	}
}

func readPod(s *snapshot.Snapshot, n *syntax.Node) {
	spec, status := n.Get("spec"), n.Get("status")
	pod := snapshot.Pod{
		Meta: readMeta(n), Spec: readPodSpec(spec, nil),
		Phase: status.Get("phase").Text(), IP: status.Get("podIP").Text(), Node: spec.Get("nodeName").Text(),
	}
	for _, ip := range status.Get("podIPs").List() {
		pod.IPs = append(pod.IPs, ip.Get("ip").Text())
	}
	if len(pod.IPs) == 0 && pod.IP != "" {
		pod.IPs = []string{pod.IP}
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

// claimNames are the volumes that a StatefulSet adds to each of its pods.
func claimNames(spec *syntax.Node) []string {
	var names []string
	for _, c := range spec.Get("volumeClaimTemplates").List() {
		names = append(names, c.Get("metadata").Get("name").Text())
	}
	return names
}

// readPodSpec reads a pod's spec. claims are the volumes that come with it and are
// not listed in it.
func readPodSpec(spec *syntax.Node, claims []string) snapshot.PodSpec {
	host, _ := spec.Get("hostNetwork").Bool()
	account := spec.Get("serviceAccountName")
	if account == nil {
		account = spec.Get("serviceAccount") // its deprecated name
	}
	pid, _ := spec.Get("hostPID").Bool()
	processes, _ := spec.Get("shareProcessNamespace").Bool()
	group := spec.Get("securityContext").Get("fsGroup")
	volumes, mountable := readVolumes(spec.Get("volumes")), slices.Clone(claims)
	for _, v := range volumes {
		mountable = append(mountable, v.Name)
	}
	return snapshot.PodSpec{
		HostNetwork: host, HostPID: pid, SharedProcesses: processes,
		ServiceAccount: account.Text(),
		FSGroup:        group.Text(), FSGroupAt: group.Pos(),
		Volumes:        volumes,
		InitContainers: readContainers(spec.Get("initContainers"), mountable),
		Containers:     readContainers(spec.Get("containers"), mountable),
	}
}

// readVolumes records the volumes of the kinds that rules read.
func readVolumes(list *syntax.Node) []snapshot.Volume {
	var volumes []snapshot.Volume
	for _, v := range list.List() {
		name := v.Get("name")
		for _, k := range []struct {
			kind snapshot.VolumeKind
			key  string
		}{
			{snapshot.VolumeClaim, "claimName"}, {snapshot.VolumeConfigMap, "name"}, {snapshot.VolumeHostPath, "path"},
		} {
			source := v.Get(string(k.kind))
			if source == nil {
				continue
			}
			volume := snapshot.Volume{Name: name.Text(), Kind: k.kind, Source: snapshot.RedactText(source.Get(k.key).Text()), At: source.Get(k.key).Pos()}
			if !volume.At.Known() {
				volume.At = name.Pos()
			}
			volumes = append(volumes, volume)
		}
	}
	return volumes
}

// readContainers reads containers with their mounts of the given volumes.
func readContainers(list *syntax.Node, volumes []string) []snapshot.Container {
	var containers []snapshot.Container
	for _, c := range list.List() {
		name, image, security := c.Get("name"), c.Get("image"), c.Get("securityContext")
		container := snapshot.Container{
			Name: name.Text(), Image: snapshot.RedactText(image.Text()), ImageAt: image.Pos(), At: name.Pos(),
		}
		if privileged, said := security.Get("privileged").Bool(); said {
			container.Privileged, container.PrivilegedAt = snapshot.TriOf(privileged), security.Get("privileged").Pos()
		}
		if added := security.Get("capabilities").Get("add"); added != nil {
			container.Capabilities, container.CapabilitiesAt = added.Texts(), added.KeyPos()
		}
		if isVPNContainer(container.Name) {
			for _, word := range append(c.Get("command").Texts(), c.Get("args").Texts()...) {
				container.Command = append(container.Command, snapshot.RedactText(word))
			}
		}
		for _, env := range c.Get("env").List() {
			if key := env.Get("name"); key.Text() == gatewayEnv {
				container.Env = append(container.Env, readEnv(key, env.Get("value")))
			}
		}
		for _, m := range c.Get("volumeMounts").List() {
			volume, path := m.Get("name").Text(), m.Get("mountPath")
			if slices.Contains(volumes, volume) {
				container.Mounts = append(container.Mounts, snapshot.Mount{Volume: volume, Path: snapshot.RedactText(path.Text()), At: path.Pos()})
			}
		}
		for _, p := range c.Get("ports").List() {
			if port := p.Get("hostPort").Int(0); port != 0 {
				container.HostPorts = append(container.HostPorts, port)
			}
		}
		containers = append(containers, container)
	}
	return containers
}

// isVPNContainer tells whether a container is one that the VPN charms add to a
// pod (charmarr-lib, vpn/src/charmarr_lib/vpn/constants.py).
func isVPNContainer(name string) bool {
	switch name {
	case "vpn-route-init", "vpn-route-sidecar", "gateway-init", "gateway-sidecar":
		return true
	}
	return false
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
