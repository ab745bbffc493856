package chart

import (
	"encoding/base64"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"helm.sh/helm/v4/pkg/chart/v2/lint"
	"helm.sh/helm/v4/pkg/chart/v2/lint/support"
	"sigs.k8s.io/yaml"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/webhook"
)

const (
	pods   = "Deployment charmarr-lint/charmarr-lint-webhook"
	listed = "ValidatingWebhookConfiguration /charmarr-lint"
	pem    = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
)

// TestLint lints the chart as `helm lint --strict` does.
func TestLint(t *testing.T) {
	result := lint.RunAll(folder, nil, namespace, lint.WithKubeVersion(kubernetes(t)))
	for _, m := range result.Messages {
		if m.Severity >= support.WarningSev {
			t.Errorf("%v", m)
		}
	}
}

// plain takes away what Helm's objects have beside those of the manifests: its labels.
func plain(all objects) objects {
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, own := range []string{"app.kubernetes.io/instance", "app.kubernetes.io/managed-by", "helm.sh/chart"} {
				delete(v, own)
			}
			for name, inner := range v {
				walk(inner)
				if m, ok := inner.(map[string]any); ok && len(m) == 0 && (name == "labels" || name == "annotations") {
					delete(v, name)
				}
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	for _, o := range all {
		walk(o)
		if data, ok := o["data"].(map[string]any); ok && o["kind"] == "ConfigMap" {
			// What a file says counts, and not how it is written.
			for name, text := range data {
				var said any
				if yaml.Unmarshal([]byte(text.(string)), &said) == nil {
					data[name] = said
				}
			}
		}
	}
	return all
}

// TestSameAsManifests holds what the chart makes to what kustomize makes of the folder
// for the same. Meant differences: the labels of Helm, and the Namespace, which is
// Helm's to make (--create-namespace) and would be removed with what else is in it.
func TestSameAsManifests(t *testing.T) {
	for _, x := range []struct{ name, values, folders string }{
		{"nothing set", "", "self-signed"},
		{"nobody asks", "{registration: {enabled: false}, certificates: {from: secret}}", "base"},
		{"cert-manager", "{certificates: {from: cert-manager}}", "cert-manager"},
		{"closed while proven", "{registration: {failurePolicy: FailWhenProven}}", "self-signed fail-closed"},
		{"reports", "{audit: {interval: 5m}}", "self-signed reports"},
		{"all of it", "{certificates: {from: cert-manager}, registration: {failurePolicy: FailWhenProven}, audit: {interval: 5m}}", "cert-manager fail-closed reports"},
	} {
		t.Run(x.name, func(t *testing.T) {
			folders := strings.Fields(x.folders)
			manifests, _ := build(t, folders[0], folders[1:]...)
			require.Contains(t, manifests, "Namespace /charmarr-lint")
			delete(manifests, "Namespace /charmarr-lint")
			require.Empty(t, cmp.Diff(plain(manifests), plain(mustRender(t, x.values))))
		})
	}
}

// TestNamespace holds names, the registration and the exclusion of the webhook's own
// namespace to the release, and the registration to the one that the program prints.
func TestNamespace(t *testing.T) {
	for _, x := range []struct{ release, values, full string }{
		{"lint", "", "lint-charmarr-lint"},
		{"charmarr-lint-two", "", "charmarr-lint-two"},
		{"lint", "{fullnameOverride: door}", "door"},
		{"a-release-with-a-name-that-is-as-long-as-helm-lets-it", "", "a-release-with-a-name-that-charmarr-lint"},
	} {
		for _, fail := range []bool{false, true} {
			values := valuesOf(t, x.values)
			if fail {
				values["registration"] = map[string]any{"failurePolicy": "Fail"}
				values["certificates"] = map[string]any{"from": "cert-manager"}
			}
			text, err := yaml.Marshal(values)
			require.NoError(t, err)
			all, _, err := render(t, x.release, "123", string(text))
			require.NoError(t, err)
			for key, o := range all {
				switch o["kind"] {
				case "ClusterRole", "ClusterRoleBinding", "ValidatingWebhookConfiguration":
					continue
				}
				require.Equal(t, "123", at(t, o, "metadata", "namespace"), key)
			}
			webhookName := x.full + "-webhook"
			for key, o := range all {
				if strings.HasSuffix(o["kind"].(string), "Binding") {
					require.Equal(t, []any{map[string]any{"kind": "ServiceAccount", "name": webhookName, "namespace": "123"}}, o["subjects"], key)
				}
			}
			require.Contains(t, all, "Service 123/"+webhookName)

			got := all["ValidatingWebhookConfiguration /"+x.full]
			require.NotNil(t, got)
			printed := read(t, string(webhook.Configuration(webhook.Registration{
				Name: x.full, Namespace: `"123"`, Service: webhookName, CertManager: map[bool]string{true: "123/" + webhookName}[fail], Fail: fail,
			})))["ValidatingWebhookConfiguration /"+x.full]
			require.Empty(t, cmp.Diff(printed["webhooks"], got["webhooks"]))
			require.Equal(t, at(t, printed, "metadata", "annotations"), at(t, got, "metadata", "annotations"))
		}
	}
}

// TestValues renders values, and looks at what they are for.
func TestValues(t *testing.T) {
	args := func(all objects) []any {
		list, _ := at(t, all[pods], "spec", "template", "spec", "containers", 0, "args").([]any)
		return list
	}
	container := func(all objects, path ...any) any {
		return at(t, all[pods], append([]any{"spec", "template", "spec", "containers", 0}, path...)...)
	}
	for _, x := range []struct {
		name, values string
		look         func(*testing.T, objects)
	}{
		{"a digest", "{image: {digest: 'sha256:" + strings.Repeat("a", 64) + "', tag: v1}}", func(t *testing.T, all objects) {
			require.Equal(t, "ghcr.io/charmarr/charmarr-lint@sha256:"+strings.Repeat("a", 64), container(all, "image"))
		}},
		{"a mirror and a tag", "{image: {repository: 'registry.lan:5000/lint', tag: v1.2.3, pullPolicy: Always, pullSecrets: [mirror]}}", func(t *testing.T, all objects) {
			require.Equal(t, "registry.lan:5000/lint:v1.2.3", container(all, "image"))
			require.Equal(t, "Always", container(all, "imagePullPolicy"))
			require.Equal(t, "mirror", at(t, all[pods], "spec", "template", "spec", "imagePullSecrets", 0, "name"))
		}},
		{"one replica", "{replicas: 1}", func(t *testing.T, all objects) {
			require.EqualValues(t, 1, at(t, all[pods], "spec", "replicas"))
			require.NotContains(t, all, "PodDisruptionBudget charmarr-lint/charmarr-lint-webhook", "its node can be drained")
		}},
		{"three replicas, two of them there", "{replicas: 3, podDisruptionBudget: {minAvailable: 2}}", func(t *testing.T, all objects) {
			require.EqualValues(t, 2, at(t, all["PodDisruptionBudget charmarr-lint/charmarr-lint-webhook"], "spec", "minAvailable"))
		}},
		{"no policies about it", "{podDisruptionBudget: {enabled: false}, networkPolicy: {enabled: false}}", func(t *testing.T, all objects) {
			require.NotContains(t, all, "PodDisruptionBudget charmarr-lint/charmarr-lint-webhook")
			require.NotContains(t, all, "NetworkPolicy charmarr-lint/charmarr-lint-webhook")
		}},
		{"who may read reports", "{networkPolicy: {statusFrom: [{namespaceSelector: {matchLabels: {a: b}}}], egressPorts: [8443]}}", func(t *testing.T, all objects) {
			p := all["NetworkPolicy charmarr-lint/charmarr-lint-webhook"]
			require.Nil(t, at(t, p, "spec", "ingress", 0, "from"), "the API server is let in")
			require.EqualValues(t, 8080, at(t, p, "spec", "ingress", 1, "ports", 0, "port"))
			require.Equal(t, "b", at(t, p, "spec", "ingress", 1, "from", 0, "namespaceSelector", "matchLabels", "a"))
			require.EqualValues(t, 8443, at(t, p, "spec", "egress", 0, "ports", 0, "port"))
		}},
		{"where it runs", `{priorityClassName: "", nodeSelector: {a: b}, tolerations: [{operator: Exists}], affinity: {nodeAffinity: {}}, topologySpreadConstraints: [{maxSkew: 2, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}], resources: {requests: {cpu: 1}}, podAnnotations: {c: d}, podLabels: {e: f}}`, func(t *testing.T, all objects) {
			spec := at(t, all[pods], "spec", "template", "spec").(map[string]any)
			require.NotContains(t, spec, "priorityClassName")
			require.Equal(t, map[string]any{"a": "b"}, spec["nodeSelector"])
			require.Equal(t, []any{map[string]any{"operator": "Exists"}}, spec["tolerations"])
			require.Equal(t, at(t, all[pods], "spec", "selector"), at(t, spec, "topologySpreadConstraints", 0, "labelSelector"))
			require.Equal(t, "zone", at(t, spec, "topologySpreadConstraints", 0, "topologyKey"))
			require.Equal(t, "d", at(t, all[pods], "spec", "template", "metadata", "annotations", "c"))
			require.Equal(t, "f", at(t, all[pods], "spec", "template", "metadata", "labels", "e"))
		}},
		{"labels of all", "{extraLabels: {team: media}, policies: {a.rego: package a}, metrics: {serviceMonitor: {enabled: true}}}", func(t *testing.T, all objects) {
			require.Len(t, all, 16)
			for key, o := range all {
				require.Equal(t, "media", at(t, o, "metadata", "labels", "team"), key)
			}
			require.Equal(t, "media", at(t, all[pods], "spec", "template", "metadata", "labels", "team"))
			require.NotContains(t, at(t, all[pods], "spec", "selector", "matchLabels"), "team", "a selector cannot be changed")
		}},
		{"a certificate of one's own", "{certificates: {from: secret, secretName: mine, caBundle: " + quoted(pem) + "}}", func(t *testing.T, all objects) {
			require.Len(t, all, 9, "nothing of cert-manager's")
			require.Equal(t, "mine", at(t, all[pods], "spec", "template", "spec", "volumes", 0, "secret", "secretName"))
			for i := range 3 {
				require.Equal(t, base64.StdEncoding.EncodeToString([]byte(pem)), at(t, all[listed], "webhooks", i, "clientConfig", "caBundle"))
			}
			require.Nil(t, at(t, all[listed], "metadata", "annotations"))
		}},
		{"a name of its Secret and of the release", "{fullnameOverride: door, certificates: {secretName: kept}, registration: {failurePolicy: FailWhenProven, proofInterval: 5m}}", func(t *testing.T, all objects) {
			require.Contains(t, all, "Secret charmarr-lint/kept")
			require.Equal(t, []any{"kept"}, at(t, all["Role charmarr-lint/door-webhook-own"], "rules", 0, "resourceNames"))
			for _, name := range []string{"registration", "proof"} {
				rules, _ := all["ClusterRole /door-webhook-"+name]["rules"].([]any)
				require.Contains(t, rules, map[string]any{
					"apiGroups": []any{"admissionregistration.k8s.io"}, "resources": []any{"validatingwebhookconfigurations"},
					"resourceNames": []any{"door"}, "verbs": []any{"get", "update"},
				})
			}
			require.Contains(t, all, "ValidatingWebhookConfiguration /door")
			all[pods] = all["Deployment charmarr-lint/door-webhook"]
			require.Subset(t, args(all), []any{"--certificate-secret=kept", "--fail-closed", "--proof-interval=5m", "--registration=door"})
		}},
		{"nobody to fail closed", "{registration: {enabled: false, failurePolicy: FailWhenProven}}", func(t *testing.T, all objects) {
			require.NotContains(t, args(all), "--fail-closed")
			require.NotContains(t, all, "Namespace /charmarr-lint-proof")
		}},
		{"an issuer of one's own", "{certificates: {from: cert-manager, certManager: {issuerRef: {name: corp, kind: ClusterIssuer}, duration: 24h, renewBefore: 8h}}}", func(t *testing.T, all objects) {
			require.Len(t, all, 10, "no authority is made")
			c := all["Certificate charmarr-lint/charmarr-lint-webhook"]
			require.Equal(t, map[string]any{"name": "corp", "kind": "ClusterIssuer"}, at(t, c, "spec", "issuerRef"))
			require.Equal(t, "24h", at(t, c, "spec", "duration"))
		}},
		{"the API server's certificate", "{certificates: {clientCA: " + quoted(pem) + "}}", func(t *testing.T, all objects) {
			require.Contains(t, args(all), "--client-ca=/configuration/client-ca.crt")
			require.Equal(t, pem, at(t, all["ConfigMap charmarr-lint/charmarr-lint"], "data", "client-ca.crt"))
		}},
		{"a configuration", "{configuration: {profile: single-model, rules: {ops/*: {admission: 'off'}}}}", func(t *testing.T, all objects) {
			text := at(t, all["ConfigMap charmarr-lint/charmarr-lint"], "data", "charmarr-lint.yaml").(string)
			require.YAMLEq(t, "{version: 1, profile: single-model, rules: {ops/*: {admission: 'off'}}}", text)
			requireLoads(t, text)
		}},
		{"rules of one's own", "{policies: {a.rego: \"package a\\n\\n  b := 1\\n\", c.rego: package c}}", func(t *testing.T, all objects) {
			require.Contains(t, args(all), "--policies=/policies")
			require.Equal(t, map[string]any{"a.rego": "package a\n\n  b := 1\n", "c.rego": "package c"}, all["ConfigMap charmarr-lint/charmarr-lint-policies"]["data"])
			require.Equal(t, "charmarr-lint-policies", at(t, all[pods], "spec", "template", "spec", "volumes", 1, "configMap", "name"))
		}},
		{"Juju", "{juju: {enabled: true, secretName: juju, interval: 1m, budget: 5m}}", func(t *testing.T, all objects) {
			require.NotContains(t, args(all), "--no-juju")
			require.Contains(t, args(all), "--juju-interval=1m")
			require.Contains(t, args(all), "--juju-budget=5m")
			names := map[string]any{}
			env, _ := container(all, "env").([]any)
			for _, e := range env {
				e := e.(map[string]any)
				if ref := at(t, e, "valueFrom", "secretKeyRef"); ref != nil {
					require.Equal(t, e["name"], at(t, e, "valueFrom", "secretKeyRef", "key"))
					names[e["name"].(string)] = at(t, e, "valueFrom", "secretKeyRef", "optional")
				}
			}
			require.Equal(t, map[string]any{
				"JUJU_CONTROLLER_ADDRESSES": false, "JUJU_CA_CERT": true, "JUJU_USERNAME": true, "JUJU_PASSWORD": true, "JUJU_CLIENT_ID": true, "JUJU_CLIENT_SECRET": true,
			}, names)
		}},
		{"metrics", "{metrics: {annotations: true, serviceMonitor: {enabled: true, interval: 1m, labels: {release: prometheus}}}, service: {annotations: {a: b}}}", func(t *testing.T, all objects) {
			require.Equal(t, "true", at(t, all[pods], "spec", "template", "metadata", "annotations", "prometheus.io/scrape"))
			monitor := all["ServiceMonitor charmarr-lint/charmarr-lint-webhook"]
			require.Equal(t, "prometheus", at(t, monitor, "metadata", "labels", "release"))
			labels := at(t, all["Service charmarr-lint/charmarr-lint-webhook"], "metadata", "labels").(map[string]any)
			for name, value := range at(t, monitor, "spec", "selector", "matchLabels").(map[string]any) {
				require.Equal(t, value, labels[name], "the monitor finds the Service")
			}
			require.Equal(t, map[string]any{"a": "b"}, at(t, all["Service charmarr-lint/charmarr-lint-webhook"], "metadata", "annotations"))
		}},
		{"traces", "{traces: {endpoint: 'http://collector.telemetry:4318'}, networkPolicy: {extraEgress: [{ports: [{port: 4318, protocol: TCP}]}]}}", func(t *testing.T, all objects) {
			require.Contains(t, container(all, "env"), map[string]any{"name": "OTEL_EXPORTER_OTLP_ENDPOINT", "value": "http://collector.telemetry:4318"})
			require.EqualValues(t, 4318, at(t, all["NetworkPolicy charmarr-lint/charmarr-lint-webhook"], "spec", "egress", 2, "ports", 0, "port"))
		}},
		{"more flags", "{extraArgs: [--at-once=8], extraEnv: [{name: A, value: b}]}", func(t *testing.T, all objects) {
			require.Contains(t, args(all), "--at-once=8")
			require.Contains(t, container(all, "env"), map[string]any{"name": "A", "value": "b"})
		}},
	} {
		t.Run(x.name, func(t *testing.T) {
			all := mustRender(t, x.values)
			x.look(t, all)
			// Whatever is set, the pod stays as restricted as it is.
			require.Equal(t, map[string]any{
				"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": map[string]any{"drop": []any{"ALL"}},
			}, container(all, "securityContext"))
			require.Equal(t, true, at(t, all[pods], "spec", "template", "spec", "securityContext", "runAsNonRoot"))
			require.Equal(t, "RuntimeDefault", at(t, all[pods], "spec", "template", "spec", "securityContext", "seccompProfile", "type"))
			require.Equal(t, "none", at(t, all[pods], "spec", "template", "metadata", "labels", "istio.io/dataplane-mode"))
		})
	}
}

// TestRefusedValues refuses what would not work, and says why.
func TestRefusedValues(t *testing.T) {
	for name, x := range map[string]struct{ values, says string }{
		"a name that is none":           {"{replica: 3}", "additional properties 'replica' not allowed"},
		"a name that is none, deeper":   {"{image: {sha: a}}", "additional properties 'sha' not allowed"},
		"no replica":                    {"{replicas: 0}", "minimum: got 0, want 1"},
		"half a replica":                {"{replicas: 1.5}", "want integer"},
		"a digest that is none":         {"{image: {digest: latest}}", "/image/digest"},
		"a policy that is none":         {"{registration: {failurePolicy: fail}}", "/registration/failurePolicy"},
		"a certificate from nowhere":    {"{certificates: {from: vault}}", "/certificates/from"},
		"a CA that is none":             {"{certificates: {from: secret, caBundle: LS0t}}", "/certificates/caBundle"},
		"no CA":                         {"{certificates: {from: secret}}", "certificates.caBundle is empty"},
		"an issuer without a name":      {"{certificates: {from: cert-manager, certManager: {issuerRef: {kind: ClusterIssuer}}}}", "certificates.certManager.issuerRef has no name"},
		"Juju without a Secret":         {"{juju: {enabled: true}}", "juju.secretName is empty"},
		"a time that is none":           {"{juju: {interval: 2}}", "/juju/interval"},
		"a time that is none, either":   {"{juju: {interval: 2 minutes}}", "/juju/interval"},
		"a configuration of no version": {"{configuration: {version: 2}}", "/configuration/version"},
		"a policy of another language":  {"{policies: {a.cel: 'true'}}", "additional properties 'a.cel' not allowed"},
		"a flag that is none":           {"{extraArgs: [at-once]}", "/extraArgs/0"},
		"all of two have to be there":   {"{podDisruptionBudget: {minAvailable: 2}}", "no node that one runs on could be drained"},
		"a port that is none":           {"{networkPolicy: {egressPorts: [70000]}}", "/networkPolicy/egressPorts/0"},
		"no way to the API server":      {"{networkPolicy: {egressPorts: []}}", "/networkPolicy/egressPorts"},
		"a collector that is none":      {"{traces: {endpoint: 'collector:4318'}}", "/traces/endpoint"},
		"a label that is no text":       {"{extraLabels: {a: 1}}", "/extraLabels/a"},
		"a name with capitals":          {"{fullnameOverride: Lint}", "/fullnameOverride"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := render(t, release, namespace, x.values)
			require.ErrorContains(t, err, x.says)
		})
	}
}

