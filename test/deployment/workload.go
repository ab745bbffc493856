package deployment

import (
	"cmp"
	"fmt"
	"strings"
)

const (
	charmImage    = "ghcr.io/juju/charm-base:ubuntu-24.04"
	mediaVolume   = "charmarr-shared-data"
	mediaClaim    = "charmarr-shared-media"
	nodeName      = "node-1"
	redirectionOn = "ambient.istio.io/redirection"
)

// statefulSet returns the workload Juju makes of an application, with what the
// charm and the beacon patched into it.
func (v view) statefulSet(m *Model, a *Application) object {
	spec := object{
		"replicas":             a.Scale,
		"serviceName":          a.Name + "-endpoints",
		"podManagementPolicy":  "Parallel",
		"revisionHistoryLimit": 0,
		"selector":             object{"matchLabels": selectorLabels(a.Name)},
		"template": object{
			"metadata": object{"annotations": v.templateAnnotations(m, a), "labels": kept(v.templateLabels(m, a))},
			"spec":     v.podSpec(m, a),
		},
	}
	o := object{"spec": spec}
	if !v.Lean {
		spec["updateStrategy"] = object{"type": "RollingUpdate", "rollingUpdate": object{"partition": 0}}
		if s := charmOf(a.Charm).storage; s != nil && !a.Kube.Pods.Forgetful {
			spec["volumeClaimTemplates"] = list{object{
				"apiVersion": "v1", "kind": "PersistentVolumeClaim",
				"metadata": object{
					"name":   configClaim(a),
					"labels": merged(jujuLabels(a.Name), map[string]string{"storage.juju.is/name": "config"}),
				},
				"spec": object{
					"accessModes": list{"ReadWriteOnce"}, "storageClassName": "microk8s-hostpath", "volumeMode": "Filesystem",
					"resources": object{"requests": object{"storage": fmt.Sprintf("%dMi", s.size)}},
				},
			}}
		}
		o["status"] = object{"replicas": a.Scale, "readyReplicas": a.Scale, "availableReplicas": a.Scale, "currentReplicas": a.Scale}
	}
	return v.new("apps/v1", "StatefulSet", m.Name, a.Name, jujuLabels(a.Name), v.jujuAnnotations(m, a), o)
}

func (v view) templateLabels(m *Model, a *Application) map[string]string {
	return merged(selectorLabels(a.Name), v.meshLabels(m, a), a.Kube.TemplateLabels)
}

func (v view) templateAnnotations(m *Model, a *Application) map[string]string {
	all := v.jujuAnnotations(m, a)
	delete(all, "app.juju.is/uuid")
	if gw, ok := v.vpnSettings(m, a); ok {
		all["charmarr.io/gateway-client-config-hash"] = settingsHash(gw.clientData(a.Kube.Settings))
	}
	if a.Charm == "gluetun-k8s" && !a.unpublished() {
		all["charmarr.io/gateway-config-hash"] = settingsHash(v.exitSettings(m, a).gatewayData())
	}
	return all
}

// podSpec returns the pod template's spec.
func (v view) podSpec(m *Model, a *Application) object {
	c := charmOf(a.Charm)
	storage, media := v.only(m.Name, a, "media-storage", "requirer")
	var names []string
	containers := list{v.charmContainer(a)}
	for i, k := range c.containers {
		names = append(names, k.name)
		w := v.workloadContainer(k, i)
		mounts := w["volumeMounts"].(list)
		if c.storage != nil && c.storage.on == k.name {
			mounts = append(mounts, object{"name": configClaim(a), "mountPath": c.storage.location})
		}
		if media && c.mediaContainer == k.name {
			mounts = append(mounts, object{"name": mediaVolume, "mountPath": "/data"})
		}
		w["volumeMounts"] = mounts
		if i == 0 && a.Kube.Image != "" {
			w["image"] = a.Kube.Image
		}
		if i == 0 && a.Kube.HostPort > 0 {
			w["ports"] = list{object{"containerPort": a.Kube.HostPort, "hostPort": a.Kube.HostPort, "protocol": "TCP"}}
		}
		if k.name == "gluetun" && !a.unpublished() {
			w["securityContext"] = object{"privileged": true}
		}
		containers = append(containers, w)
	}
	inits := list{v.initContainer(m, a, names)}
	volumes := list{object{"name": "charm-data", "emptyDir": object{}}}
	spec := object{"serviceAccountName": a.Name}
	if !v.Lean {
		spec["automountServiceAccountToken"] = true
		spec["restartPolicy"] = "Always"
		spec["dnsPolicy"] = "ClusterFirst"
		spec["terminationGracePeriodSeconds"] = 300
		spec["securityContext"] = object{"fsGroup": 170}
	}
	if media {
		volumes = append(volumes, object{"name": mediaVolume, "persistentVolumeClaim": object{"claimName": mediaClaim}})
		spec["securityContext"] = object{"fsGroup": groupOf(v.application(storage))}
	}
	for _, side := range v.vpnContainers(m, a) {
		side = a.Kube.Containers.apply(side)
		if side.init != nil {
			inits = append(inits, side.init)
		}
		if side.sidecar != nil {
			containers = append(containers, side.sidecar)
		}
		volumes = append(volumes, side.volume)
	}
	if a.Kube.Containers.HostNetwork {
		spec["hostNetwork"] = true
	}
	spec["initContainers"], spec["containers"], spec["volumes"] = inits, containers, volumes
	a.Kube.Pods.apply(spec, configClaim(a))
	return spec
}

