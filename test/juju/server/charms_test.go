package server_test

import (
	"strings"

	"github.com/juju/juju/domain/deployment/charm"
	"github.com/juju/tc"
)

// charms are the charms of the estates: metadata and options.
var charms = map[string][2]string{
	"radarr-k8s": {`
containers: {radarr: {}}
requires:
  indexer: {interface: media-indexer}
  download-client: {interface: media-download-client}
peers:
  peers: {interface: charmarr-peers}
`, `
  quality: {type: string, default: any}
  api-key: {type: string, default: ""}
  port: {type: int, default: 7878}
  announce: {type: boolean, default: true}
`},
	"prowlarr-k8s": {`
containers: {prowlarr: {}}
provides:
  indexer: {interface: media-indexer}
peers:
  peers: {interface: charmarr-peers}
`, ""},
	"qbittorrent-k8s": {`
containers: {qbittorrent: {}}
provides:
  download-client: {interface: media-download-client}
requires:
  vpn-gateway: {interface: vpn-gateway}
`, ""},
	"gluetun-k8s": {`
containers: {gluetun: {}}
provides:
  vpn-gateway: {interface: vpn-gateway}
`, `
  cluster-cidrs: {type: string, default: ""}
  wireguard-private-key: {type: string, default: ""}
`},
}

// charmOf reads a charm.
func charmOf(c *tc.C, name string) charm.Charm {
	meta, err := charm.ReadMeta(strings.NewReader("name: " + name + "\nsummary: s\ndescription: d\n" + charms[name][0]))
	c.Assert(err, tc.ErrorIsNil)
	manifest, err := charm.ReadManifest(strings.NewReader("bases: [{name: ubuntu, channel: 24.04/stable, architectures: [amd64]}]\n"))
	c.Assert(err, tc.ErrorIsNil)
	options := "options:" + charms[name][1]
	if charms[name][1] == "" {
		options = "options: {}"
	}
	config, err := charm.ReadConfig(strings.NewReader(options))
	c.Assert(err, tc.ErrorIsNil)
	return charm.NewCharmBase(meta, manifest, config, nil)
}
