package topology

import (
	"strconv"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Options of Charmarr's charms that say where an application is reached.
const (
	optionIngressPort = "ingress-port"
	optionIngressPath = "ingress-path"
)

// interfaceIngress is the plain interface by which a charm asks for a path: the
// gateway chooses it.
const interfaceIngress = "ingress"

const (
	plainPort   = 80 // on which an ingress gateway answers those who ask by interface ingress
	unknownPort = -1
)

// wanted returns the port and the path on a gateway that an application asks
// for: -1 and "" where that is not known, because the charm is none of
// Charmarr's or its options were not read. A slash at the end of a path makes no
// difference to who is asked for first, so it is left away.
//
// Sources: the charms' _configure_ingress, and for interface ingress
// istio-ingress-k8s' _generate_default_path.
func (a *app) wanted(iface string) (port int, path string) {
	if iface == interfaceIngress {
		return plainPort, "/" + a.model.name + "-" + a.name
	}
	kind := charms().ingressPath[charms().known(a.charm)]
	if kind == "" {
		return unknownPort, ""
	}
	port = unknownPort
	if value, ok := a.option(optionIngressPort); ok {
		if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil {
			port = n
		}
	}
	switch kind {
	case "root":
		path = "/"
	case "name":
		path = "/" + a.name
	default:
		set, ok := snapshot.Lookup(a.config, optionIngressPath)
		switch {
		case set.Value != "":
			path = set.Value
		case ok || a.hasConfig:
			path = "/" + a.name
		}
	}
	if path != "" && path != "/" {
		path = "/" + strings.Trim(path, "/")
	}
	return port, path
}

// option returns the value of a charm's option: the one that is set, or where
// all that is set was read, the charm's own default.
func (a *app) option(name string) (value string, known bool) {
	if f, ok := snapshot.Lookup(a.config, name); ok {
		return f.Value, true
	}
	if !a.hasConfig {
		return "", false
	}
	value, known = charms().defaults[charms().known(a.charm)][name]
	return value, known
}
