resource "juju_application" "velero" {
  name       = "velero"
  model_uuid = juju_model.backup.uuid
  trust      = true

  charm {
    name    = "velero-operator"
    channel = "latest/stable"
  }
}

# What has settings of its own is backed up. The managers' module does it for them.
resource "juju_integration" "core_backup" {
  for_each = toset([
    juju_application.plex.name,
    juju_application.prowlarr.name,
    juju_application.seerr.name,
  ])
  model_uuid = juju_model.core.uuid

  application {
    name     = each.key
    endpoint = "velero-backup-config"
  }

  application {
    offer_url = juju_offer.backup.url
  }
}

resource "juju_integration" "client_backup" {
  for_each   = local.clients
  model_uuid = juju_model.downloads.uuid

  application {
    name     = each.key
    endpoint = "velero-backup-config"
  }

  application {
    offer_url = juju_offer.backup.url
  }
}
