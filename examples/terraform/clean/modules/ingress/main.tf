# An ingress gateway that lets in one network.

terraform {
  required_providers {
    juju = {
      source = "juju/juju"
    }
  }
}

variable "name" {
  type = string
}

variable "model_uuid" {
  type = string
}

variable "channel" {
  type = string
}

variable "admitted" {
  description = "The network whose members are let in; null lets in everybody."
  type        = string
}

resource "juju_application" "this" {
  name       = var.name
  model_uuid = var.model_uuid
  trust      = true

  charm {
    name    = "istio-ingress-k8s"
    channel = var.channel
  }

  config = {
    external-traffic-policy-cidrs = var.admitted
  }
}

output "name" {
  value = juju_application.this.name
}
