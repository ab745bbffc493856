package main

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// writeAssets writes OUT/notes.md, and below OUT/assets what is offered for download.
func writeAssets(v version, digest, checkout string, binaries []binary, out string) error {
	files, err := assets(v, digest, checkout, binaries)
	if err != nil {
		return err
	}
	changelog, err := readFile(checkout, "CHANGELOG.md")
	if err != nil {
		return err
	}
	text, err := notes(string(changelog), v, digest)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(out, "assets"), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "notes.md"), []byte(text), 0o644); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(out, "assets", name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// assets is what is offered for download, by name.
func assets(v version, digest, checkout string, binaries []binary) (map[string][]byte, error) {
	if !regexp.MustCompile(`^sha256:[0-9a-f]{64}$`).MatchString(digest) {
		return nil, fmt.Errorf("%q is no digest of an image: it has to be sha256: and 64 hexadecimal digits", digest)
	}
	at, err := binaries[0].committed()
	if err != nil {
		return nil, err
	}
	licence, err := readFile(checkout, "LICENSE")
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	prefix := program + "_" + v.number + "_"
	for _, b := range binaries {
		base := prefix + b.os + "_" + b.arch
		packed, err := archive(base, at, []entry{{program, 0o755, b.text}, {"LICENSE", 0o644, licence}})
		if err != nil {
			return nil, err
		}
		files[base+".tar.gz"] = packed
	}
	if files[prefix+"sbom.cdx.json"], err = materials(v, at, binaries); err != nil {
		return nil, err
	}

	deploy := filepath.Join(checkout, "deploy")
	entries, err := chart(deploy, v, digest)
	if err != nil {
		return nil, err
	}
	if files[program+"-"+v.number+".tgz"], err = archive(program, at, entries); err != nil { // as Helm names it
		return nil, err
	}
	if entries, err = manifests(deploy, digest); err != nil {
		return nil, err
	}
	for _, name := range []string{"self-signed", "cert-manager"} {
		comment := fmt.Sprintf("# charmarr-lint %s, the webhook: deploy/%s as kubectl builds it. See\n# %s/blob/%s/docs/webhook.md.\n", v.tag, name, source, v.tag)
		if files[prefix+"webhook-"+name+".yaml"], err = render(entries, name, comment); err != nil {
			return nil, err
		}
	}
	if files[prefix+"manifests.tar.gz"], err = archive(prefix+"manifests", at, append(entries, entry{"LICENSE", 0o644, licence})); err != nil {
		return nil, err
	}

	var sums strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(files[name]), name)
	}
	files["checksums.txt"] = []byte(sums.String())
	return files, nil
}
