# What is watched: managers, indexers, requests and media servers, with the ingress
# gateways.
resource "juju_model" "core" {
  name = "charmarr-core"
}

# What fetches it. Download clients are kept apart, so that nothing else goes
# through the VPN gateway.
resource "juju_model" "downloads" {
  name = "charmarr-downloads"
}

# The VPN gateway is alone in its model: the model's namespace stays out of the
# mesh.
resource "juju_model" "vpn" {
  count = var.enable_vpn ? 1 : 0
  name  = "gluetun"
}

# The backup is no part of Charmarr, and outlives it.
resource "juju_model" "backup" {
  name = "velero"
}
