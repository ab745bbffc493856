package deployment

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
)

// MediaChange is what somebody made of the shared media volume of a namespace.
type MediaChange struct {
	NoClaim      bool   // the claim was deleted
	NoVolume     bool   // the volume was
	Phase        string // of the claim; "" is Bound
	Mode         string // how it may be mounted
	Server, Path string // what is behind it
	Volume       string // its name
	Reclaim      string // what becomes of it without its claim
	Size         string // what it was made with
}

// PodChange is what somebody made of the pods of an application.
type PodChange struct {
	Node string // that they run on
	// NoMedia, MediaContainer, MediaPath and Group change how they have the shared
	// media volume.
	NoMedia        bool
	MediaContainer string
	MediaPath      string
	Group          int
	// Forgetful says that the settings are kept in no claim.
	Forgetful bool
	// Privileged is a container that was made so, Capability what its first container
	// was given, HostPath what of the node its first container sees.
	Privileged string
	Capability string
	HostPath   string
	HostPID    bool
}

// apply changes a pod's spec. config is the volume of its settings.
func (c PodChange) apply(spec object, config string) {
	if c.Group != 0 {
		spec["securityContext"] = object{"fsGroup": c.Group}
	}
	if c.HostPID {
		spec["hostPID"] = true
	}
	containers := spec["containers"].(list)
	for i, x := range containers {
		o := x.(object)
		mounts, _ := o["volumeMounts"].(list)
		mounts = slices.Clone(mounts)
		mounts = slices.DeleteFunc(mounts, func(m any) bool {
			name := m.(object)["name"]
			return c.Forgetful && name == config || name == mediaVolume && (c.NoMedia || c.MediaContainer != "")
		})
		for j, m := range mounts {
			if c.MediaPath != "" && m.(object)["name"] == mediaVolume {
				mounts[j] = object{"name": mediaVolume, "mountPath": c.MediaPath}
			}
		}
		if o["name"] == c.MediaContainer {
			mounts = append(mounts, object{"name": mediaVolume, "mountPath": "/data"})
		}
		if i == 1 && c.HostPath != "" { // the one after the charm's
			mounts = append(mounts, object{"name": "host", "mountPath": "/host"})
		}
		if mounts != nil {
			o["volumeMounts"] = mounts
		}
		if o["name"] == c.Privileged {
			o["securityContext"] = object{"privileged": true}
		}
		if i == 1 && c.Capability != "" {
			o["securityContext"] = object{"capabilities": object{"add": list{c.Capability}}}
		}
	}
	volumes := spec["volumes"].(list)
	if c.NoMedia {
		volumes = slices.DeleteFunc(slices.Clone(volumes), func(v any) bool { return v.(object)["name"] == mediaVolume })
	}
	if c.HostPath != "" {
		volumes = append(volumes, object{"name": "host", "hostPath": object{"path": c.HostPath, "type": "Directory"}})
	}
	spec["volumes"] = volumes
}

const (
	staticVolume = "charmarr-shared-media-pv" // as the storage charm names what it makes for NFS and hostPath
	configClass  = "microk8s-hostpath"
	provisioned  = "pv.kubernetes.io/provisioned-by"
)

