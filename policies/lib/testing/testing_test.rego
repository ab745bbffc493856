# Package testing makes entities for the tests of rules: each field of
# topology.Stack is there (defaults_test.rego), so that a test sees what a rule
# will see. The file is named as a test is, so it is no part of the program.
package lib.testing

groups := {
	"media-manager": "content",
	"indexer": "content",
	"challenge-solver": "content",
	"requester": "content",
	"media-server": "content",
	"download-client": "download",
	"vpn-gateway": "vpn",
	"ingress-gateway": "ingress",
	"beacon": "mesh",
	"control-plane": "mesh",
	"storage": "support",
	"crowsnest": "support",
	"multimeter": "support",
	"tailscale": "support",
	"telemetry-collector": "support",
	"": "",
}

# adr_006 and single_model are the two built-in profiles.
adr_006 := {
	"name": "adr-006",
	"layout": "three-models",
	"mesh": "ambient",
	"gateways": [
		{"class": "arr", "names": ["arr-gateway"]},
		{"class": "media", "names": ["media-gateway"]},
		{"class": "admin", "names": ["admin-gateway"]},
	],
	"routes": [
		{"role": "media-manager", "classes": ["arr"]},
		{"role": "media-server", "classes": ["media"]},
		{"role": "download-client", "classes": ["admin"]},
	],
	"offers": [
		{"interface": "download-client", "part": "core", "endpoint": "download-client"},
		{"interface": "vpn-gateway", "part": "gateway", "endpoint": "vpn-gateway"},
	],
}

single_model := {
	"name": "single-model",
	"layout": "single-model",
	"mesh": "ambient",
	"gateways": [
		{"class": "arr", "names": ["arr-ingress", "arr-gateway"]},
		{"class": "admin", "names": ["admin-ingress", "admin-gateway"]},
	],
	"routes": [
		{"role": "media-manager", "classes": ["arr"]},
		{"role": "download-client", "classes": ["admin", "arr"]},
	],
	"offers": [],
}

# parts are the parts of the models that tests use; any other model has none.
parts := {
	"charmarr-core": "core",
	"core": "core",
	"charmarr-downloads": "downloads",
	"downloads": "downloads",
	"gluetun": "gateway",
	"charmarr": "single",
}

part(model_name) := object.get(parts, model_name, "")

subject(kind, model, name) := {"kind": kind, "model": model, "namespace": model, "name": name}

# stack is a stack under adr-006 with the given fields.
stack(fields) := object.union(object.union(stack_default, {"name": "test", "profile": adr_006}), fields)

# single is a stack under single-model with the given fields.
single(fields) := object.union(object.union(stack_default, {"name": "test", "profile": single_model}), fields)

model(name) := object.union(model_default, {
	"subject": subject("model", name, name),
	"state": "declared",
	"at": sprintf("model %s", [name]),
	"name": name,
	"namespace": name,
	"part": part(name),
	"declared": true,
})

# application is declared by Juju.
application(model_name, name, role, fields) := object.union(
	object.union(application_default, {
		"subject": subject("application", model_name, name),
		"state": "declared",
		"at": sprintf("application %s/%s", [model_name, name]),
		"id": sprintf("%s/%s", [model_name, name]),
		"name": name,
		"model": model_name,
		"namespace": model_name,
		"part": part(model_name),
		"role": role,
		"group": groups[role],
		"declared": true,
		"declared_at": sprintf("declared %s/%s", [model_name, name]),
		"charm": sprintf("%s-k8s", [name]),
	}),
	fields,
)

# running is what Kubernetes alone shows of an application.
running(model_name, name, role, fields) := object.union(
	application(model_name, name, role, {
		"state": "effective",
		"declared": false,
		"declared_at": "",
		"charm": "",
		"effective": true,
		"workloads": [workload(model_name, name, {})],
	}),
	fields,
)

workload(namespace, name, fields) := object.union(
	object.union(workload_default, {
		"subject": subject("workload", namespace, name),
		"state": "effective",
		"at": sprintf("workload %s/%s", [namespace, name]),
		"kind": "StatefulSet",
		"name": name,
		"namespace": namespace,
		"mesh": not_captured("no-label"),
	}),
	fields,
)

pod(namespace, name, fields) := object.union(
	object.union(pod_default, {
		"subject": subject("pod", namespace, name),
		"state": "effective",
		"at": sprintf("pod %s/%s", [namespace, name]),
		"name": name,
		"namespace": namespace,
		"phase": "Running",
		"mesh": not_captured("no-label"),
	}),
	fields,
)

