package server_test

import (
	"github.com/juju/juju/api/client/applicationoffers"
	"github.com/juju/juju/core/crossmodel"
	"github.com/juju/tc"
)

// media is Charmarr in three models, and one that nobody but the admin sees.
func (s *suite) media(c *tc.C) {
	gluetun := s.world(c, "gluetun")
	gluetun.deploy("gluetun", "gluetun-k8s", "latest/edge", 31, 1, nil)
	gluetun.set("gluetun", map[string]string{
		"trust": "true", "cluster-cidrs": "10.1.0.0/16,10.152.183.0/24", "wireguard-private-key": canary + "-wireguard",
	})
	gluetun.offer("vpn", "gluetun", "vpn-gateway")

	core := s.world(c, "charmarr-core")
	core.space("media")
	core.deploy("radarr", "radarr-k8s", "latest/stable", 12, 2, map[string]string{"download-client": "media"})
	core.deploy("prowlarr", "prowlarr-k8s", "latest/stable", 7, 1, nil)
	core.deploy("idle", "prowlarr-k8s", "latest/candidate", 6, 0, nil)
	core.set("radarr", map[string]string{
		"quality": "any", // which is the default
		"port":    "7979", "api-key": canary + "-config", "announce": "false",
	})
	core.set("prowlarr", map[string]string{"trust": "true"})
	c.Assert(core.apps.Expose(c.Context(), "radarr", nil), tc.ErrorIsNil)
	indexers := core.integrate("radarr:indexer", "prowlarr:indexer")
	core.publish(indexers, "prowlarr", map[string]string{
		"url":    "http://prowlarr:9696",
		"config": `{"host":"prowlarr","api_key":"` + canary + `-databag"}`,
		"secret": "secret:d0000000000000000000",
	}, "prowlarr/0")
	core.publish(indexers, "radarr", map[string]string{"wants": "movies"}, "radarr/0", "radarr/1")
	core.offer("indexers", "prowlarr", "indexer")
	core.secret("indexer-account", "prowlarr", "radarr")

	downloads := s.world(c, "charmarr-downloads")
	downloads.deploy("qbittorrent", "qbittorrent-k8s", "latest/stable", 3, 1, nil)
	here := s.OpenControllerAPI(c)
	downloads.consume("vpn", "admin/gluetun.vpn", here, nil)
	downloads.consume("indexers", "admin/charmarr-core.indexers", here, nil)
	downloads.integrate("qbittorrent:vpn-gateway", "vpn:vpn-gateway")

	private := s.world(c, "private")
	private.deploy("sonarr", "radarr-k8s", "latest/stable", 12, 1, nil)

	s.user(c, "reader", "charmarr-core")
	s.user(c, "stranger", "")
	s.user(c, "guest", "charmarr-downloads")
	offers := applicationoffers.NewClient(s.OpenControllerAPI(c))
	c.Assert(offers.GrantOffer(c.Context(), "guest", "consume", "admin/gluetun.vpn"), tc.ErrorIsNil)
}

// edge is a model that consumes offers of another controller.
func (s *suite) edge(c *tc.C) {
	o := asked.Other
	from := s.other(c)
	home := &crossmodel.ControllerInfo{ControllerUUID: o.UUID, Alias: o.Name, Addrs: []string{o.Address}, CACert: o.CACert}
	edge := s.world(c, "edge-downloads")
	edge.deploy("qbittorrent", "qbittorrent-k8s", "latest/stable", 3, 1, nil)
	edge.consume("vpn", "admin/gluetun.vpn", from, home)
	edge.integrate("qbittorrent:vpn-gateway", "vpn:vpn-gateway")
}
