# A beacon in each model that is on the mesh. The VPN gateway's model has none.
resource "juju_application" "core_beacon" {
  count      = var.enable_mesh ? 1 : 0
  name       = "beacon"
  model_uuid = juju_model.core.uuid
  trust      = true

  charm {
    name    = "istio-beacon-k8s"
    channel = var.istio_channel
  }
}

resource "juju_application" "downloads_beacon" {
  count      = var.enable_mesh ? 1 : 0
  name       = "beacon"
  model_uuid = juju_model.downloads.uuid
  trust      = true

  charm {
    name    = "istio-beacon-k8s"
    channel = var.istio_channel
  }
}

locals {
  core_beacon = one(juju_application.core_beacon[*].name)

  # What of the core is enrolled beside the managers, whose module does it for them.
  core_enrolled = toset([
    juju_application.flaresolverr.name,
    juju_application.plex.name,
    juju_application.prowlarr.name,
    juju_application.seerr.name,
    juju_application.storage.name,
  ])
}

resource "juju_integration" "core_mesh" {
  for_each   = var.enable_mesh ? local.core_enrolled : []
  model_uuid = juju_model.core.uuid

  application {
    name     = each.key
    endpoint = "service-mesh"
  }

  application {
    name     = juju_application.core_beacon[0].name
    endpoint = "service-mesh"
  }
}

resource "juju_integration" "downloads_mesh" {
  for_each   = var.enable_mesh ? local.clients : []
  model_uuid = juju_model.downloads.uuid

  application {
    name     = each.key
    endpoint = "service-mesh"
  }

  application {
    name     = juju_application.downloads_beacon[0].name
    endpoint = "service-mesh"
  }
}
