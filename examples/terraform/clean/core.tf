module "manager" {
  source   = "./modules/manager"
  for_each = var.managers

  name       = each.key
  charm      = each.value
  channel    = var.charm_channel
  model_uuid = juju_model.core.uuid
  # What it is related to, by endpoint.
  beacon  = local.core_beacon
  storage = juju_application.storage.name
  gateway = module.ingress["arr"].name
  indexer = juju_application.prowlarr.name
  backup  = juju_offer.backup.url
}

resource "juju_application" "prowlarr" {
  name       = "prowlarr"
  model_uuid = juju_model.core.uuid
  trust      = true

  charm {
    name    = "prowlarr-k8s"
    channel = var.charm_channel
  }

  config = {
    api-key-rotation = "monthly"
  }
}

resource "juju_application" "flaresolverr" {
  name       = "flaresolverr"
  model_uuid = juju_model.core.uuid
  trust      = true

  charm {
    name    = "flaresolverr-k8s"
    channel = var.charm_channel
  }
}

resource "juju_application" "plex" {
  name       = "plex"
  model_uuid = juju_model.core.uuid
  trust      = true

  charm {
    name    = "plex-k8s"
    channel = var.charm_channel
  }

  config = {
    timezone = "Europe/Berlin"
  }
}

resource "juju_application" "seerr" {
  name       = "seerr"
  model_uuid = juju_model.core.uuid
  trust      = true

  charm {
    name    = "seerr-k8s"
    channel = var.charm_channel
  }

  config = {
    api-key-rotation = "monthly"
    # It serves at / only, so it has a port of its own on the gateway.
    ingress-port = 8080
  }
}

resource "juju_application" "storage" {
  name       = "storage"
  model_uuid = juju_model.core.uuid
  trust      = true

  charm {
    name    = "charmarr-storage-k8s"
    channel = var.charm_channel
  }

  config = {
    backend-type      = "native-nfs"
    nfs-server        = var.media.server
    nfs-path          = var.media.path
    size              = var.media.size
    cleanup-on-remove = false
  }
}

module "ingress" {
  source   = "./modules/ingress"
  for_each = toset(["arr", "media", "admin"])

  name       = "${each.key}-gateway"
  model_uuid = juju_model.core.uuid
  channel    = var.istio_channel
  admitted   = var.home_network
}

# Who is reached through which gateway. The managers' routes are in their module.
resource "juju_integration" "route" {
  for_each = {
    (juju_application.prowlarr.name) = "arr"
    (juju_application.seerr.name)    = "arr"
    (juju_application.plex.name)     = "media"
  }
  model_uuid = juju_model.core.uuid

  application {
    name     = each.key
    endpoint = "istio-ingress-route"
  }

  application {
    name     = module.ingress[each.value].name
    endpoint = "istio-ingress-route"
  }
}

resource "juju_integration" "challenges" {
  model_uuid = juju_model.core.uuid

  application {
    name     = juju_application.prowlarr.name
    endpoint = "flaresolverr"
  }

  application {
    name     = juju_application.flaresolverr.name
    endpoint = "flaresolverr"
  }
}

resource "juju_integration" "plex_storage" {
  model_uuid = juju_model.core.uuid

  application {
    name     = juju_application.plex.name
    endpoint = "media-storage"
  }

  application {
    name     = juju_application.storage.name
    endpoint = "media-storage"
  }
}

resource "juju_integration" "requests" {
  model_uuid = juju_model.core.uuid

  application {
    name     = juju_application.seerr.name
    endpoint = "media-server"
  }

  application {
    name     = juju_application.plex.name
    endpoint = "media-server"
  }
}

# Plex and Seerr ask every manager.
resource "juju_integration" "managers" {
  for_each = {
    for pair in setproduct([juju_application.plex.name, juju_application.seerr.name], keys(var.managers)) :
    "${pair[0]}-${pair[1]}" => { asking = pair[0], manager = pair[1] }
  }
  model_uuid = juju_model.core.uuid

  application {
    name     = each.value.asking
    endpoint = "media-manager"
  }

  application {
    name     = module.manager[each.value.manager].name
    endpoint = "media-manager"
  }
}
