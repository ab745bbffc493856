resource "juju_application" "qbittorrent" {
  name       = "qbittorrent"
  model_uuid = juju_model.downloads.uuid
  trust      = true

  charm {
    name    = "qbittorrent-k8s"
    channel = var.charm_channel
  }

  config = {
    credential-rotation = "monthly"
  }
}

resource "juju_application" "sabnzbd" {
  name       = "sabnzbd"
  model_uuid = juju_model.downloads.uuid
  trust      = true

  charm {
    name    = "sabnzbd-k8s"
    channel = var.charm_channel
  }

  config = {
    credential-rotation = "monthly"
  }
}

locals {
  clients = toset([
    juju_application.qbittorrent.name,
    juju_application.sabnzbd.name,
  ])

  # Every client with every manager.
  pairs = {
    for pair in setproduct(local.clients, keys(var.managers)) :
    "${pair[0]}-${pair[1]}" => { client = pair[0], manager = pair[1] }
  }
}

# Managers and clients meet across models: the managers are offered, the clients
# consume.
resource "juju_integration" "download" {
  for_each   = local.pairs
  model_uuid = juju_model.downloads.uuid

  application {
    name     = each.value.client
    endpoint = "download-client"
  }

  application {
    offer_url = module.manager[each.value.manager].offer_url
    endpoint  = "download-client"
  }
}

# The mesh lets a manager in only if it knows it by its own name.
resource "juju_integration" "identity" {
  for_each   = local.pairs
  model_uuid = juju_model.downloads.uuid

  application {
    name     = each.value.client
    endpoint = "provide-cmr-mesh"
  }

  application {
    offer_url = module.manager[each.value.manager].offer_url
    endpoint  = "require-cmr-mesh"
  }
}

resource "juju_integration" "client_storage" {
  for_each   = local.clients
  model_uuid = juju_model.downloads.uuid

  application {
    name     = each.key
    endpoint = "media-storage"
  }

  application {
    offer_url = juju_offer.storage.url
  }
}

# The clients' pages are for administrators.
resource "juju_integration" "client_route" {
  for_each   = local.clients
  model_uuid = juju_model.downloads.uuid

  application {
    name     = each.key
    endpoint = "istio-ingress-route"
  }

  application {
    offer_url = juju_offer.admin_gateway.url
  }
}