// mediaVolume returns the shared media claim and the volume behind it. The storage
// charm makes them in its own namespace, or leaves the volume to a storage class.
// Relations pass only the claim's name, and claims are namespaced, so for clients in
// another namespace somebody has made a second volume that leads to the same place;
// it is shown with the namespace's beacon.
func (v view) mediaVolume(m *Model, a *Application) []object {
	var source *Application
	home, byHand := m.Name, false
	switch {
	case a == m.storage():
		source = a
	case a == m.first("istio-beacon-k8s") && m.Name == v.Downloads && m.storage() == nil:
		source, home, byHand = v.Model(v.Core).storage(), v.Core, true
	}
	if source == nil {
		return nil
	}
	volume := staticVolume
	mode, reclaim := "ReadWriteMany", "Retain"
	spec, annotations := object{}, map[string]string(nil)
	claim := object{"storageClassName": "", "volumeMode": "Filesystem"}
	change := m.Media
	switch source.Options["backend-type"] {
	case "native-nfs":
		spec["nfs"] = object{
			"server": cmp.Or(change.Server, fmt.Sprint(source.Options["nfs-server"])), "path": cmp.Or(change.Path, fmt.Sprint(source.Options["nfs-path"])),
		}
	case "hostpath":
		spec["hostPath"] = object{"path": cmp.Or(change.Path, fmt.Sprint(source.Options["hostpath"])), "type": "Directory"}
	case "storage-class":
		made := "pvc-" + uuid("PersistentVolumeClaim", home, mediaClaim)
		volume, reclaim = made, "Delete"
		if said, ok := source.Options["access-mode"].(string); ok {
			mode = said
		}
		const driver = "nfs.csi.k8s.io"
		spec["csi"] = object{"driver": driver, "volumeHandle": "192.168.2.20#tank#" + cmp.Or(change.Path, made) + "##"}
		if !byHand {
			claim["storageClassName"], spec["storageClassName"] = source.Options["storage-class"], source.Options["storage-class"]
			annotations = map[string]string{provisioned: driver}
		}
	default:
		return nil
	}
	if byHand {
		volume, reclaim = m.Name+"-media-pv", "Retain"
	}
	volume, mode, reclaim = cmp.Or(change.Volume, volume), cmp.Or(change.Mode, mode), cmp.Or(change.Reclaim, reclaim)
	size := "100Gi"
	if said, ok := source.Options["size"].(string); ok && isQuantity(said) {
		size = said // of another, the API server refuses the volume, and the one before stays
	}
	capacity, modes := object{"storage": cmp.Or(change.Size, size)}, list{mode}
	spec["accessModes"], spec["capacity"], spec["persistentVolumeReclaimPolicy"] = modes, capacity, reclaim
	spec["claimRef"] = object{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": mediaClaim, "namespace": m.Name}
	claim["accessModes"], claim["resources"], claim["volumeName"] = modes, object{"requests": capacity}, volume
	phase := cmp.Or(change.Phase, "Bound")
	var all []object
	switch taken := v.holder(volume); {
	case taken != "" && taken != m.Name:
		phase = "Pending"
	case !change.NoVolume:
		all = append(all, v.new("v1", "PersistentVolume", "", volume, nil, annotations, object{"spec": spec, "status": object{"phase": "Bound"}}))
	}
	if change.NoClaim {
		return all
	}
	if phase != "Bound" && claim["storageClassName"] != "" {
		delete(claim, "volumeName")
	}
	status := object{"phase": phase}
	if phase == "Bound" {
		status["accessModes"], status["capacity"] = modes, capacity
	}
	return append(all, v.new("v1", "PersistentVolumeClaim", m.Name, mediaClaim, nil, nil, object{"spec": claim, "status": status}))
}

// groupOf is the group that a storage has own the media.
func groupOf(storage *Application) int {
	if group, ok := storage.Options["pgid"].(int); ok {
		return group
	}
	return 1000
}

// holder is the model whose storage made the volume of a constant name first.
func (v view) holder(volume string) string {
	if volume != staticVolume {
		return ""
	}
	for _, m := range v.Models {
		if m.storage() != nil {
			return m.Name
		}
	}
	return ""
}

// first is the first application of a charm in the model, or nil.
func (m *Model) first(charm string) *Application {
	for _, a := range m.Applications {
		if a.Charm == charm {
			return a
		}
	}
	return nil
}

func (m *Model) storage() *Application { return m.first("charmarr-storage-k8s") }

// configVolumes returns the claims that the StatefulSet of an application made for
// its pods, with the volumes that the cluster's class made of them.
func (v view) configVolumes(m *Model, a *Application) []object {
	s := charmOf(a.Charm).storage
	if s == nil || a.Kube.Pods.Forgetful || a.Kube.NoWorkload {
		return nil
	}
	var all []object
	for unit := range a.Scale {
		name := fmt.Sprintf("%s-%s-%d", configClaim(a), a.Name, unit)
		volume := "pvc-" + uuid("PersistentVolumeClaim", m.Name, name)
		capacity, modes := object{"storage": fmt.Sprintf("%dMi", s.size)}, list{"ReadWriteOnce"}
		labels := merged(jujuLabels(a.Name), map[string]string{"storage.juju.is/name": "config"})
		all = append(all,
			v.new("v1", "PersistentVolume", "", volume, nil, map[string]string{provisioned: "microk8s.io/hostpath"}, object{
				"spec": object{
					"accessModes": modes, "capacity": capacity, "persistentVolumeReclaimPolicy": "Delete", "storageClassName": configClass,
					"hostPath": object{"path": path.Join("/var/snap/microk8s/common/default-storage", m.Name+"-"+name+"-"+volume), "type": "DirectoryOrCreate"},
					"claimRef": object{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": name, "namespace": m.Name},
				},
				"status": object{"phase": "Bound"},
			}),
			v.new("v1", "PersistentVolumeClaim", m.Name, name, labels, nil, object{
				"spec": object{
					"accessModes": modes, "resources": object{"requests": capacity}, "storageClassName": configClass,
					"volumeMode": "Filesystem", "volumeName": volume,
				},
				"status": object{"accessModes": modes, "capacity": capacity, "phase": "Bound"},
			}),
		)
	}
	return all
}

// nodeBeside is a further node, the i-th.
func (v view) nodeBeside(i int) object {
	name := fmt.Sprintf("node-%d", i)
	o := v.node()
	o["metadata"] = v.meta("Node", "", name, map[string]string{"kubernetes.io/hostname": name, "kubernetes.io/os": "linux"}, nil)
	o["status"].(object)["addresses"] = list{
		object{"type": "InternalIP", "address": nth(v.Cluster.NodeCIDR, 10+i)}, object{"type": "Hostname", "address": name},
	}
	delete(o, "spec") // its range of pods is none that matters here
	return o
}

// isQuantity tells whether Kubernetes takes a text for a size.
func isQuantity(text string) bool {
	unit := strings.TrimLeft(text, "0123456789.")
	return unit != text && slices.Contains([]string{"", "k", "M", "G", "T", "P", "Ki", "Mi", "Gi", "Ti", "Pi"}, unit)
}
