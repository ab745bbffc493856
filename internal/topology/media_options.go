package topology

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Values of option backend-type of charmarr-storage-k8s.
const (
	backendClass    = "storage-class"
	backendNFS      = "native-nfs"
	backendHostPath = "hostpath"
)

// backendNeeds are the options without which a backend stays blocked (charm.py,
// _check_config_status).
var backendNeeds = map[string][]string{
	backendClass:    {"storage-class"},
	backendNFS:      {"nfs-server", "nfs-path"},
	backendHostPath: {"hostpath"},
}

const readWriteMany = "ReadWriteMany"

// accessModes are those that Kubernetes knows.
var accessModes = []string{readWriteMany, "ReadWriteOnce", "ReadOnlyMany", "ReadWriteOncePod"}

// readStorageOptions reads the options of a storage.
func (e *estate) readStorageOptions(a *app, s *MediaStorage) {
	backend := a.set("backend-type")
	s.Backend, s.BackendAt = backend.Value, place(backend.At)
	if !backend.At.Known() {
		s.BackendAt = place(a.at())
	}
	if value, known := a.option("cleanup-on-remove"); known {
		s.Cleanup = string(snapshot.TriOf(strings.EqualFold(value, "true")))
	}
	cleanup := a.set("cleanup-on-remove")
	s.CleanupSaid, s.CleanupAt = cleanup.Value != "", place(cleanup.At)
	if !s.CleanupSaid {
		s.CleanupAt = s.BackendAt
	}
	if !a.hasConfig {
		return
	}
	for _, name := range backendNeeds[backend.Value] {
		if strings.TrimSpace(a.set(name).Value) == "" {
			s.Missing = append(s.Missing, name)
		}
	}
	refuse := func(name, reason string) {
		f := a.set(name)
		s.Refused = append(s.Refused, Refused{Option: name, Value: f.Value, Reason: reason, At: place(f.At)})
	}
	if _, known := backendNeeds[backend.Value]; !known && backend.Value != "" {
		refuse("backend-type", "it is none of storage-class, native-nfs and hostpath")
	}
	s.Mode, s.ModeAt = a.mediaMode()
	switch backend.Value {
	case backendNFS:
		if p := a.set("nfs-path").Value; p != "" && !path.IsAbs(p) {
			refuse("nfs-path", "it does not begin with /")
		}
		if server := a.set("nfs-server").Value; strings.ContainsAny(server, "/ ") || strings.Count(server, ":") == 1 {
			refuse("nfs-server", "it is no address or name of a host alone")
		}
	case backendHostPath:
		if p := a.set("hostpath").Value; p != "" && (!path.IsAbs(p) || slices.Contains(strings.Split(p, "/"), "..")) {
			refuse("hostpath", "it is no path from / without ..")
		}
	case backendClass:
		if !slices.Contains(accessModes, s.Mode) {
			refuse("access-mode", "it is none of "+listed(accessModes))
		}
	}
	if size := a.set("size"); size.Value != "" && !isQuantity(size.Value) {
		refuse("size", "it is no quantity of Kubernetes', such as 500Gi or 2Ti")
	}
}

// mediaMode is how the options of a storage let its claim be mounted: for NFS and
// hostPath always by everyone. "" where they were not read.
func (a *app) mediaMode() (mode, at string) {
	at = place(cmp.Or(a.set("backend-type").At, a.at()))
	switch a.set("backend-type").Value {
	case backendNFS, backendHostPath:
		return readWriteMany, at
	case backendClass:
		mode, _ = a.option("access-mode")
		return mode, cmp.Or(place(a.set("access-mode").At), at)
	}
	return "", at
}

// isQuantity tells whether Kubernetes takes a text for the size of a volume: a
// number with a suffix of powers of two or of ten (resource.ParseQuantity).
func isQuantity(text string) bool {
	number := strings.TrimRight(text, "EPTGMKikmnu")
	suffix := text[len(number):]
	if !slices.Contains([]string{"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "n", "u", "m", "k", "M", "G", "T", "P", "E"}, suffix) {
		return false
	}
	if base, exponent, ok := strings.Cut(strings.ToLower(number), "e"); ok && suffix == "" { // 12e6
		exponent = strings.TrimLeft(exponent, "+-")
		return isDecimal(base) && exponent != "" && strings.Trim(exponent, "0123456789") == ""
	}
	return isDecimal(number)
}

func isDecimal(text string) bool {
	text = strings.TrimPrefix(text, "+")
	whole, fraction, _ := strings.Cut(text, ".")
	return whole+fraction != "" && strings.Trim(whole+fraction, "0123456789") == ""
}

// changed are the options of a storage that say otherwise than the claim and the
// volume that are there. The charm makes them once: it refuses another backend, and
// what else is changed has no effect.
func (a *app) changed(c *MediaClaim) []Changed {
	out := []Changed{}
	differ := func(option, found, foundAt, object string) {
		f := a.set(option)
		if f.Value != "" && found != "" && f.Value != found {
			out = append(out, Changed{Option: option, Value: f.Value, At: place(f.At), Found: found, FoundAt: foundAt, Object: object})
		}
	}
	claim, volume := "PersistentVolumeClaim "+c.Namespace+"/"+c.Name, "PersistentVolume "+c.Volume
	there := ""
	switch {
	case c.Class != "":
		there = backendClass
	case c.Backing.Kind == backingHostPath:
		there = backendHostPath
	case c.Backing.Kind == backingNFS:
		there = backendNFS
	}
	if backend := a.set("backend-type").Value; there == "" || backend != there {
		differ("backend-type", there, c.At, claim)
		return out
	}
	switch there {
	case backendClass:
		differ("storage-class", c.Class, c.At, claim)
		if mode := a.set("access-mode").Value; len(c.Modes) > 0 && !slices.Contains(c.Modes, mode) {
			differ("access-mode", listed(c.Modes), c.ModesAt, claim)
		}
	case backendHostPath:
		differ("hostpath", c.Backing.Path, c.Backing.At, volume)
	case backendNFS:
		differ("nfs-server", c.Backing.Server, c.Backing.At, volume)
		differ("nfs-path", c.Backing.Path, c.Backing.At, volume)
	}
	return out
}
