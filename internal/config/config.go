// Package config reads charmarr-lint.yaml and the built-in profiles.
//
// A configuration says which profile a deployment is held to, how rules are
// set, which findings are accepted (waivers) and where one's own rules are.
// Decoding is strict: an unknown field, a key written twice or a value of the
// wrong type is a problem that names file, line and field, because a setting
// that is silently not read is a check that is silently not made. The built-in
// profiles are an embedded YAML file that goes through the same decoder.
//
// The package reads files and nothing else; it evaluates and reports nothing.
package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// FileName is the name of the configuration file.
const FileName = "charmarr-lint.yaml"

// DefaultProfile is the profile of a run that names none.
const DefaultProfile = "adr-006"

// maxSize is far beyond what a person writes: a configuration of a thousand
// waivers of 200 bytes is 0.2 MiB.
const maxSize = 1 << 20

// Config is what a configuration file says, or the defaults where there is
// none.
type Config struct {
	// File is the path of the file as messages show it; empty for the defaults.
	File string
	// Profile is the name of the profile to hold the deployment to.
	Profile string
	// Rules are settings of rules in the order of the file.
	Rules []RuleSetting
	// Waivers are the accepted findings in the order of the file.
	Waivers []Waiver
	// AnnotationWaivers are patterns over the rules that an annotation on an
	// object may waive: "*", every rule, unless the file says otherwise.
	AnnotationWaivers []AllowedWaiver
	// Policies are folders with rules of one's own, relative to the working
	// directory.
	Policies []string
	// Sources name the model of files that do not say it: a bundle and the
	// output of show-unit hold no model name, and their own names may mislead.
	// Their globs are relative to the working directory, as the paths of a
	// report are.
	Sources []topology.SourceModel
	// Roots say which folder holds the root module that plans were made from, where
	// their own folders do not lead there.
	Roots []Root
	// Complete are kinds of evidence of Kubernetes of which the files hold every
	// object, for each namespace of which they hold workloads or pods, and kinds of
	// Juju of which plans hold everything in the models that they look up. Where they
	// hold none, there is none.
	Complete []snapshot.Evidence

	profiles map[string]profileSpec
}

// RuleSetting sets the rules that a pattern names.
type RuleSetting struct {
	Pattern    string
	Level      rule.Level     // empty where it is not set
	Enabled    *bool          // nil where it is not set
	Parameters map[string]any // plain JSON values; nil where none are set
	At         finding.Location
}

// Root is the folder of the root module that plans were made from.
type Root struct {
	Plan   string // a glob relative to the working directory
	Folder string
}

// AllowedWaiver names rules that an annotation may waive.
type AllowedWaiver struct {
	Pattern Pattern
	At      finding.Location
}

// Waiver accepts the findings of some rules about one subject until a date.
type Waiver struct {
	Rule    string // pattern over rule ids
	Subject string // kind:name, kind:model/name or kind:namespace/name
	Reason  string
	Expires string // YYYY-MM-DD, the last day it holds
	At      finding.Location
}

// Default returns the configuration of a run that has no file.
func Default() Config {
	c, err := Decode("", nil)
	if err != nil { // the built-in profiles are a part of the program
		panic(err)
	}
	return c
}

// Find looks for the configuration file in a folder and its parents up to the
// repository root, the first folder that holds .git. Outside a repository only
// the folder itself counts: a file somewhere above could belong to anybody. It
// returns "" where there is none.
func Find(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("finding %s: %w", FileName, err)
	}
	found := ""
	for here, first := dir, true; ; first = false {
		if found == "" {
			file := filepath.Join(here, FileName)
			switch _, err := os.Stat(file); {
			case err == nil && first:
				return file, nil
			case err == nil:
				found = file
			case !errors.Is(err, os.ErrNotExist):
				return "", fmt.Errorf("finding %s: %w", FileName, err)
			}
		}
		if _, err := os.Stat(filepath.Join(here, ".git")); err == nil {
			return found, nil
		}
		parent := filepath.Dir(here)
		if parent == here {
			return "", nil
		}
		here = parent
	}
}

// Load reads a configuration file. Paths that it names are relative to its own
// folder and are returned relative to the working directory.
func Load(file string) (Config, error) {
	f, err := os.Open(file)
	if err != nil {
		return Config{}, fmt.Errorf("reading the configuration: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return Config{}, fmt.Errorf("reading the configuration %s: %w", file, err)
	}
	if len(data) > maxSize {
		return Config{}, fmt.Errorf("reading the configuration %s: it is larger than 1 MiB; is it really a %s?", file, FileName)
	}
	c, err := Decode(Shown(file), data)
	if err != nil {
		return Config{}, err
	}
	c.anchor(file)
	return c, nil
}

// Shown writes a path as reports show it: relative to the working directory
// where it can be, with / separators.
func Shown(file string) string {
	if wd, err := os.Getwd(); err == nil && filepath.IsAbs(file) {
		if rel, err := filepath.Rel(wd, file); err == nil {
			file = rel
		}
	}
	return path.Clean(filepath.ToSlash(file))
}

// anchor turns the paths of the file into paths from the working directory.
func (c *Config) anchor(file string) {
	dir := filepath.Dir(file)
	for i, p := range c.Policies {
		if !filepath.IsAbs(p) {
			c.Policies[i] = Shown(filepath.Join(dir, filepath.FromSlash(p)))
		}
	}
	wd, err := os.Getwd()
	if err != nil {
		return
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(wd, dir)
	}
	for i, s := range c.Sources {
		c.Sources[i].Path = rebase(s.Path, dir, wd)
	}
	for i, r := range c.Roots {
		c.Roots[i].Plan = rebase(r.Plan, dir, wd)
		if !filepath.IsAbs(r.Folder) {
			c.Roots[i].Folder = Shown(filepath.Join(dir, filepath.FromSlash(r.Folder)))
		}
	}
}

// rebase turns a glob relative to the folder of the file into one relative to
// the working directory: seen from deploy/prod, deploy/*/bundle.yaml is
// bundle.yaml.
func rebase(glob, dir, wd string) string {
	if path.IsAbs(glob) {
		return path.Clean(glob)
	}
	down, err := filepath.Rel(dir, wd)
	if err != nil {
		return path.Clean(glob)
	}
	globs, way := strings.Split(path.Clean(glob), "/"), strings.Split(filepath.ToSlash(down), "/")
	if way[0] == ".." || way[0] == "." { // the working directory is not below the file
		up, err := filepath.Rel(wd, dir)
		if err != nil {
			return path.Clean(glob)
		}
		return path.Join(filepath.ToSlash(up), glob)
	}
	for len(way) > 0 && len(globs) > 1 {
		if ok, _ := path.Match(globs[0], way[0]); !ok {
			break
		}
		globs, way = globs[1:], way[1:]
	}
	return path.Join(append(slices.Repeat([]string{".."}, len(way)), globs...)...)
}
