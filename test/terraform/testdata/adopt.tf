# What a controller has already, by the resources of the example that stand for it.

variable "core" {
  type = string
}

variable "downloads" {
  type = string
}

variable "gluetun" {
  type = string
}

variable "velero" {
  type = string
}

import {
  to = juju_model.core
  id = var.core
}

import {
  to = juju_model.downloads
  id = var.downloads
}

import {
  to = juju_model.vpn[0]
  id = var.gluetun
}

import {
  to = juju_model.backup
  id = var.velero
}

import {
  for_each = var.managers
  to       = module.manager[each.key].juju_application.this
  id       = "${var.core}:${each.key}"
}

import {
  for_each = toset(["arr", "media", "admin"])
  to       = module.ingress[each.key].juju_application.this
  id       = "${var.core}:${each.key}-gateway"
}

import {
  to = juju_application.prowlarr
  id = "${var.core}:prowlarr"
}

import {
  to = juju_application.flaresolverr
  id = "${var.core}:flaresolverr"
}

import {
  to = juju_application.plex
  id = "${var.core}:plex"
}

import {
  to = juju_application.seerr
  id = "${var.core}:seerr"
}

import {
  to = juju_application.storage
  id = "${var.core}:storage"
}

import {
  to = juju_application.core_beacon[0]
  id = "${var.core}:beacon"
}

import {
  to = juju_application.downloads_beacon[0]
  id = "${var.downloads}:beacon"
}

import {
  to = juju_application.qbittorrent
  id = "${var.downloads}:qbittorrent"
}

import {
  to = juju_application.sabnzbd
  id = "${var.downloads}:sabnzbd"
}

import {
  to = juju_application.gluetun[0]
  id = "${var.gluetun}:gluetun"
}

import {
  to = juju_application.velero
  id = "${var.velero}:velero"
}

import {
  to = juju_secret.wireguard[0]
  id = "${var.gluetun}:wireguard-key"
}

import {
  to = juju_access_secret.wireguard[0]
  id = "${var.gluetun}:wireguard-key"
}

import {
  for_each = var.managers
  to       = module.manager[each.key].juju_offer.this
  id       = "admin/charmarr-core.${each.key}"
}

import {
  to = juju_offer.storage
  id = "admin/charmarr-core.storage"
}

import {
  to = juju_offer.admin_gateway
  id = "admin/charmarr-core.admin-gateway"
}

import {
  to = juju_offer.vpn[0]
  id = "admin/gluetun.gluetun"
}

import {
  to = juju_offer.backup
  id = "admin/velero.velero"
}

# Relations: the provider's end, then the requirer's.
import {
  for_each = var.managers
  to       = module.manager[each.key].juju_integration.mesh[0]
  id       = "${var.core}:beacon:service-mesh:${each.key}:service-mesh"
}

import {
  for_each = var.managers
  to       = module.manager[each.key].juju_integration.core["media-storage"]
  id       = "${var.core}:storage:media-storage:${each.key}:media-storage"
}

import {
  for_each = var.managers
  to       = module.manager[each.key].juju_integration.core["istio-ingress-route"]
  id       = "${var.core}:arr-gateway:istio-ingress-route:${each.key}:istio-ingress-route"
}

import {
  for_each = var.managers
  to       = module.manager[each.key].juju_integration.core["media-indexer"]
  id       = "${var.core}:prowlarr:media-indexer:${each.key}:media-indexer"
}

import {
  for_each = var.managers
  to       = module.manager[each.key].juju_integration.backup
  id       = "${var.core}:${each.key}:velero-backup-config:velero:velero-backups"
}

import {
  for_each = { prowlarr = "arr", seerr = "arr", plex = "media" }
  to       = juju_integration.route[each.key]
  id       = "${var.core}:${each.value}-gateway:istio-ingress-route:${each.key}:istio-ingress-route"
}

import {
  to = juju_integration.challenges
  id = "${var.core}:flaresolverr:flaresolverr:prowlarr:flaresolverr"
}

import {
  to = juju_integration.plex_storage
  id = "${var.core}:storage:media-storage:plex:media-storage"
}

import {
  to = juju_integration.requests
  id = "${var.core}:plex:media-server:seerr:media-server"
}

import {
  for_each = {
    for pair in setproduct(["plex", "seerr"], keys(var.managers)) : "${pair[0]}-${pair[1]}" => pair
  }
  to = juju_integration.managers[each.key]
  id = "${var.core}:${each.value[1]}:media-manager:${each.value[0]}:media-manager"
}

import {
  for_each = toset(["flaresolverr", "plex", "prowlarr", "seerr", "storage"])
  to       = juju_integration.core_mesh[each.key]
  id       = "${var.core}:beacon:service-mesh:${each.key}:service-mesh"
}

import {
  for_each = toset(["plex", "prowlarr", "seerr"])
  to       = juju_integration.core_backup[each.key]
  id       = "${var.core}:${each.key}:velero-backup-config:velero:velero-backups"
}

import {
  for_each = toset(["qbittorrent", "sabnzbd"])
  to       = juju_integration.downloads_mesh[each.key]
  id       = "${var.downloads}:beacon:service-mesh:${each.key}:service-mesh"
}

import {
  for_each = {
    for pair in setproduct(["qbittorrent", "sabnzbd"], keys(var.managers)) : "${pair[0]}-${pair[1]}" => pair
  }
  to = juju_integration.download[each.key]
  id = "${var.downloads}:${each.value[0]}:download-client:${each.value[1]}:download-client"
}

import {
  for_each = {
    for pair in setproduct(["qbittorrent", "sabnzbd"], keys(var.managers)) : "${pair[0]}-${pair[1]}" => pair
  }
  to = juju_integration.identity[each.key]
  id = "${var.downloads}:${each.value[0]}:provide-cmr-mesh:${each.value[1]}:require-cmr-mesh"
}

import {
  for_each = toset(["qbittorrent", "sabnzbd"])
  to       = juju_integration.client_storage[each.key]
  id       = "${var.downloads}:storage:media-storage:${each.key}:media-storage"
}

import {
  for_each = toset(["qbittorrent", "sabnzbd"])
  to       = juju_integration.client_route[each.key]
  id       = "${var.downloads}:admin-gateway:istio-ingress-route:${each.key}:istio-ingress-route"
}

import {
  for_each = toset(["qbittorrent", "sabnzbd"])
  to       = juju_integration.vpn[each.key]
  id       = "${var.downloads}:gluetun:vpn-gateway:${each.key}:vpn-gateway"
}

import {
  for_each = toset(["qbittorrent", "sabnzbd"])
  to       = juju_integration.client_backup[each.key]
  id       = "${var.downloads}:${each.key}:velero-backup-config:velero:velero-backups"
}