func (v view) initContainer(m *Model, a *Application, names []string) object {
	o := object{"name": "charm-init", "image": m.jujuImage(), "command": list{"/opt/containeragent"}}
	if v.Lean {
		return o
	}
	o["args"] = list{
		"init", "--containeragent-pebble-dir", "/containeragent/pebble", "--charm-modified-version", "0",
		"--data-dir", "/var/lib/juju", "--bin-dir", "/charm/bin",
	}
	o["env"] = list{
		object{"name": "JUJU_CONTAINER_NAMES", "value": strings.Join(names, ",")},
		object{"name": "JUJU_K8S_POD_NAME", "valueFrom": object{"fieldRef": object{"apiVersion": "v1", "fieldPath": "metadata.name"}}},
		object{"name": "JUJU_K8S_POD_UUID", "valueFrom": object{"fieldRef": object{"apiVersion": "v1", "fieldPath": "metadata.uid"}}},
	}
	o["envFrom"] = list{object{"secretRef": object{"name": a.Name + "-application-config"}}}
	o["workingDir"] = "/var/lib/juju"
	o["volumeMounts"] = list{
		object{"name": "charm-data", "mountPath": "/var/lib/juju", "subPath": "var/lib/juju"},
		object{"name": "charm-data", "mountPath": "/charm/bin", "subPath": "charm/bin"},
		object{"name": "charm-data", "mountPath": "/charm/containers", "subPath": "charm/containers"},
	}
	return o
}

func (v view) charmContainer(a *Application) object {
	o := object{"name": "charm", "image": charmImage, "command": list{"/charm/bin/pebble"}}
	if v.Lean {
		return o
	}
	o["args"] = list{"run", "--http", ":38812", "--verbose"}
	o["workingDir"] = "/var/lib/juju"
	o["env"] = list{object{"name": "HTTP_PROBE_PORT", "value": "3856"}}
	o["livenessProbe"] = probe("alive", 38812)
	o["securityContext"] = object{"runAsUser": 170, "runAsGroup": 170}
	mounts := list{
		object{"name": "charm-data", "mountPath": "/charm/bin", "readOnly": true, "subPath": "charm/bin"},
		object{"name": "charm-data", "mountPath": "/var/lib/juju", "subPath": "var/lib/juju"},
		object{"name": "charm-data", "mountPath": "/charm/containers", "subPath": "charm/containers"},
	}
	if s := charmOf(a.Charm).storage; s != nil {
		mounts = append(mounts, object{"name": configClaim(a), "mountPath": "/var/lib/juju/storage/config/0"})
	}
	o["volumeMounts"] = mounts
	return o
}

func (v view) workloadContainer(k container, i int) object {
	port := 38813 + i
	o := object{"name": k.name, "image": k.image, "command": list{"/charm/bin/pebble"}}
	mounts := list{
		object{"name": "charm-data", "mountPath": "/charm/bin/pebble", "readOnly": true, "subPath": "charm/bin/pebble"},
		object{"name": "charm-data", "mountPath": "/charm/container", "subPath": "charm/containers/" + k.name},
	}
	o["volumeMounts"] = mounts
	if v.Lean {
		o["volumeMounts"] = list{}
		return o
	}
	o["args"] = list{"run", "--create-dirs", "--hold", "--http", fmt.Sprintf(":%d", port), "--verbose"}
	o["env"] = list{
		object{"name": "JUJU_CONTAINER_NAME", "value": k.name},
		object{"name": "PEBBLE_SOCKET", "value": "/charm/container/pebble.socket"},
	}
	o["livenessProbe"], o["readinessProbe"] = probe("alive", port), probe("ready", port)
	return o
}

