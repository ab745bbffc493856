# METADATA
# title: The shared media volume
# schemas:
#   - input: schema.stack
package lib.media

# storage finds a storage by its id.
storage := {storage.id: storage | some storage in input.media.storages}

# name finds the name of an application that uses the volume, by its id.
name := {user.id: user.name | some user in input.media.users}

# staying are the storages that Juju is not removing.
staying := [storage | some storage in input.media.storages; not storage.leaving]

# used are the claims that some application mounts.
used := [claim | some claim in input.media.claims; claim.users != []]

# users names those who mount each claim.
users[[claim.namespace, claim.name]] contains name[id] if {
	some claim in input.media.claims
	some id in claim.users
}

# reference is the claim that the others are compared with.
reference := [claim | some claim in used; claim.apart_from == ""]

# other says what a second volume in a namespace leads to, so that it holds the data
# of the claim that the others are compared with.
other[claim.namespace] := source(from.backing.kind, from.backing.server, from.backing.path) if {
	some claim in input.media.claims
	some from in reference
	from.namespace != claim.namespace
	from.backing.kind in {"nfs", "hostPath", "csi"}
}

source("nfs", server, path) := {"nfs": {"server": server, "path": path}}

source("hostPath", _, path) := {"hostPath": {"path": path, "type": "Directory"}}

source("csi", driver, handle) := {"csi": {"driver": driver, "volumeHandle": handle}}

# fresh is the name of a second volume in a namespace, which is not that of its first.
fresh(namespace) := usual(namespace) if not usual(namespace) in volumes

fresh(namespace) := sprintf("%s-2", [usual(namespace)]) if usual(namespace) in volumes

usual(namespace) := sprintf("%s-media-pv", [namespace])

volumes := {claim.volume | some claim in input.media.claims}

# second are the commands that make a volume in a namespace which leads to the data of
# another's.
second(namespace, claim) := [
	sprintf("kubectl create -f - <<< '%s'", [json.marshal({
		"apiVersion": "v1",
		"kind": "PersistentVolume",
		"metadata": {"name": fresh(namespace)},
		"spec": object.union({"capacity": {"storage": "100Gi"}, "accessModes": ["ReadWriteMany"], "persistentVolumeReclaimPolicy": "Retain"}, other[namespace]),
	})]),
	sprintf("kubectl -n %s create -f - <<< '%s'", [namespace, json.marshal({
		"apiVersion": "v1",
		"kind": "PersistentVolumeClaim",
		"metadata": {"name": claim},
		"spec": {"storageClassName": "", "volumeName": fresh(namespace), "accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "100Gi"}}},
	})]),
] if {
	other[namespace]
}

second(namespace, claim) := [sprintf("kubectl get pv,pvc -A  # make a volume for claim %s/%s that leads to the data of the others", [namespace, claim])] if {
	not other[namespace]
}

# free takes the storages of a model out of the way, without what they made.
free(model) := [command |
	some storage in staying
	storage.model == model
	some command in [
		sprintf("juju config -m %s %s cleanup-on-remove=false", [model, storage.name]),
		sprintf("juju remove-application -m %s %s", [model, storage.name]),
	]
]

# place is the first place, where it is known, or else the second.
place("", at) := at

place(at, _) := at if at != ""

# reconcile has a charm make again what it makes, as it does of itself every few
# minutes.
reconcile(model, name) := sprintf("juju exec -m %s --unit %s/leader -- env JUJU_DISPATCH_PATH=hooks/update-status ./dispatch", [model, name])
