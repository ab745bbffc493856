package juju

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/collect/juju/forward"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
)

// Folder returns the folder of Juju's client store as the juju client finds it:
// JUJU_DATA, or juju below XDG_DATA_HOME, or ~/.local/share/juju. It is empty
// where the environment says none of them.
func Folder(getenv func(string) string) string {
	if folder := getenv("JUJU_DATA"); folder != "" {
		return folder
	}
	if folder := getenv("XDG_DATA_HOME"); folder != "" {
		return filepath.Join(folder, "juju")
	}
	if home := getenv("HOME"); home != "" {
		return filepath.Join(home, ".local", "share", "juju")
	}
	return ""
}

// store is what a client store says: which controllers it knows, and which is
// the current one.
type store struct {
	folder      string
	controllers *syntax.Node // by name
	accounts    *syntax.Node // by controller
	current     string
}

// readStore reads a client store. One that is not there knows no controller.
func readStore(folder string) (store, error) {
	s := store{folder: folder}
	controllers, err := readYAML(filepath.Join(folder, "controllers.yaml"))
	if err != nil {
		return store{}, err
	}
	accounts, err := readYAML(filepath.Join(folder, "accounts.yaml"))
	if err != nil {
		return store{}, err
	}
	s.controllers, s.accounts = controllers.Lookup("controllers"), accounts.Lookup("controllers")
	s.current = controllers.Lookup("current-controller").Peek()
	return s, nil
}

// readYAML returns the root of a file, nil where there is no file. Errors quote
// nothing of the file: it may hold passwords.
func readYAML(path string) (*syntax.Node, error) {
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("reading the Juju client store: %w", err)
	}
	var root *syntax.Node
	var broken *syntax.Error
	wrong := syntax.Parse(string(text), func(doc *syntax.Document) bool {
		root, broken = doc.Root, doc.Err
		return false
	})
	if wrong != nil || broken != nil {
		return nil, fmt.Errorf("reading the Juju client store: %s cannot be read as YAML: move it away and log in again with 'juju login'", path)
	}
	return root, nil
}

// names lists the controllers that the store knows.
func (s store) names() []string {
	var names []string
	for key := range s.controllers.Entries() {
		names = append(names, key.Peek())
	}
	slices.Sort(names)
	return names
}

func (s store) knows(name string) bool { return s.controllers.Lookup(name) != nil }

// target returns how to reach a controller of the store, and who asks.
func (s store) target(name string) *target {
	c, who := s.controllers.Lookup(name), s.accounts.Lookup(name)
	t := &target{
		name:       name,
		uuid:       c.Lookup("uuid").Peek(),
		addresses:  c.Lookup("api-endpoints").Texts(),
		caCert:     c.Lookup("ca-cert").Peek(),
		publicName: c.Lookup("public-hostname").Peek(),
		account: account{
			user:     who.Lookup("user").Peek(),
			password: who.Lookup("password").Peek(),
			token:    who.Lookup("access-token").Peek(),
			cookies:  filepath.Join(s.folder, "cookies", name+".json"),
			again:    "log in with 'juju login -c " + name + "'",
		},
	}
	if proxy := c.Lookup("proxy-config"); proxy != nil {
		config := proxy.Lookup("config")
		t.proxy = &forward.Service{
			Kind:      proxy.Lookup("type").Peek(),
			APIServer: config.Lookup("api-host").Peek(),
			CACert:    config.Lookup("ca-cert").Peek(),
			Token:     config.Lookup("service-account-token").Peek(),
			Namespace: config.Lookup("namespace").Peek(),
			Name:      config.Lookup("service").Peek(),
			Port:      config.Lookup("remote-port").Peek(),
		}
	}
	return t
}

// sentence lists names for a message.
func sentence(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
