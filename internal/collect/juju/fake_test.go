package juju_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/juju"
)

// recording is what a controller answers; test/juju/juju36 writes one down.
type recording struct {
	Version string                     `json:"version"`
	Facades []facade                   `json:"facades"`
	Answers map[string]json.RawMessage `json:"answers"`
}

type facade struct {
	Name     string `json:"name"`
	Versions []int  `json:"versions"`
}

// juju36 is a controller of Juju 3.6 with the models media and vpn.
func juju36(t testing.TB) recording {
	t.Helper()
	text, err := os.ReadFile("testdata/juju-3.6.json")
	require.NoError(t, err)
	var r recording
	require.NoError(t, json.Unmarshal(text, &r))
	return r
}

const (
	mediaUUID = "5d1dd5f1-0b5c-4f3c-8c7e-6f5a6f1d9a01"
	vpnUUID   = "5d1dd5f1-0b5c-4f3c-8c7e-6f5a6f1d9a02"
)

// refusal is an error that a controller answers with.
type refusal struct {
	message, code string
	info          map[string]any
}

// fake is a controller that answers from a recording.
type fake struct {
	recording
	// refusals are by request, as the answers are.
	refusals map[string]refusal
	// access is what the user may do with the controller.
	access string
	// hang are requests that are never answered.
	hang []string
	// user is who logs in.
	user string
	// login, where given, may answer a login itself.
	login func(request string, params json.RawMessage) (answer any, answered bool)

	server *httptest.Server
	ca     string

	lock   sync.Mutex
	asked  []string
	logins []json.RawMessage
	trails []string // what was asked with which arguments
}

// start serves the recording until the test ends.
func (f *fake) start(t testing.TB) *fake {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a test"}, DNSNames: []string{"juju-apiserver"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	f.ca = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	f.server = httptest.NewUnstartedServer(http.HandlerFunc(f.serve))
	f.server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	f.server.Config.ErrorLog = log.New(io.Discard, "", 0) // of logins that are cut short
	f.server.StartTLS()
	t.Cleanup(f.server.Close)
	return f
}

func (f *fake) address() string { return f.server.Listener.Addr().String() }

// reached is how to reach the controller.
func (f *fake) reached() *juju.Login {
	return &juju.Login{Addresses: []string{f.address()}, CACert: f.ca, Username: "admin", Password: "canary-password"}
}

// message is a request, or an answer, of Juju's API.
type message struct {
	RequestID uint64          `json:"request-id"`
	Type      string          `json:"type,omitempty"`
	Version   int             `json:"version,omitempty"`
	Request   string          `json:"request,omitempty"`
	Params    json.RawMessage `json:"params,omitempty"`
	Error     string          `json:"error,omitempty"`
	ErrorCode string          `json:"error-code,omitempty"`
	ErrorInfo map[string]any  `json:"error-info,omitempty"`
	Response  any             `json:"response,omitempty"`
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	model := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/model/"), "/api")
	if r.URL.Path == "/api" {
		model = ""
	}
	conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	for {
		var request message
		if conn.ReadJSON(&request) != nil {
			return
		}
		reply, ok := f.answer(model, request)
		if ok && conn.WriteJSON(reply) != nil {
			return
		}
	}
}

// answer answers a request; ok is false where it hangs.
func (f *fake) answer(model string, request message) (reply message, ok bool) {
	name := request.Type + "." + request.Request
	var args struct {
		Application string `json:"application"`
	}
	if json.Unmarshal(request.Params, &args) == nil && args.Application != "" {
		name += " " + args.Application
	}
	if model != "" {
		name = model + " " + name
	}
	f.lock.Lock()
	defer f.lock.Unlock()
	f.asked = append(f.asked, name)
	f.trails = append(f.trails, name+" "+string(request.Params))
	reply = message{RequestID: request.RequestID}
	if slices.Contains(f.hang, name) {
		return reply, false
	}
	if no, refused := f.refusals[name]; refused {
		reply.Error, reply.ErrorCode, reply.ErrorInfo = no.message, no.code, no.info
		return reply, true
	}
	if request.Type == "Admin" && request.Request != "RedirectInfo" {
		f.logins = append(f.logins, request.Params)
		if f.login != nil {
			if answer, answered := f.login(request.Request, request.Params); answered {
				reply.Response = answer
				return reply, true
			}
		}
		user := f.user
		if user == "" {
			user = "admin"
		}
		login := map[string]any{
			"controller-tag": "controller-5d1dd5f1-0b5c-4f3c-8c7e-6f5a6f1d9aff", "server-version": f.Version, "facades": f.Facades,
			"user-info": map[string]any{"identity": "user-" + user, "controller-access": f.access},
		}
		if model != "" {
			login["model-tag"] = "model-" + model
		}
		reply.Response = login
		return reply, true
	}
	if request.Type != "Admin" && !f.has(request.Type, request.Version) {
		reply.Error, reply.ErrorCode = fmt.Sprintf("unknown facade type %q version %d", request.Type, request.Version), "not implemented"
		return reply, true
	}
	answer, known := f.Answers[name]
	if !known {
		reply.Error, reply.ErrorCode = name+" not found", "not found"
		return reply, true
	}
	reply.Response = answer
	return reply, true
}

func (f *fake) has(name string, version int) bool {
	return slices.ContainsFunc(f.Facades, func(x facade) bool { return x.Name == name && slices.Contains(x.Versions, version) })
}

// set replaces an answer.
func (f *fake) set(t testing.TB, name string, answer any) {
	t.Helper()
	text, err := json.Marshal(answer)
	require.NoError(t, err)
	f.Answers[name] = text
}

// edit replaces text in an answer.
func (f *fake) edit(t testing.TB, name, old, by string) {
	t.Helper()
	require.Contains(t, string(f.Answers[name]), old)
	f.Answers[name] = json.RawMessage(strings.ReplaceAll(string(f.Answers[name]), old, by))
}

// change changes an answer.
func (f *fake) change(t testing.TB, name string, with func(map[string]any)) {
	t.Helper()
	var answer map[string]any
	require.NoError(t, json.Unmarshal(f.Answers[name], &answer))
	with(answer)
	f.set(t, name, answer)
}
