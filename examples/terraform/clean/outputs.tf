output "models" {
  description = "The UUIDs of the models."
  value = {
    core      = juju_model.core.uuid
    downloads = juju_model.downloads.uuid
    vpn       = one(juju_model.vpn[*].uuid)
  }
}

output "managers" {
  description = "The offers of the managers, for further download clients."
  value       = { for name, manager in module.manager : name => manager.offer_url }
}
