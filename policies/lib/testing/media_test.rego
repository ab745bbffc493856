package lib.testing

# media is a stack with its shared media volume.
media(storages, users, claims) := stack({"media": {"storages": storages, "users": users, "claims": claims}})

media_storage(model_name, name, fields) := object.union(
	object.union(media_storage_default, {
		"subject": subject("application", model_name, name),
		"state": "declared",
		"at": sprintf("application %s/%s", [model_name, name]),
		"id": sprintf("%s/%s", [model_name, name]),
		"name": name,
		"model": model_name,
		"options_known": true,
		"options_state": "declared",
		"backend": "native-nfs",
		"backend_at": "backend-type",
		"cleanup": "no",
		"cleanup_said": true,
		"cleanup_at": "cleanup-on-remove",
		"mode": "ReadWriteMany",
	}),
	fields,
)

# media_user is an application that mounts the volume as it has to.
media_user(model_name, name, fields) := object.union(
	object.union(media_user_default, {
		"subject": subject("application", model_name, name),
		"state": "effective",
		"at": sprintf("application %s/%s", [model_name, name]),
		"id": sprintf("%s/%s", [model_name, name]),
		"name": name,
		"model": model_name,
		"related": "yes",
		"relation": sprintf("%s:media-storage storage:media-storage", [name]),
		"container": name,
		"path": "/data",
		"mounts": [media_mount(model_name, name, {})],
	}),
	fields,
)

media_mount(model_name, name, fields) := object.union(
	object.union(media_mount_default, {
		"object": sprintf("StatefulSet %s/%s", [model_name, name]),
		"at": sprintf("workload %s/%s", [model_name, name]),
		"kind": "persistentVolumeClaim",
		"source": "charmarr-shared-media",
		"source_at": "volume",
		"path": "/data",
		"path_at": "mount",
		"group": "1000",
		"group_at": "fsGroup",
	}),
	fields,
)

# media_claim is a claim that is bound, with NFS behind it.
media_claim(name_space, users, fields) := object.union(
	object.union(media_claim_default, {
		"subject": subject("persistentvolumeclaim", name_space, "charmarr-shared-media"),
		"state": "effective",
		"at": sprintf("claim in %s", [name_space]),
		"name": "charmarr-shared-media",
		"namespace": name_space,
		"part": part(name_space),
		"found": "yes",
		"modes": ["ReadWriteMany"],
		"modes_at": "accessModes",
		"phase": "Bound",
		"volume": sprintf("%s-pv", [name_space]),
		"volume_found": "yes",
		"reclaim": "Retain",
		"reclaim_at": "reclaim",
		"backing": nfs("192.168.2.20", "/tank/media"),
		"users": [sprintf("%s/%s", [name_space, user]) | some user in users],
		"apart": "no",
	}),
	fields,
)

nfs(server, path) := object.union(backing_default, {
	"kind": "nfs",
	"server": server,
	"path": path,
	"words": sprintf("NFS %s:%s", [server, path]),
	"at": "nfs",
})

host_path(path) := object.union(backing_default, {
	"kind": "hostPath",
	"path": path,
	"words": sprintf("path %s on the node", [path]),
	"at": "hostPath",
})

privilege(kind, container_name, value, fields) := object.union(
	object.union(privilege_default, {
		"kind": kind,
		"container": container_name,
		"list": "containers",
		"value": value,
		"expected": "no",
		"object": "StatefulSet charmarr-core/plex",
		"at": sprintf("%s of %s", [kind, container_name]),
	}),
	fields,
)
