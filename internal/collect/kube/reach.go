package kube

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/client-go/rest"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Reach returns the address of the API server that the options name, and what knows
// how to log in there, for who has something else to do there than to read.
func (o Options) Reach() (address string, client *http.Client, err error) {
	name, config, err := o.config()
	if err != nil {
		return "", nil, err
	}
	config.UserAgent = o.userAgent()
	base, _, err := rest.DefaultServerUrlFor(config)
	if err == nil {
		client, err = rest.HTTPClientFor(config)
	}
	if err != nil {
		return "", nil, fmt.Errorf("connecting to cluster %q: %s", name, snapshot.RedactText(err.Error()))
	}
	return base.String(), client, nil
}

// Namespace is the namespace of the pod that the program runs in, by its service
// account; false where it runs in none.
func (o Options) Namespace() (string, bool) {
	if o.InCluster == nil {
		return "", false
	}
	text, err := os.ReadFile(filepath.Join(cmp.Or(o.InCluster.Account, accountFolder), "namespace"))
	name := strings.TrimSpace(string(text))
	return name, err == nil && name != ""
}
