package deployment

// modelOperator returns Juju's own workload in a model's namespace.
func (v view) modelOperator(m *Model) []object {
	const name = "modeloperator"
	labels := map[string]string{
		"app.kubernetes.io/managed-by": "juju", "operator.juju.is/name": name, "operator.juju.is/target": "model",
	}
	podLabels := merged(labels, map[string]string{"juju-modeloperator": name, "model.juju.is/disable-webhook": "true"})
	annotations := map[string]string{"controller.juju.is/id": controllerUUID(v.Controller), "model.juju.is/id": modelUUID(m.Name)}
	selector := map[string]string{"operator.juju.is/name": name, "operator.juju.is/target": "model"}
	spec := func() object {
		return object{
			"serviceAccountName": name,
			"containers": list{object{
				"name": "juju-operator", "image": m.jujuImage(), "workingDir": "/var/lib/juju",
				"command": list{"/bin/sh"}, "args": list{"-c", "exec ./jujud model --model-uuid=" + modelUUID(m.Name)},
				"env": list{
					object{"name": "HTTP_PORT", "value": "17071"},
					object{"name": "SERVICE_NAME", "value": name},
					object{"name": "SERVICE_NAMESPACE", "value": m.Name},
				},
			}},
		}
	}
	// The operator takes the first addresses of the ranges, one a model.
	index := 0
	for i, other := range v.Models {
		if other.Name == m.Name {
			index = i
		}
	}
	ip, revision := nth(v.Cluster.ServiceCIDR, 11+v.Cluster.Offset+index), hash(9, "revision", m.Name, name)
	podSpec := spec()
	podSpec["nodeName"] = nodeName
	pod := v.new("v1", "Pod", m.Name, name+"-"+revision+"-"+hash(5, "pod", m.Name, name), podLabels,
		merged(annotations, v.redirection(m, podLabels)),
		object{"spec": podSpec, "status": v.podStatus(nth(v.Cluster.PodCIDR, 300+v.Cluster.Offset+index))})
	pod["metadata"].(object)["ownerReferences"] = list{object{
		"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": name + "-" + revision, "controller": true,
		"blockOwnerDeletion": true, "uid": uuid("ReplicaSet", m.Name, name),
	}}
	return []object{
		v.new("apps/v1", "Deployment", m.Name, name, labels, annotations, object{
			"spec": object{
				"replicas": 1, "selector": object{"matchLabels": selector},
				"template": object{"metadata": object{"annotations": annotations, "labels": podLabels}, "spec": spec()},
			},
			"status": object{"replicas": 1, "readyReplicas": 1, "availableReplicas": 1},
		}),
		pod,
		v.new("v1", "Service", m.Name, name, labels, annotations, object{
			"spec": object{
				"type": "ClusterIP", "clusterIP": ip, "clusterIPs": list{ip}, "selector": selector,
				"ports": list{object{"port": 17071, "protocol": "TCP", "targetPort": 17071}},
			},
			"status": object{"loadBalancer": object{}},
		}),
		v.new("v1", "ServiceAccount", m.Name, name, labels, annotations, object{"automountServiceAccountToken": true}),
	}
}
