package charmurl_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/charmurl"
)

func TestURLs(t *testing.T) {
	for url, want := range map[string]struct {
		name     string
		revision int
	}{
		"radarr-k8s":                     {"radarr-k8s", -1},
		"ch:amd64/radarr-k8s-12":         {"radarr-k8s", 12},
		"ch:amd64/jammy/radarr-k8s-12":   {"radarr-k8s", 12},
		"ch:radarr-k8s":                  {"radarr-k8s", -1},
		"cs:~me/focal/radarr-3":          {"radarr", 3},
		"local:radarr-k8s-0":             {"radarr-k8s", 0},
		"./radarr-k8s":                   {"radarr-k8s", -1},
		"./build/radarr-k8s_amd64.charm": {"radarr-k8s", -1},
		"/a/radarr-k8s_r12.charm":        {"radarr-k8s", -1},
		"radarr-99999999999999":          {"radarr-99999999999999", -1},
		"":                               {"", -1},
		"ch:":                            {"", -1},
	} {
		t.Run(url, func(t *testing.T) {
			require.Equal(t, want.name, charmurl.Name(url))
			require.Equal(t, want.revision, charmurl.Revision(url))
		})
	}
}
