# Models that somebody else made, by name and by UUID, as Terraform looks them up.

terraform {
  required_providers {
    juju = {
      source = "juju/juju"
    }
  }
}

variable "gluetun" {
  type = string
}

data "juju_model" "downloads" {
  name  = "charmarr-downloads"
  owner = "admin"
}

data "juju_model" "vpn" {
  uuid = var.gluetun
}

data "juju_offer" "vpn" {
  url = "admin/gluetun.gluetun"
}

data "juju_application" "gluetun" {
  name       = "gluetun"
  model_uuid = data.juju_model.vpn.uuid
}

# A further download client, behind the gateway that is there.
resource "juju_application" "linux" {
  name       = "linux"
  model_uuid = data.juju_model.downloads.uuid
  trust      = true

  charm {
    name    = "qbittorrent-k8s"
    channel = "latest/edge"
  }
}

resource "juju_integration" "linux_vpn" {
  model_uuid = data.juju_model.downloads.uuid

  application {
    name     = juju_application.linux.name
    endpoint = "vpn-gateway"
  }

  application {
    offer_url = data.juju_offer.vpn.url
  }
}

resource "juju_offer" "second" {
  model_uuid       = data.juju_model.vpn.uuid
  name             = "second"
  application_name = data.juju_application.gluetun.name
  endpoints        = ["vpn-gateway"]
}