container(name) := object.union(container_default, {"name": name, "at": sprintf("container %s", [name])})

namespace(name, fields) := object.union(
	object.union(namespace_default, {
		"subject": subject("namespace", name, name),
		"state": "effective",
		"at": sprintf("namespace %s", [name]),
		"name": name,
		"part": part(name),
		"juju_model": name,
		"juju_managed": true,
	}),
	fields,
)

configmap(name_space, name, fields) := object.union(
	object.union(config_map_default, {
		"subject": subject("configmap", name_space, name),
		"state": "effective",
		"at": sprintf("configmap %s/%s", [name_space, name]),
		"name": name,
		"namespace": name_space,
	}),
	fields,
)

service(name_space, name, role, fields) := object.union(
	object.union(service_default, {
		"subject": subject("service", name_space, name),
		"state": "effective",
		"at": sprintf("service %s/%s", [name_space, name]),
		"name": name,
		"namespace": name_space,
		"application": name,
		"role": role,
	}),
	fields,
)

gateway(name_space, name, fields) := object.union(
	object.union(gateway_default, {
		"subject": subject("gateway", name_space, name),
		"state": "effective",
		"at": sprintf("gateway %s/%s", [name_space, name]),
		"name": name,
		"namespace": name_space,
		"part": part(name_space),
		"class": "istio",
	}),
	fields,
)

offer(model_name, name, role, fields) := object.union(
	object.union(offer_default, {
		"subject": subject("offer", model_name, name),
		"state": "declared",
		"at": sprintf("offer %s/%s", [model_name, name]),
		"name": name,
		"model": model_name,
		"part": part(model_name),
		"application": name,
		"application_known": "yes",
		"role": role,
	}),
	fields,
)

saas(model_name, name, fields) := object.union(
	object.union(saas_default, {
		"subject": subject("saas", model_name, name),
		"state": "declared",
		"at": sprintf("saas %s/%s", [model_name, name]),
		"name": name,
		"model": model_name,
		"part": part(model_name),
		"charmarr": true,
		"offer_name": name,
		"relations": 1,
	}),
	fields,
)

# end is an end of a relation at an application as made above.
end(app, endpoint) := object.union(relation_end_default, {
	"application": app.name,
	"model": app.model,
	"id": app.id,
	"role": app.role,
	"charm": app.charm,
	"part": app.part,
	"endpoint": endpoint,
	"endpoint_basis": "stated",
	"lets_in": endpoint in app.mesh_endpoints,
})

# unresolved is the end at a SAAS whose offer was not found or not read.
unresolved(name) := object.union(relation_end_default, {"application": name, "saas": name})

relation(interface, provider, requirer, fields) := object.union(
	object.union(relation_default, {
		"subject": subject("relation", requirer.model, sprintf("%s %s", [provider.application, requirer.application])),
		"state": "declared",
		"at": sprintf("relation %s %s", [provider.application, requirer.application]),
		"name": sprintf("%s:%s %s:%s", [provider.application, provider.endpoint, requirer.application, requirer.endpoint]),
		"model": requirer.model,
		"interface": interface,
		"provider": provider,
		"requirer": requirer,
		"sides_known": true,
		"cross_model": provider.model != requirer.model,
		"resolved": "yes",
	}),
	fields,
)

captured(way) := object.union(enrolment_default, {
	"captured": "yes",
	"way": way,
	"fact": sprintf("fact %s", [way]),
	"at": sprintf("at %s", [way]),
	"state": "effective",
	"sidecar": "no",
})

not_captured(way) := object.union(captured(way), {"captured": "no"})

declared_mesh(answer, way) := object.union(captured(way), {"captured": answer, "state": "declared"})

unknown_mesh := object.union(enrolment_default, {"sidecar": "no"})

fact(key, value) := {"key": key, "value": value, "at": sprintf("%s=%s", [key, value])}

attachment(gateway_app, class, via) := object.union(attachment_default, {
	"gateway": gateway_app,
	"gateway_model": "charmarr-core",
	"class": class,
	"via": via,
	"name": sprintf("attachment to %s", [gateway_app]),
	"state": "declared",
	"at": sprintf("attachment to %s", [gateway_app]),
})

route(name_space, name, fields) := object.union(
	object.union(route_default, {
		"subject": subject(lower(object.get(fields, "kind", "HTTPRoute")), name_space, name),
		"state": "effective",
		"at": sprintf("route %s/%s", [name_space, name]),
		"name": name,
		"namespace": name_space,
		"kind": "HTTPRoute",
	}),
	fields,
)

