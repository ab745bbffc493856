package admission

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/test/deployment"
)

// A request without the object that it is about is not judged, and says so: it is
// not taken for one that changes nothing.
func TestRequestsWithoutTheirObjects(t *testing.T) {
	policy := `{"metadata": {"name": "p", "namespace": "core"}, "spec": {"podSelector": {}}}`
	for name, tt := range map[string]struct {
		req  Request
		fine bool
	}{
		"made":              {Request{Operation: Create, Object: policy}, true},
		"made of nothing":   {Request{Operation: Create}, false},
		"made of null":      {Request{Operation: Create, Object: "null"}, false},
		"changed":           {Request{Operation: Update, Object: policy, Old: policy}, true},
		"changed from what": {Request{Operation: Update, Object: policy}, false},
		"changed to what":   {Request{Operation: Update, Old: policy}, false},
		"deleted":           {Request{Operation: Delete, Old: policy}, true},
		"deleted what":      {Request{Operation: Delete, Old: "null"}, false},
	} {
		tt.req.Group, tt.req.Version, tt.req.Kind = "networking.k8s.io", "v1", "NetworkPolicy"
		tt.req.Namespace, tt.req.Name = "core", "p"
		_, err := read(snapshot.Snapshot{}, tt.req)
		require.Equal(t, tt.fine, err == nil, "%s: %v", name, err)
	}
}

// TestWrittenAgain: what is written again as it is changes nothing, whatever is wrong
// with it; what says nothing was not judged.
func TestWrittenAgain(t *testing.T) {
	c := newCourt(t, config.Default())
	d, _, err := deployment.Apply(deployment.Clean(), "policy-widens")
	require.NoError(t, err)
	all := objects(t, d)
	v := c.view(t, all)
	for name, text := range all {
		a, err := c.Decide(t.Context(), v, request(t, text, text))
		require.NoError(t, err)
		require.Equal(t, Answer{Allowed: true}, a, name)
	}
	req := Request{Operation: Update, Group: "networking.k8s.io", Version: "v1", Kind: "NetworkPolicy", Namespace: "charmarr-downloads", Name: "p", Object: "null", Old: "null"}
	a, err := c.Decide(t.Context(), v, req)
	require.NoError(t, err)
	require.True(t, a.Allowed)
	require.Contains(t, a.Warnings[0], "was not judged")
}
