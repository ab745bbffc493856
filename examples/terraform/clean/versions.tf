terraform {
  required_version = ">= 1.6"

  required_providers {
    juju = {
      source  = "juju/juju"
      version = ">= 1.5, < 2.0"
    }
  }
}

# Nothing stands here: who logs in, and to which controller, is what `juju login`
# or the JUJU_ variables of the environment say.
provider "juju" {}
