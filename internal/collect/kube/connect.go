package kube

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	_ "k8s.io/client-go/plugin/pkg/client/auth/oidc" // a kubeconfig may name it; plugins that are programs need no import
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Pod is what a pod knows of the cluster that it runs in.
type Pod struct {
	// Host and Port are the API server's: KUBERNETES_SERVICE_HOST and
	// KUBERNETES_SERVICE_PORT of the environment.
	Host, Port string
	// Account is the folder with the token and the CA certificate of the pod's
	// service account; empty is where Kubernetes mounts it.
	Account string
}

// accountFolder is where Kubernetes mounts a pod's service account.
const accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

// target is a cluster that can be asked.
type target struct {
	name   string // for places and gaps
	client *client
}

// connect makes the client of the cluster that the options name. It sends
// nothing yet.
func (o Options) connect() (target, error) {
	name, config, err := o.config()
	if err != nil {
		return target{}, err
	}
	config.UserAgent = o.userAgent()
	c, err := newClient(config, o.RequestLimit)
	if err != nil {
		return target{}, fmt.Errorf("connecting to cluster %q: %s", name, snapshot.RedactText(err.Error()))
	}
	return target{name: name, client: c}, nil
}

// userAgent is how requests name who sends them.
func (o Options) userAgent() string {
	return fmt.Sprintf("charmarr-lint/%s (%s/%s)", cmp.Or(o.Version, "unknown"), runtime.GOOS, runtime.GOARCH)
}

func (o Options) config() (string, *rest.Config, error) {
	if o.InCluster != nil {
		config, err := o.InCluster.config()
		return "in-cluster", config, err
	}
	return o.fromKubeconfig()
}

func (p Pod) config() (*rest.Config, error) {
	const what = "connecting to the cluster that this runs in"
	if p.Host == "" || p.Port == "" {
		return nil, errors.New(what + ": KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set, so this is no pod: use a kubeconfig")
	}
	folder := p.Account
	if folder == "" {
		folder = accountFolder
	}
	token, ca := filepath.Join(folder, "token"), filepath.Join(folder, "ca.crt")
	for _, path := range []string{token, ca} {
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("%s: its service account has no %s: set automountServiceAccountToken on the pod: %w", what, filepath.Base(path), err)
		}
	}
	return &rest.Config{
		Host:            "https://" + net.JoinHostPort(p.Host, p.Port),
		BearerTokenFile: token, // read again when it is renewed
		TLSClientConfig: rest.TLSClientConfig{CAFile: ca},
	}, nil
}

// fromKubeconfig returns the name of the context and how to reach its cluster.
func (o Options) fromKubeconfig() (string, *rest.Config, error) {
	loaded, err := o.load()
	if err != nil {
		return "", nil, err
	}
	name := o.Context
	if name == "" {
		name = loaded.CurrentContext
	}
	known := make([]string, 0, len(loaded.Contexts))
	for k := range loaded.Contexts {
		known = append(known, k)
	}
	slices.Sort(known)
	files := strings.Join(o.Kubeconfig, ", ")
	switch {
	case name == "":
		return "", nil, fmt.Errorf("reading kubeconfig %s: it has no current context: name one, it has %s", files, listed(known))
	case loaded.Contexts[name] == nil:
		return "", nil, fmt.Errorf("reading kubeconfig %s: it has no context %q, it has %s", files, name, listed(known))
	}
	config, err := clientcmd.NewNonInteractiveClientConfig(*loaded, name, &clientcmd.ConfigOverrides{}, nil).ClientConfig()
	if err != nil {
		return "", nil, fmt.Errorf("reading context %q of kubeconfig %s: %s", name, files, snapshot.RedactText(err.Error()))
	}
	return name, config, nil
}

// load reads and merges the kubeconfig files. One that is not there is passed
// over, as kubectl does, as long as another is.
func (o Options) load() (*clientcmdapi.Config, error) {
	var there []string
	var missing error
	for _, path := range o.Kubeconfig {
		_, err := os.Stat(path)
		switch {
		case err == nil:
			there = append(there, path)
		case errors.Is(err, fs.ErrNotExist):
			missing = err
		default:
			return nil, fmt.Errorf("reading kubeconfig: %w", err)
		}
	}
	switch {
	case len(there) == 0 && missing != nil:
		return nil, fmt.Errorf("reading kubeconfig: %w: name the file that kubectl uses", missing)
	case len(there) == 0:
		return nil, errors.New("reading kubeconfig: no file is named: name the one that kubectl uses")
	}
	loaded, err := (&clientcmd.ClientConfigLoadingRules{Precedence: there}).Load()
	if err != nil {
		return nil, fmt.Errorf("reading kubeconfig: %s", snapshot.RedactText(err.Error()))
	}
	return loaded, nil
}

// listed writes a list for a sentence: "a, b and c".
func listed(names []string) string {
	switch len(names) {
	case 0:
		return "none"
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
