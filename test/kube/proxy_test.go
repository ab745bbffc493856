package kube

import (
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"

	"github.com/charmarr/charmarr-lint/internal/collect/kube"
	"github.com/charmarr/charmarr-lint/test/kube/controlplane"
)

// through returns the options of a reading through a proxy with every right.
func through(t testing.TB, meddle controlplane.Meddle) kube.Options {
	t.Helper()
	proxy, err := plane.Proxy(meddle)
	require.NoError(t, err)
	t.Cleanup(proxy.Close)
	return options(t, &rest.Config{Host: proxy.URL})
}
