package server_test

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	stdtesting "testing"
	"time"
	"unsafe"

	"github.com/juju/clock/testclock"
	"github.com/juju/juju/api/jujuclient"
	"github.com/juju/juju/core/model"
	"github.com/juju/juju/juju/osenv"
	jujutesting "github.com/juju/juju/juju/testing"
	"github.com/juju/tc"
)

// request is the first line of standard input.
type request struct {
	// Folder is where the stores are written, and ready.json when all is up.
	Folder string `json:"folder"`
	// Name is the controller's.
	Name string `json:"name"`
	// Estate says which models there are: media, edge, or declared.
	Estate string `json:"estate"`
	// Declared are the models of the latter.
	Declared declared `json:"declared"`
	// Other is the controller whose offers an edge consumes.
	Other *ready `json:"other,omitempty"`
}

// ready is what ready.json says.
type ready struct {
	Name    string `json:"name"`
	UUID    string `json:"uuid"`
	Address string `json:"address"`
	CACert  string `json:"ca_cert"`
	// Users are passwords by user.
	Users map[string]string `json:"users"`
	// Models are UUIDs by name.
	Models map[string]string `json:"models"`
}

// asked is read before the suite runs, for that clears the environment.
var asked request

func TestMain(m *stdtesting.M) {
	input := bufio.NewReader(os.Stdin)
	line, err := input.ReadString('\n')
	if err == nil {
		err = json.Unmarshal([]byte(line), &asked)
	}
	if err != nil || asked.Folder == "" {
		fmt.Fprintln(os.Stderr, "this is a server for the tests in the folder above: run `make test-juju`")
		os.Exit(2)
	}
	go func() {
		io.Copy(io.Discard, input)
		close(stopped)
		time.Sleep(20 * time.Second) // the suite takes a second or two to stop
		os.Exit(3)
	}()
	os.Exit(m.Run())
}

// stopped is closed at the end of standard input.
var stopped = make(chan struct{})

type suite struct {
	jujutesting.ApiServerSuite

	ready ready
}

// TestServe serves until standard input ends.
func TestServe(t *stdtesting.T) { tc.Run(t, &suite{}) }

func (s *suite) SetUpTest(c *tc.C) {
	s.Clock = testclock.NewDilatedWallClock(time.Second)
	s.ProviderFactory = factory{}
	s.WithLeaseManager = true
	s.ControllerConfigAttrs = map[string]any{"controller-name": asked.Name}
	s.ApiServerSuite.SetUpTest(c)
	s.keepServices()
}

func (s *suite) TestServe(c *tc.C) {
	address := s.listenOnLoopback(c)
	info := s.ControllerModelApiInfo()
	s.ready = ready{
		Name: asked.Name, UUID: s.ControllerUUID, Address: address, CACert: info.CACert,
		Users:  map[string]string{"admin": jujutesting.AdminSecret},
		Models: map[string]string{},
	}
	s.prepare(c)
	switch asked.Estate {
	case "media":
		s.media(c)
	case "edge":
		s.edge(c)
	case "declared":
		s.declared(c)
	default:
		c.Fatalf("there is no estate %q", asked.Estate)
	}
	for user, password := range s.ready.Users {
		s.writeStore(c, user, password)
	}
	text, err := json.Marshal(s.ready)
	c.Assert(err, tc.ErrorIsNil)
	// Renamed, so that nobody reads half of it.
	path := filepath.Join(asked.Folder, "ready.json")
	c.Assert(os.WriteFile(path+".part", text, 0o600), tc.ErrorIsNil)
	c.Assert(os.Rename(path+".part", path), tc.ErrorIsNil)
	<-stopped
}

// listenOnLoopback serves the API on the loopback interface alone. The suite
// listens on all of them, and keeps what it serves to itself; until here, there
// is nothing behind it but an empty controller.
func (s *suite) listenOnLoopback(c *tc.C) string {
	field := reflect.ValueOf(&s.ApiServerSuite).Elem().FieldByName("httpServer")
	open := *(**httptest.Server)(unsafe.Pointer(field.UnsafeAddr()))
	port := open.Listener.Addr().(*net.TCPAddr).Port
	handler, config := open.Config.Handler, open.TLS
	open.Close()
	listener, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", fmt.Sprint(port)))
	c.Assert(err, tc.ErrorIsNil)
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go server.Serve(tls.NewListener(listener, config))
	c.Cleanup(func() { server.Close() })
	return listener.Addr().String()
}

// writeStore writes a client store for a user, as the juju client does.
func (s *suite) writeStore(c *tc.C, user, password string) {
	folder := filepath.Join(asked.Folder, user)
	c.Assert(os.MkdirAll(folder, 0o700), tc.ErrorIsNil)
	before := osenv.SetJujuXDGDataHome(folder)
	defer osenv.SetJujuXDGDataHome(before)
	store := jujuclient.NewFileClientStore()
	c.Assert(store.AddController(s.ready.Name, jujuclient.ControllerDetails{
		ControllerUUID: s.ready.UUID, APIEndpoints: []string{s.ready.Address}, CACert: s.ready.CACert, Cloud: cloudName,
	}), tc.ErrorIsNil)
	c.Assert(store.SetCurrentController(s.ready.Name), tc.ErrorIsNil)
	c.Assert(store.UpdateAccount(s.ready.Name, jujuclient.AccountDetails{User: user, Password: password}), tc.ErrorIsNil)
	for name, uuid := range s.ready.Models {
		c.Assert(store.UpdateModel(s.ready.Name, "admin/"+name, jujuclient.ModelDetails{ModelUUID: uuid, ModelType: model.CAAS}), tc.ErrorIsNil)
	}
}
