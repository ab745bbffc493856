variable "name" {
  type = string
}

variable "charm" {
  type = string
}

variable "channel" {
  type = string
}

variable "model_uuid" {
  type = string
}

variable "beacon" {
  description = "The model's beacon; null leaves the manager out of the mesh."
  type        = string
}

variable "storage" {
  type = string
}

variable "gateway" {
  type = string
}

variable "indexer" {
  type = string
}

variable "backup" {
  description = "The URL of the offer that backs up."
  type        = string
}
