variable "enable_mesh" {
  description = "Deploy the beacons and enrol the applications in the mesh."
  type        = bool
  default     = true
}

variable "enable_vpn" {
  description = "Deploy the VPN gateway and send the download clients through it."
  type        = bool
  default     = true
}

variable "charm_channel" {
  description = "The channel of Charmarr's charms, one for all of them."
  type        = string
  default     = "latest/edge"
}

variable "istio_channel" {
  description = "The channel of Istio's charms, one for all of them."
  type        = string
  default     = "dev/edge"
}

variable "managers" {
  description = "The media managers, by application, each with its charm."
  type        = map(string)
  default = {
    radarr = "radarr-k8s"
    sonarr = "sonarr-k8s"
  }
}

variable "home_network" {
  description = "The network from which the ingress gateways are reached."
  type        = string
  default     = "192.168.1.0/24"
}

variable "cluster_cidrs" {
  description = "The networks that stay out of the tunnel: pods, services, nodes."
  type        = list(string)
  default     = ["10.1.0.0/16", "10.152.183.0/24", "192.168.1.0/24"]
}

variable "media" {
  description = "The NFS export with the media."
  type = object({
    server = string
    path   = string
    size   = string
  })
  default = {
    server = "192.168.2.20"
    path   = "/tank/media"
    size   = "8Ti"
  }
}

variable "vpn" {
  description = "The VPN provider, and the countries to leave by."
  type = object({
    provider  = string
    countries = list(string)
  })
  default = {
    provider  = "protonvpn"
    countries = ["Switzerland"]
  }
}

# A plan holds it in clear, so plans are kept as secrets are.
variable "wireguard_private_key" {
  description = "The WireGuard key that the VPN provider gave you."
  type        = string
  sensitive   = true
}
