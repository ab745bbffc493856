resource "juju_secret" "wireguard" {
  count      = var.enable_vpn ? 1 : 0
  model_uuid = juju_model.vpn[0].uuid
  name       = "wireguard-key"
  value = {
    private-key = var.wireguard_private_key
  }
}

resource "juju_access_secret" "wireguard" {
  count        = var.enable_vpn ? 1 : 0
  model_uuid   = juju_model.vpn[0].uuid
  secret_id    = juju_secret.wireguard[0].secret_id
  applications = [juju_application.gluetun[0].name]
}

resource "juju_application" "gluetun" {
  count      = var.enable_vpn ? 1 : 0
  name       = "gluetun"
  model_uuid = juju_model.vpn[0].uuid
  trust      = true

  charm {
    name    = "gluetun-k8s"
    channel = var.charm_channel
  }

  config = {
    cluster-cidrs                = join(",", var.cluster_cidrs)
    server-countries             = join(",", var.vpn.countries)
    vpn-provider                 = var.vpn.provider
    vxlan-id                     = 42
    wireguard-private-key-secret = juju_secret.wireguard[0].secret_uri
  }
}

# Each client goes through the gateway. Without it, it does not start, for its
# option unsafe-mode is false unless set.
resource "juju_integration" "vpn" {
  for_each   = var.enable_vpn ? local.clients : []
  model_uuid = juju_model.downloads.uuid

  application {
    name     = each.key
    endpoint = "vpn-gateway"
  }

  application {
    offer_url = juju_offer.vpn[0].url
  }
}
