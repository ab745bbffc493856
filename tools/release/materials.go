package main

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/CycloneDX/cyclonedx-go"
)

// materials is the bill of materials of all binaries, as CycloneDX: each module that Go
// says is in one of them, and Go itself. What is not in all of them says where it is.
func materials(v version, at time.Time, binaries []binary) ([]byte, error) {
	type module struct{ path, version string }
	in := map[module][]string{}
	for _, b := range binaries {
		platform := b.os + "/" + b.arch
		add := func(m module) { in[m] = append(in[m], platform) }
		add(module{"std", strings.TrimPrefix(b.info.GoVersion, "go")})
		for _, d := range b.info.Deps {
			if d.Replace != nil {
				d = d.Replace
			}
			add(module{d.Path, d.Version})
		}
	}
	var components []cyclonedx.Component
	for m, platforms := range in {
		name := packageURL(m.path, m.version)
		c := cyclonedx.Component{BOMRef: name, Type: cyclonedx.ComponentTypeLibrary, Name: m.path, Version: m.version, PackageURL: name}
		if len(platforms) != len(binaries) {
			c.Properties = &[]cyclonedx.Property{{Name: "charmarr-lint:platforms", Value: strings.Join(platforms, " ")}}
		}
		components = append(components, c)
	}
	slices.SortFunc(components, func(a, b cyclonedx.Component) int { return cmp.Compare(a.BOMRef, b.BOMRef) })

	main := binaries[0].info.Main.Path
	bom := cyclonedx.NewBOM()
	bom.Metadata = &cyclonedx.Metadata{
		Timestamp: at.Format(time.RFC3339),
		Component: &cyclonedx.Component{
			BOMRef: packageURL(main, v.tag), Type: cyclonedx.ComponentTypeApplication, Name: program, Version: v.tag, PackageURL: packageURL(main, v.tag),
			Licenses:           &cyclonedx.Licenses{{License: &cyclonedx.License{ID: "AGPL-3.0-only"}}},
			ExternalReferences: &[]cyclonedx.ExternalReference{{Type: cyclonedx.ERTypeVCS, URL: source}},
		},
	}
	bom.Components = &components
	var out bytes.Buffer
	if err := cyclonedx.NewBOMEncoder(&out, cyclonedx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(bom, cyclonedx.SpecVersion1_6); err != nil {
		return nil, fmt.Errorf("writing the bill of materials: %w", err)
	}
	return out.Bytes(), nil
}

// packageURL names a Go module as scanners look it up.
func packageURL(path, version string) string {
	return "pkg:golang/" + path + "@" + url.QueryEscape(version)
}
