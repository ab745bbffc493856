output "name" {
  value = juju_application.this.name
}

output "offer_url" {
  value = juju_offer.this.url
}
