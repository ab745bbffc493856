package topology

import (
	"net/netip"
	"path"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Kinds of backing, in the words of a PersistentVolume's spec.
const (
	backingNFS      = "nfs"
	backingHostPath = "hostPath"
	backingCSI      = "csi"
	backingClass    = "storage-class" // what a class has yet to make
)

// annotationProvisioned is on a volume that a class made: it is one of its own.
const annotationProvisioned = "pv.kubernetes.io/provisioned-by"

// backing is what holds the data of a volume, in a form that can be compared.
type backing struct {
	kind, server, path string
	made               bool // by a class, so that no other volume holds the same
	at                 snapshot.Pos
}

// backingOf reads a volume's.
func backingOf(v *snapshot.PersistentVolume) backing {
	_, made := snapshot.Lookup(v.Annotations, annotationProvisioned)
	return backing{kind: v.Backing, server: v.Server, path: v.Path, made: made, at: v.BackingAt}
}

// byClass tells whether a storage class made the volume, or has yet to.
func (b backing) byClass() bool { return b.made || b.kind == backingClass }

// same tells whether two volumes hold the same data: yes, no, or "" where that
// cannot be told. Hard links need one directory of one file system, so a directory
// below another's is another.
func (b backing) same(other backing) string {
	switch {
	case b.kind == "" || other.kind == "":
		return answerUnknown
	case b.byClass() && other.byClass() && (b.kind == backingClass || b.kind != other.kind || b.server != other.server || b.path != other.path):
		return answerNo // a class makes a volume for each claim
	case b.kind != other.kind:
		return answerUnknown // NFS, and a path on its server; what a class made, by another way
	}
	sameServer, samePath := sameHost(b.server, other.server), path.Clean(b.path) == path.Clean(other.path)
	switch b.kind {
	case backingNFS:
		if !samePath {
			return answerNo
		}
		return sameServer
	case backingCSI:
		if b.server == other.server && b.path == other.path {
			return answerYes
		}
		return answerUnknown // handles that people make up may lead to one place
	}
	if samePath {
		return answerYes
	}
	return answerNo
}

// sameHost tells whether two names are of one host: yes where they are the same,
// no where they are two addresses; a name may stand for any address.
func sameHost(a, b string) string {
	if strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, ".")) {
		return answerYes
	}
	x, errA := netip.ParseAddr(a)
	y, errB := netip.ParseAddr(b)
	switch {
	case errA != nil || errB != nil:
		return answerUnknown
	case x.Unmap() == y.Unmap():
		return answerYes
	}
	return answerNo
}

// document writes a backing as rules see it. nodes are those of the cluster.
func (b backing) document(nodes []Node) Backing {
	out := Backing{Kind: b.kind, Server: b.server, Path: b.path, At: place(b.at)}
	switch b.kind {
	case "":
		out.Words = "what was not read"
	case backingNFS:
		out.Words = "NFS " + b.server + ":" + b.path
		out.ServerNode, out.ServerNamed = nodeOf(b.server, nodes)
	case backingCSI:
		out.Words = "volume " + b.path + " of " + b.server
	case backingClass:
		out.Words = "a volume of storage class " + b.path
	case backingHostPath:
		out.Words, out.System = "path "+b.path+" on the node", systemPath(b.path)
	default:
		out.Words, out.System = b.kind+" path "+b.path, systemPath(b.path)
	}
	return out
}

// nodeOf finds the node of an address or name, and tells whether it is a name that
// is no node's.
func nodeOf(server string, nodes []Node) (node string, named bool) {
	addr, err := netip.ParseAddr(server)
	for _, n := range nodes {
		if strings.EqualFold(n.Name, strings.TrimSuffix(server, ".")) {
			return n.Name, false
		}
		for _, text := range n.Addresses {
			if a, e := netip.ParseAddr(text); err == nil && e == nil && a.Unmap() == addr.Unmap() {
				return n.Name, false
			}
		}
	}
	return "", err != nil
}

// systemPath tells whether a path on a node holds, or is in, what the node itself
// lives on. Volumes that a class makes below such a path are its own business; see
// where it is asked.
func systemPath(text string) bool {
	p := path.Clean("/" + text)
	if slices.Contains([]string{"/", "/var", "/var/lib", "/var/snap", "/snap", "/home"}, p) {
		return true
	}
	return slices.ContainsFunc([]string{
		"/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/root", "/run", "/sbin", "/sys", "/usr", "/var/run", "/var/log",
		"/var/lib/kubelet", "/var/lib/rancher", "/var/lib/docker", "/var/lib/containerd", "/var/lib/etcd", "/var/snap/microk8s/current",
	}, func(dir string) bool { return p == dir || strings.HasPrefix(p, dir+"/") })
}
