package deployment

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Files returns the deployment as files: juju/MODEL.status.json,
// juju/MODEL.bundle.yaml, juju/MODEL.units.json, juju/MODEL.secret.json for a model
// that has a VPN gateway's key, kube/MODEL.yaml and kube/cluster.yaml, by
// slash-separated path. With no form given it returns all of them. A lean deployment
// has neither units nor secrets nor cluster.
func (d *Deployment) Files(forms ...Form) (map[string][]byte, error) {
	all := map[string][]byte{}
	for _, m := range d.Models {
		if len(forms) == 0 || slices.Contains(forms, Juju) {
			status, err := d.Status(m.Name, !d.Lean)
			if err != nil {
				return nil, err
			}
			bundle, err := d.Bundle(m.Name)
			if err != nil {
				return nil, err
			}
			all["juju/"+m.Name+".status.json"] = status
			all["juju/"+m.Name+".bundle.yaml"] = bundle
			if !d.Lean {
				units, err := d.Units(m.Name)
				if err != nil {
					return nil, err
				}
				all["juju/"+m.Name+".units.json"] = units
				secret, err := d.Secrets(m.Name)
				if err != nil {
					return nil, err
				}
				if secret != nil {
					all["juju/"+m.Name+".secret.json"] = secret
				}
			}
		}
		if len(forms) == 0 || slices.Contains(forms, Kube) {
			manifests, err := d.Manifests(m.Name)
			if err != nil {
				return nil, err
			}
			all["kube/"+m.Name+".yaml"] = manifests
		}
	}
	if !d.Lean && (len(forms) == 0 || slices.Contains(forms, Kube)) {
		cluster, err := d.ClusterManifests()
		if err != nil {
			return nil, err
		}
		all["kube/cluster.yaml"] = cluster
	}
	return all, nil
}

// Write writes the deployment's files below a directory.
func (d *Deployment) Write(dir string, forms ...Form) error {
	files, err := d.Files(forms...)
	if err != nil {
		return err
	}
	return WriteFiles(dir, files)
}

// WriteFiles writes files, given by slash-separated path, below a directory.
func WriteFiles(dir string, files map[string][]byte) error {
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("making the folder of %q: %w", path, err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return fmt.Errorf("writing %q: %w", path, err)
		}
	}
	return nil
}

// Testdata returns the files below testdata that this package makes.
func Testdata() (map[string][]byte, error) {
	broken, expected, err := Broken()
	if err != nil {
		return nil, err
	}
	all := map[string][]byte{}
	for name, d := range map[string]*Deployment{"clean": Clean(), "broken": broken, "upstream": Upstream()} {
		files, err := d.Files()
		if err != nil {
			return nil, err
		}
		for path, text := range files {
			all[name+"/"+path] = text
		}
	}
	if all["broken.expected.json"], err = encodeExpected(expected); err != nil {
		return nil, err
	}
	return all, nil
}

// GeneratedFolders lists the folders below testdata that hold nothing else but
// what Testdata makes.
func GeneratedFolders() []string {
	return []string{"clean/juju", "clean/kube", "broken/juju", "broken/kube", "upstream/juju", "upstream/kube"}
}
