// Package forwardtest is a Kubernetes API server that does nothing but forward to
// one pod, for tests.
package forwardtest

import (
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/streaming/pkg/httpstream"
	"k8s.io/streaming/pkg/httpstream/spdy"

	"github.com/charmarr/charmarr-lint/internal/collect/juju/forward"
)

// Cluster is the API server.
type Cluster struct {
	*httptest.Server
	Service string // what it answers of the service, JSON
	Pods    string // and of pods
	Target  string // HOST:PORT that the pod is
	Hang    string // the end of a path that is never answered
	Failure string // what the error stream says

	lock  sync.Mutex
	asked []string
}

// Asked returns what was asked for: "METHOD PATH".
func (c *Cluster) Asked() []string {
	c.lock.Lock()
	defer c.lock.Unlock()
	return append([]string{}, c.asked...)
}

// Start starts a cluster whose pod is what listens on an address.
func Start(t testing.TB, target string) *Cluster {
	t.Helper()
	c := &Cluster{
		Service: `{"spec":{"selector":{"b":"2","a":"1"}}}`,
		Pods: `{"items":[
			{"metadata":{"name":"gone","deletionTimestamp":"2026-01-01T00:00:00Z"},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}},
			{"metadata":{"name":"late"},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"False"}]}},
			{"metadata":{"name":"controller-0"},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}]}`,
		Target: target,
	}
	c.Server = httptest.NewUnstartedServer(http.HandlerFunc(c.serve))
	c.Config.ErrorLog = log.New(io.Discard, "", 0)
	c.StartTLS()
	t.Cleanup(func() {
		c.CloseClientConnections()
		c.Close()
	})
	return c
}

func (c *Cluster) serve(w http.ResponseWriter, r *http.Request) {
	c.lock.Lock()
	c.asked = append(c.asked, r.Method+" "+r.URL.String())
	c.lock.Unlock()
	if r.Header.Get("Authorization") != "Bearer token" {
		http.Error(w, `{"message":"Unauthorized"}`, http.StatusUnauthorized)
		return
	}
	if c.Hang != "" && strings.HasSuffix(r.URL.Path, c.Hang) {
		select {
		case <-r.Context().Done():
		case <-time.After(20 * time.Second):
		}
		return
	}
	switch r.URL.Path {
	case "/prefix/api/v1/namespaces/controller-home/services/controller":
		fmt.Fprint(w, c.Service)
	case "/prefix/api/v1/namespaces/controller-home/pods":
		fmt.Fprint(w, c.Pods)
	case "/prefix/api/v1/namespaces/controller-home/pods/controller-0/portforward", "/prefix/api/v1/namespaces/controller-home/pods/late/portforward":
		c.forward(w, r)
	default:
		http.Error(w, `{"message":"forbidden by a test"}`, http.StatusForbidden)
	}
}

// forward serves port forwarding as a kubelet does: of each request two streams.
func (c *Cluster) forward(w http.ResponseWriter, r *http.Request) {
	if _, err := httpstream.Handshake(r, w, []string{"portforward.k8s.io"}); err != nil {
		return
	}
	streams := make(chan httpstream.Stream, 10)
	conn := spdy.NewResponseUpgrader().UpgradeResponse(w, r, func(s httpstream.Stream, _ <-chan struct{}) error {
		streams <- s
		return nil
	})
	if conn == nil {
		return
	}
	defer conn.Close()
	failures := map[string]httpstream.Stream{}
	for {
		select {
		case <-conn.CloseChan():
			return
		case s := <-streams:
			id := s.Headers().Get("requestID")
			if s.Headers().Get("streamType") == "error" {
				failures[id] = s
				continue
			}
			failed := failures[id]
			go func() {
				defer failed.Close()
				if c.Failure != "" {
					fmt.Fprint(failed, c.Failure)
					return
				}
				pod, err := net.Dial("tcp", c.Target)
				if err != nil {
					return
				}
				defer pod.Close()
				go func() {
					io.Copy(pod, s) //nolint:errcheck // the end of either side ends the other
					pod.Close()
				}()
				io.Copy(s, pod) //nolint:errcheck // as above
				s.Close()
			}()
		}
	}
}

// Of is the service that the cluster has.
func (c *Cluster) Of() forward.Service {
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate().Raw})
	return forward.Service{
		Kind: forward.Kind, APIServer: c.URL + "/prefix", CACert: string(ca), Token: "token",
		Namespace: "controller-home", Name: "controller", Port: "17070",
	}
}