// TestSchemaHasEveryValue holds values.yaml and its schema to each other, and every
// object of the schema to be closed.
func TestSchemaHasEveryValue(t *testing.T) {
	c := load(t)
	var schema map[string]any
	require.NoError(t, yaml.Unmarshal(c.Schema, &schema))
	var walk func(path string, schema map[string]any, values any)
	walk = func(path string, schema map[string]any, values any) {
		properties, ok := schema["properties"].(map[string]any)
		if !ok {
			return
		}
		if path != ".configuration" { // the program itself refuses what is not in it
			require.Equal(t, false, schema["additionalProperties"], path)
		}
		there, ok := values.(map[string]any)
		if !ok || len(there) == 0 {
			return // nothing is set there
		}
		names := slices.DeleteFunc(slices.Sorted(maps.Keys(properties)), func(n string) bool {
			return n == "global" || path == ".resources"
		})
		for _, name := range names {
			require.Contains(t, there, name, "values.yaml lacks %s.%s", path, name)
		}
		for name, value := range there {
			require.Contains(t, properties, name, "the schema lacks %s.%s", path, name)
			walk(path+"."+name, properties[name].(map[string]any), value)
		}
	}
	walk("", schema, c.Values)
}

// TestNotes holds the notes to name the next command.
func TestNotes(t *testing.T) {
	_, made, err := render(t, "lint", "doors", "")
	require.NoError(t, err)
	for _, says := range []string{
		"kubectl rollout status -n doors deployment/lint-charmarr-lint-webhook",
		"kubectl label namespace gluetun istio.io/dataplane-mode=ambient --dry-run=server",
		"helm upgrade lint CHART -n doors --reuse-values --set registration.failurePolicy=Fail",
		"kubectl delete validatingwebhookconfiguration lint-charmarr-lint",
		"/api/v1/namespaces/doors/services/lint-charmarr-lint-webhook:status/proxy/report/text",
	} {
		require.Contains(t, made.Info.Notes, says)
	}
	_, made, err = render(t, "lint", "doors", "{registration: {enabled: false}}")
	require.NoError(t, err)
	require.Contains(t, made.Info.Notes, "Nobody asks it")
	require.NotContains(t, made.Info.Notes, "--dry-run=server")
}

// requireLoads has the program read a configuration.
func requireLoads(t *testing.T, text string) {
	t.Helper()
	path := t.TempDir() + "/" + config.FileName
	require.NoError(t, write(path, text))
	_, err := config.Load(path)
	require.NoError(t, err)
}

func quoted(text string) string { return `"` + strings.ReplaceAll(text, "\n", `\n`) + `"` }

func write(path, text string) error { return os.WriteFile(path, []byte(text), 0o600) }