route_end(name_space, name) := {"name": name, "namespace": name_space, "at": sprintf("to %s/%s", [name_space, name])}

ingress(name_space, name, fields) := object.union(
	object.union(ingress_default, {
		"subject": subject("ingress", name_space, name),
		"state": "effective",
		"at": sprintf("ingress %s/%s", [name_space, name]),
		"name": name,
		"namespace": name_space,
	}),
	fields,
)

authorization_policy(name_space, name, rules, fields) := object.union(
	object.union(authorization_policy_default, {
		"subject": subject("authorizationpolicy", name_space, name),
		"state": "effective",
		"at": sprintf("authorizationpolicy %s/%s", [name_space, name]),
		"name": name,
		"namespace": name_space,
		"labels": [fact("kubernetes-resource-handler-scope", "istio-authorization-policy")],
		"action": "ALLOW",
		"rules": [object.union(authorization_rule_default, rule) | some rule in rules],
	}),
	fields,
)

principal(name_space, account, known) := {
	"value": sprintf("cluster.local/ns/%s/sa/%s", [name_space, account]),
	"namespace": name_space,
	"service_account": account,
	"at": sprintf("principal %s/%s", [name_space, account]),
	"known": known,
}

stray(name_space, kind, name, fields) := object.union(
	object.union(stray_default, {
		"subject": subject("workload", name_space, name),
		"state": "effective",
		"at": sprintf("stray %s/%s", [name_space, name]),
		"kind": kind,
		"name": name,
		"namespace": name_space,
		"part": part(name_space),
	}),
	fields,
)

evidence(kinds, models) := [{"kind": kind, "model": model_name} |
	some model_name in models
	some kind in kinds
]

# hits are the subjects' names of results with a way and level ("" where the
# result says none).
hits(results) := {[object.get(result, "way", ""), result.subject.kind, result.subject.name, object.get(result, "level", "")] |
	some result in results
}

# vpn_gateway is a VPN gateway as its options, which were read, have it.
vpn_gateway(model_name, name, fields) := object.union(
	object.union(vpngateway_default, {
		"subject": subject("application", model_name, name),
		"state": "declared",
		"at": sprintf("application %s/%s", [model_name, name]),
		"id": sprintf("%s/%s", [model_name, name]),
		"name": name,
		"model": model_name,
		"namespace": model_name,
		"options_known": true,
		"options_state": "declared",
		"networks": networks("10.1.0.0/16"),
		"networks_from": "option",
		"networks_by": sprintf("option cluster-cidrs of %s", [name]),
		"networks_state": "declared",
		"vxlan": [vxlan_number("42")],
	}),
	fields,
)

vxlan_number(value) := object.union(vxlannumber_default, {
	"value": value,
	"valid": true,
	"by": sprintf("vxlan-id=%s", [value]),
	"state": "declared",
	"at": sprintf("vxlan-id=%s", [value]),
})

# networks is a list of one network that has no flaw.
networks(network) := object.union(cidrlist_default, {
	"raw": network,
	"empty": 0,
	"entries": [cidr(network, {})],
	"at": sprintf("networks %s", [network]),
})

cidr(network, fields) := object.union(
	object.union(cidr_default, {"text": network, "valid": true, "network": network, "family": "ipv4", "public": "none"}),
	fields,
)

# vpn_client goes through the gateways with the given ids, by relation.
vpn_client(model_name, name, gateways, fields) := object.union(
	object.union(vpnclient_default, {
		"subject": subject("application", model_name, name),
		"state": "declared",
		"at": sprintf("application %s/%s", [model_name, name]),
		"id": sprintf("%s/%s", [model_name, name]),
		"name": name,
		"model": model_name,
		"namespace": model_name,
		"role": "download-client",
		"enrolled": "no",
		"links": [vpn_link(id, {}) | some id in gateways],
		"gateways": gateways,
	}),
	fields,
)

vpn_link(id, fields) := object.union(
	object.union(vpnlink_default, {
		"gateway": split(id, "/")[1],
		"id": id,
		"model": split(id, "/")[0],
		"role": "vpn-gateway",
		"charm": "gluetun-k8s",
		"resolved": "yes",
		"relation": sprintf("relation to %s", [id]),
		"state": "declared",
		"at": sprintf("relation to %s", [id]),
	}),
	fields,
)

