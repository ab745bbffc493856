package live

import (
	"encoding/base64"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/test/deployment"
)

// canaries hands out secrets of the forms in which Charmarr has them, and knows
// them again.
type canaries struct{ all []string }

func (c *canaries) keep(secret string) string {
	c.all = append(c.all, secret)
	return secret
}

// wireguard returns a WireGuard key: 32 bytes in base64.
func (c *canaries) wireguard() string {
	return c.keep(base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "canary-wireguard-key-of-32-b-%03d", len(c.all))))
}

// apiKey returns a key as Radarr and its like have it: 32 hexadecimal digits.
func (c *canaries) apiKey() string {
	return c.keep(fmt.Sprintf("cafe0d3adb33fcafe0d3adb33fcaf%03d", len(c.all)))
}

func (c *canaries) password() string {
	return c.keep(fmt.Sprintf("canary-correct-horse-%03d", len(c.all)))
}

// token returns a JSON web token.
func (c *canaries) token() string {
	part := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	return c.keep(part(`{"alg":"HS256"}`) + "." + part(fmt.Sprintf(`{"sub":"canary-%03d"}`, len(c.all))) + "." + part("canary-signature"))
}

// TestNoSecretComesOut plants secrets wherever either server has room for one that
// is read, or beside it, and searches all that the program writes: none appears.
func TestNoSecretComesOut(t *testing.T) {
	c := &canaries{}
	d, _, err := deployment.Apply(base(), possible()...)
	require.NoError(t, err)
	plantInDeployment(c, d)
	declared, err := d.Declared()
	require.NoError(t, err)
	plantInJuju(c, &declared)
	w := startWith(t, d, declared)
	require.NoError(t, plane.Apply(t.Context(), []byte(canaryObjects(c, d)+canariesBeside(c))))
	require.Greater(t, len(c.all), 50)

	s := w.session(t)
	formats := []string{"text", "json", "sarif", "sarif-full", "junit", "github", "markdown", "html"}
	args := []string{"audit", "-v", "--save", "saved.json", "-o", "json=report.json"}
	for _, f := range formats[2:] {
		args = append(args, "-o", f+"=report."+f)
	}
	whole := s.run(t, args...)
	require.Equal(t, 1, whole.code, whole.stderr)
	r, err := os.ReadFile(filepath.Join(s.folder, "report.json"))
	require.NoError(t, err)
	require.Empty(t, parsed(t, string(r)).Gaps, "what is not read gives nothing away, and proves nothing")
	outputs := map[string]string{"text": whole.stdout, "standard error": whole.stderr}
	// What is laid over it comes from files, with secrets of their own.
	overlay := canaryObjects(c, d)
	require.NoError(t, os.WriteFile(filepath.Join(s.folder, "overlay.yaml"), []byte(overlay), 0o600))
	for _, args := range [][]string{
		{"audit"},
		{"audit", "-q"},
		{"audit", "-v", "overlay.yaml"},
		{"audit", "-v", "-f", "sarif-full", "overlay.yaml"},
		{"check", "-v", "saved.json", "overlay.yaml"},
		{"check", "-v", "saved.json"},
		{"snapshot", "-v", "saved.json"},
		{"graph", "-f", "html", "saved.json"},
		{"graph", "-f", "dot", "saved.json"},
		{"init", "saved.json"},
		{"explain", parsed(t, string(r)).Findings[0].Fingerprint},
		{"audit", "-v", "--timeout", "1ms"},
		{"audit", "-v", "--controller", "nowhere"},
	} {
		got := s.run(t, args...)
		outputs[strings.Join(args, " ")] = got.stdout + got.stderr
	}
	// A login that fails is told of without what it was tried with.
	for name, env := range map[string][]string{
		"wrong password":  {"JUJU_USERNAME=admin", "JUJU_PASSWORD=" + c.password()},
		"service account": {"JUJU_CLIENT_ID=robot", "JUJU_CLIENT_SECRET=" + c.password()},
	} {
		env = append(env, "JUJU_CONTROLLER_ADDRESSES="+w.juju.Address, "JUJU_CA_CERT="+w.juju.CACert, "KUBECONFIG="+w.kubeconfig)
		got := newSession(t, env...).run(t, "audit", "-v")
		outputs[name] = got.stdout + got.stderr
	}
	require.NoError(t, os.Remove(filepath.Join(s.folder, "overlay.yaml")))
	files := 0
	for _, root := range []string{s.folder, strings.TrimPrefix(s.env[1], "XDG_CACHE_HOME=")} {
		require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			outputs[path] = string(text)
			files++
			return err
		}))
	}
	require.Equal(t, len(formats)-1+2+1, files, "reports, the snapshot, what init wrote and the last report")
	for name, text := range outputs {
		for _, secret := range c.all {
			require.NotContains(t, text, secret, name)
		}
		require.NotContains(t, text, "canary-0d3adb33f", "%s shows the value of a Juju secret", name)
	}
}

