// Command release makes what a release of charmarr-lint consists of, but for building
// the program and its image: that is done by .ci/release, which calls it.
//
//	release version TAG SOURCE <TAGS   says what a tag means beside all that there are, and
//	                                   demands that the changelog tells of it
//	release image TAG LAYOUT BINARIES  holds an image to what it has to be, and prints its digest
//	release assets TAG DIGEST SOURCE BINARIES OUT
//	                                   writes archives, the chart, manifests, a bill of
//	                                   materials, checksums and notes
//
// TAG is the tag that is released, SOURCE a checkout of it, BINARIES a folder with
// OS_ARCH/charmarr-lint for each platform, LAYOUT an OCI image layout, DIGEST what the
// image is known by. It reads and writes files and nothing else. The same files make the
// same bytes.
package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

const (
	program = "charmarr-lint"
	source  = "https://github.com/charmarr/charmarr-lint"
	image   = "ghcr.io/charmarr/charmarr-lint"
	charts  = "oci://ghcr.io/charmarr/charts/charmarr-lint"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(args []string, stdin io.Reader, stdout io.Writer) error {
	if len(args) < 2 {
		return fmt.Errorf("want version, image or assets and a tag, got %q: see the top of tools/release/main.go", args)
	}
	command, tag, rest := args[0], args[1], args[2:]
	switch {
	case command == "version" && len(rest) == 1:
		tags, err := io.ReadAll(stdin)
		if err != nil {
			return fmt.Errorf("reading the tags that there are: %w", err)
		}
		v, err := parse(tag, strings.Fields(string(tags)))
		if err != nil {
			return err
		}
		changelog, err := readFile(rest[0], "CHANGELOG.md")
		if err != nil {
			return err
		}
		if _, err := section(string(changelog), v); err != nil {
			return err
		}
		_, err = fmt.Fprintf(stdout, "version=%s\nprerelease=%t\nlatest=%t\n", v.number, v.prerelease, v.latest)
		return err
	case command == "image" && len(rest) == 2:
		binaries, err := readBinaries(rest[1], tag)
		if err != nil {
			return err
		}
		digest, err := checkImage(rest[0], tag, binaries)
		if err != nil {
			return fmt.Errorf("looking into the image in %s: %w", rest[0], err)
		}
		_, err = fmt.Fprintln(stdout, digest)
		return err
	case command == "assets" && len(rest) == 4:
		v, err := parse(tag, nil)
		if err != nil {
			return err
		}
		binaries, err := readBinaries(rest[2], tag)
		if err != nil {
			return err
		}
		return writeAssets(v, rest[0], rest[1], binaries, rest[3])
	default:
		return fmt.Errorf("cannot %s with %d arguments behind the tag: see the top of tools/release/main.go", command, len(rest))
	}
}
