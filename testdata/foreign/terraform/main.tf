resource "juju_model" "core" {
  name = var.core_model
}

resource "juju_application" "radarr" {
  model_uuid = juju_model.core.uuid
  trust      = true
  charm { name = "radarr-k8s" }
}
