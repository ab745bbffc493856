# A media manager with all that it needs in the core model, and its offer to the
# download clients.

terraform {
  required_providers {
    juju = {
      source = "juju/juju"
    }
  }
}

resource "juju_application" "this" {
  name       = var.name
  model_uuid = var.model_uuid
  trust      = true

  charm {
    name    = var.charm
    channel = var.channel
  }

  config = {
    api-key-rotation = "monthly"
  }
}

resource "juju_integration" "mesh" {
  count      = var.beacon == null ? 0 : 1
  model_uuid = var.model_uuid

  application {
    name     = juju_application.this.name
    endpoint = "service-mesh"
  }

  application {
    name     = var.beacon
    endpoint = "service-mesh"
  }
}

resource "juju_integration" "core" {
  for_each = {
    media-storage       = var.storage
    istio-ingress-route = var.gateway
    media-indexer       = var.indexer
  }
  model_uuid = var.model_uuid

  application {
    name     = juju_application.this.name
    endpoint = each.key
  }

  application {
    name     = each.value
    endpoint = each.key
  }
}

resource "juju_integration" "backup" {
  model_uuid = var.model_uuid

  application {
    name     = juju_application.this.name
    endpoint = "velero-backup-config"
  }

  application {
    offer_url = var.backup
  }
}

resource "juju_offer" "this" {
  model_uuid       = var.model_uuid
  name             = var.name
  application_name = juju_application.this.name
  endpoints        = ["download-client", "require-cmr-mesh"]
}
