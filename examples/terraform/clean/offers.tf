# What the models offer each other. The managers' offers are in their module.
resource "juju_offer" "storage" {
  model_uuid       = juju_model.core.uuid
  name             = "storage"
  application_name = juju_application.storage.name
  endpoints        = ["media-storage"]
}

resource "juju_offer" "admin_gateway" {
  model_uuid       = juju_model.core.uuid
  name             = "admin-gateway"
  application_name = module.ingress["admin"].name
  endpoints        = ["istio-ingress-route"]
}

resource "juju_offer" "vpn" {
  count            = var.enable_vpn ? 1 : 0
  model_uuid       = juju_model.vpn[0].uuid
  name             = "gluetun"
  application_name = juju_application.gluetun[0].name
  endpoints        = ["vpn-gateway"]
}

resource "juju_offer" "backup" {
  model_uuid       = juju_model.backup.uuid
  name             = "velero"
  application_name = juju_application.velero.name
  endpoints        = ["velero-backups"]
}