vpn_host(application_name, model_name, fields) := object.union(
	object.union(vpnhost_default, {
		"value": sprintf("%s-endpoints.%s.svc.cluster.local", [application_name, model_name]),
		"by": "container vpn-route-init",
		"state": "effective",
		"at": sprintf("host %s.%s", [application_name, model_name]),
		"application": application_name,
		"namespace": model_name,
		"found": "yes",
		"id": sprintf("%s/%s", [model_name, application_name]),
	}),
	fields,
)

# vpn_settings are settings that fit the gateway above.
vpn_settings(namespace_name, name, fields) := object.union(
	object.union(vpnsettings_default, {
		"known": true,
		"name": sprintf("%s-gateway-client-config", [name]),
		"namespace": namespace_name,
		"at": sprintf("settings of %s", [name]),
		"dns": ["10.152.183.10"],
		"networks": networks("10.1.0.0/16"),
		"vxlan_id": "42",
		"vxlan_prefix": "172.16.0",
		"ztunnel_routed": true,
	}),
	fields,
)

# vpn_data is what a gateway that is connected told a unit.
vpn_data(unit, fields) := object.union(
	object.union(vpndata_default, {
		"unit": unit,
		"at": sprintf("databag of %s", [unit]),
		"present": true,
		"connected": "yes",
		"cluster_cidrs": "10.1.0.0/16,169.254.7.127/32",
		"vxlan_id": "42",
		"ztunnel_routed": true,
	}),
	fields,
)

# egress is the answer of something that is to go through a VPN gateway and does.
egress(fields) := object.union(
	object.union(egress_default, {
		"asked": true,
		"signs": ["relation", "containers", "settings", "kill-switch"],
		"answer": "blocked",
		"policies": "blocked",
		"routes": "blocked",
		"ipv6": "no",
		"ipv6_policies": "blocked",
	}),
	fields,
)

# leak is an answer with a packet that a policy of the given name lets out; none
# does where it is "".
leak(policy_name) := egress({"answer": "open", "policies": "open", "routes": "open", "example": object.union(egress_example_default, {
	"object": "Pod charmarr-downloads/qbittorrent-0",
	"at": "pod charmarr-downloads/qbittorrent-0",
	"address": "1.1.1.1",
	"protocol": "TCP",
	"port": 443,
	"cause": ["no-policy", "rule"][count({policy_name} - {""})],
	"policy": policy_name,
	"policy_fact": "why no policy stops it",
	"policy_at": "at the policy",
	"route_fact": "why no route catches it",
	"route_at": "at the route",
})})

# policy is a NetworkPolicy of type Egress that lets nothing out.
policy(name_space, name, fields) := object.union(
	object.union(network_policy_default, {
		"subject": subject("networkpolicy", name_space, name),
		"state": "effective",
		"at": sprintf("networkpolicy %s/%s", [name_space, name]),
		"name": name,
		"namespace": name_space,
		"policy_types": ["Egress"],
		"isolates": true,
	}),
	fields,
)

# kill_switch is that of an application, as its charm lays it.
kill_switch(app, fields) := policy(app.namespace, sprintf("%s-vpn-killswitch", [app.name]), object.union(
	{
		"kill_switch_of": app.id,
		"selects": [app.id],
		"selector": sprintf("app.kubernetes.io/name=%s", [app.name]),
		"selector_at": "selector",
		"allows_ztunnel": true,
	},
	fields,
))

# egress_rule is a rule of a NetworkPolicy that lets nothing public out.
egress_rule(number, fields) := object.union(
	object.union(egress_rule_default, {"number": number, "at": sprintf("rule %d", [number]), "only_dns": true}),
	fields,
)

# hole is a rule that lets everything out.
hole(number) := egress_rule(number, {"public": "1.1.1.1", "protocol": "TCP", "port": 443, "allows": "allows 0.0.0.0/0", "public_at": sprintf("rule %d", [number])})

pod_peer(named, fields) := object.union(
	object.union(pod_peer_default, {"at": "peer", "named": named, "namespaces": sprintf("kubernetes.io/metadata.name in %v", [named])}),
	fields,
)

# plugged is a cluster with a network plugin.
plugged(name, enforces) := object.union(cluster_default, {"plugin": object.union(network_plugin_default, {
	"subject": subject("workload", "kube-system", name),
	"at": sprintf("daemonset %s", [name]),
	"name": name,
	"enforces": enforces,
	"fact": sprintf("DaemonSet kube-system/%s runs %s", [name, name]),
})})