// plantInDeployment plants secrets in what Juju and Kubernetes both show.
func plantInDeployment(c *canaries, d *deployment.Deployment) {
	for _, m := range d.Models {
		for _, a := range m.Applications {
			if a.Options == nil {
				a.Options = map[string]any{}
			}
			a.Options["wireguard-private-key"] = c.wireguard()
			a.Options["custom-overrides"] = "SERVER=one\nWIREGUARD_PRESHARED_KEY=" + c.wireguard() + "\nOPENVPN_PASSWORD=" + c.password()
			a.Options["extra"] = `{"api_key": "` + c.apiKey() + `", "note": "Authorization: Bearer ` + c.token() + `"}`
			a.Options["proxy"] = "http://user:" + c.password() + "@proxy:3128"
			a.Message = "cannot log in: password=" + c.password() + ", key " + c.wireguard() + ", " + c.token()
			a.Kube.PodAnnotations = map[string]string{
				"note": "token: " + c.token(), "api-key": c.apiKey(),
				"kubectl.kubernetes.io/last-applied-configuration": `{"env":[{"name":"API_KEY","value":"` + c.apiKey() + `"}]}`,
			}
			if a.Charm == "qbittorrent-k8s" {
				a.Kube.Settings = map[string]string{"VPN_PASSWORD": c.password(), "WG_PRIVATE_KEY": c.wireguard()}
			}
		}
	}
}

// plantInJuju plants secrets in what only a controller has.
func plantInJuju(c *canaries, d *deployment.Declared) {
	for i := range d.Models {
		m := &d.Models[i]
		for j := range m.Databags {
			m.Databags[j].Data["api-key"] = c.apiKey()
			m.Databags[j].Data["more"] = `{"list":[{"password":"` + c.password() + `"}],"text":"` + c.token() + `"}`
			m.Databags[j].Data["peer"] = c.wireguard()
		}
		for j := range m.Secrets {
			m.Secrets[j].Label = "password=" + c.password()
		}
	}
}

// canaryObjects are objects of a cluster with secrets in them.
func canaryObjects(c *canaries, d *deployment.Deployment) string {
	return fmt.Sprintf(`
apiVersion: v1
kind: Secret
metadata: {name: wireguard, namespace: %[1]s, labels: {note: %[2]s}, annotations: {password: %[3]s}}
stringData: {private-key: %[4]s}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: juju-service-mesh-other-labels, namespace: %[1]s, annotations: {api-key: %[5]s}}
data: {labels: '{"password": "%[6]s"}', settings.sh: "WG_PRIVATE_KEY=%[7]s"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: unread, namespace: %[1]s}
data: {key: %[8]s}
---
apiVersion: v1
kind: Pod
metadata: {name: by-hand, namespace: %[1]s, annotations: {auth-token: %[9]s}}
spec:
  containers:
  - name: main
    image: registry.invalid/x
    command: [sh, -c, "curl -u admin:%[10]s http://user:%[11]s@host; export API_KEY=%[12]s"]
    args: ["--password=%[13]s", "--token", "%[14]s"]
    env:
    - {name: WIREGUARD_PRIVATE_KEY, value: "%[15]s"}
    - {name: gateway, value: "password=%[16]s"}
    - {name: FIREWALL_OUTBOUND_SUBNETS, value: "10.0.0.0/8 %[17]s"}
status:
  phase: Pending
  message: "password=%[18]s"
  containerStatuses:
  - {name: main, image: x, imageID: x, ready: false, restartCount: 0, state: {waiting: {reason: Error, message: "token=%[19]s"}}}
---
apiVersion: v1
kind: Service
metadata: {name: by-hand, namespace: %[1]s, annotations: {charmarr-lint.io/note: "api_key=%[20]s"}}
spec: {ports: [{port: 80}], selector: {app: by-hand}}
`, d.Gateway,
		c.keep("canary-label-of-a-secret"), c.password(), c.wireguard(), c.apiKey(), c.password(), c.wireguard(), c.apiKey(), c.token(),
		c.password(), c.password(), c.apiKey(), c.password(), c.token(), c.wireguard(), c.password(), c.wireguard(),
		c.password(), c.token(), c.apiKey())
}

// canariesBeside are objects in namespaces that are no models, of which little is
// read.
func canariesBeside(c *canaries) string {
	return fmt.Sprintf(`---
apiVersion: v1
kind: Namespace
metadata: {name: tenant, labels: {password: %[1]s}, annotations: {note: "password=%[2]s"}}
---
apiVersion: v1
kind: Namespace
metadata: {name: kube-flannel, labels: {api-key: %[3]s}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-flannel-ds, namespace: kube-flannel, annotations: {api-key: %[4]s, note: "token: %[5]s"}}
spec:
  selector: {matchLabels: {app: flannel}}
  template:
    metadata: {labels: {app: flannel}, annotations: {auth-token: "%[6]s"}}
    spec:
      containers:
      - {name: kube-flannel, image: x, args: ["--etcd-password=%[7]s"], env: [{name: BACKEND_PRIVATE_KEY, value: "%[8]s"}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod-old, namespace: istio-system, labels: {app: istiod}, annotations: {password: "%[9]s"}}
spec:
  selector: {matchLabels: {app: istiod}}
  template:
    metadata: {labels: {app: istiod}}
    spec: {containers: [{name: discovery, image: x, env: [{name: CA_TOKEN, value: "%[10]s"}]}]}
`, c.password(), c.password(), c.password(), c.apiKey(), c.token(), c.token(), c.password(), c.wireguard(), c.password(), c.token())
}