func probe(level string, port int) object {
	return object{
		"httpGet":             object{"path": "/v1/health?level=" + level, "port": port, "scheme": "HTTP"},
		"initialDelaySeconds": 30, "periodSeconds": 5, "timeoutSeconds": 1,
	}
}

// pod returns one running pod of an application.
func (v view) pod(m *Model, a *Application, unit int) object {
	name := fmt.Sprintf("%s-%d", a.Name, unit)
	labels := merged(v.templateLabels(m, a), map[string]string{
		"apps.kubernetes.io/pod-index": fmt.Sprint(unit), "statefulset.kubernetes.io/pod-name": name,
		"controller-revision-hash": a.Name + "-" + hash(10, m.Name, a.Name),
	}, a.Kube.PodLabels)
	annotations := merged(v.templateAnnotations(m, a), map[string]string{
		"unit.juju.is/id": fmt.Sprintf("%s/%d", a.Name, unit),
	}, v.redirectionOf(m, a, labels), a.Kube.PodAnnotations)
	spec := v.podSpec(m, a)
	if a.Kube.Containers.OldPod {
		withoutRoutes(spec)
	}
	spec["nodeName"] = cmp.Or(a.Kube.Pods.Node, nodeName)
	if !v.Lean {
		spec["hostname"], spec["subdomain"] = name, a.Name+"-endpoints"
		if charmOf(a.Charm).storage != nil && !a.Kube.Pods.Forgetful {
			claim := configClaim(a)
			spec["volumes"] = append(spec["volumes"].(list), object{
				"name": claim, "persistentVolumeClaim": object{"claimName": claim + "-" + name},
			})
		}
	}
	o := v.new("v1", "Pod", m.Name, name, labels, annotations, object{
		"spec": spec, "status": v.podStatus(v.podIP(a, ownAddress, unit)),
	})
	o["metadata"].(object)["ownerReferences"] = list{object{
		"apiVersion": "apps/v1", "kind": "StatefulSet", "name": a.Name, "controller": true, "blockOwnerDeletion": true,
		"uid": uuid("StatefulSet", m.Name, a.Name),
	}}
	return o
}

func (v view) podStatus(ip string) object {
	o := object{"phase": "Running", "podIP": ip}
	if !v.Lean {
		o["podIPs"] = v.podIPs(ip)
		o["hostIP"] = nth(v.Cluster.NodeCIDR, 11)
		o["qosClass"], o["startTime"] = "BestEffort", kubeTime
		o["conditions"] = list{object{"type": "Ready", "status": "True", "lastTransitionTime": kubeTime}}
	}
	return o
}

// service returns the Service by which an application is reached.
func (v view) service(m *Model, a *Application) object {
	var ports list
	for _, p := range charmOf(a.Charm).ports {
		ports = append(ports, object{"name": fmt.Sprintf("tcp-%d", p), "port": p, "protocol": "TCP", "targetPort": p})
	}
	if len(ports) == 0 {
		ports = list{object{"name": "placeholder", "port": 65535, "protocol": "TCP", "targetPort": 65535}}
	}
	ip := v.serviceIP(a, ownAddress)
	labels := merged(jujuLabels(a.Name), v.meshLabels(m, a), a.Kube.ServiceLabels)
	return v.new("v1", "Service", m.Name, a.Name, labels, merged(v.jujuAnnotations(m, a), a.Kube.ServiceAnnotations), object{
		"spec": object{
			"type": "ClusterIP", "clusterIP": ip, "clusterIPs": list{ip}, "ports": ports,
			"selector": selectorLabels(a.Name), "sessionAffinity": "None",
		},
		"status": object{"loadBalancer": object{}},
	})
}

// endpointsService returns the headless Service of the StatefulSet.
func (v view) endpointsService(m *Model, a *Application) object {
	return v.new("v1", "Service", m.Name, a.Name+"-endpoints", jujuLabels(a.Name), v.jujuAnnotations(m, a), object{
		"spec": object{
			"type": "ClusterIP", "clusterIP": "None", "clusterIPs": list{"None"},
			"publishNotReadyAddresses": true, "selector": selectorLabels(a.Name), "sessionAffinity": "None",
		},
		"status": object{"loadBalancer": object{}},
	})
}

func (v view) serviceAccount(m *Model, name string, labels map[string]string) object {
	return v.new("v1", "ServiceAccount", m.Name, name, labels, nil, object{"automountServiceAccountToken": false})
}
