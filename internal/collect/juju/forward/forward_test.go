package forward_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/juju/forward"
	"github.com/charmarr/charmarr-lint/internal/collect/juju/forward/forwardtest"
)

// newCluster starts a cluster whose pod echoes what it is sent.
func newCluster(t *testing.T) *forwardtest.Cluster {
	t.Helper()
	echo, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { echo.Close() })
	go func() {
		for {
			conn, err := echo.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				io.Copy(conn, conn) //nolint:errcheck // the end of the connection is the end of the echo
			}()
		}
	}()
	return forwardtest.Start(t, echo.Addr().String())
}

// open opens a tunnel that lasts as long as the test.
func open(t *testing.T, s forward.Service) (*forward.Tunnel, error) {
	t.Helper()
	life, end := context.WithCancel(context.Background())
	t.Cleanup(end)
	ctx, cancel := context.WithTimeout(life, 10*time.Second)
	defer cancel()
	return forward.Open(life, ctx, s, nil)
}

func TestForward(t *testing.T) {
	c := newCluster(t)
	tunnel, err := open(t, c.Of())
	require.NoError(t, err)
	require.Equal(t, []string{
		"GET /prefix/api/v1/namespaces/controller-home/services/controller",
		"GET /prefix/api/v1/namespaces/controller-home/pods?labelSelector=a%3D1%2Cb%3D2",
		"POST /prefix/api/v1/namespaces/controller-home/pods/controller-0/portforward",
	}, c.Asked())
	require.Equal(t, "127.0.0.1:17070", c.Of().Host())
	for i := range 3 { // connections side by side
		conn, err := tunnel.Dial(context.Background(), "tcp", "ignored:1")
		require.NoError(t, err)
		defer conn.Close()
		said := fmt.Sprintf("hello %d", i)
		_, err = conn.Write([]byte(said))
		require.NoError(t, err)
		heard := make([]byte, len(said))
		_, err = io.ReadFull(conn, heard)
		require.NoError(t, err)
		require.Equal(t, said, string(heard))

		require.NoError(t, conn.SetReadDeadline(time.Now().Add(-time.Second)))
		_, err = conn.Read(heard)
		require.ErrorContains(t, err, "timeout")
	}
}

// A pod that runs and is not ready is better than none.
func TestAPodThatIsNotReady(t *testing.T) {
	c := newCluster(t)
	c.Pods = `{"items":[{"metadata":{"name":"late"},"status":{"phase":"Running"}}]}`
	_, err := open(t, c.Of())
	require.NoError(t, err)
}

func TestThePodRefuses(t *testing.T) {
	c := newCluster(t)
	c.Failure = "nobody listens on port 17070"
	tunnel, err := open(t, c.Of())
	require.NoError(t, err)
	conn, err := tunnel.Dial(context.Background(), "", "")
	require.NoError(t, err)
	_, err = io.ReadAll(conn)
	require.EqualError(t, err, "the cluster could not forward: nobody listens on port 17070")
}

// The end of the life ends what was forwarded.
func TestTheEndOfTheLife(t *testing.T) {
	c := newCluster(t)
	life, end := context.WithCancel(context.Background())
	tunnel, err := forward.Open(life, life, c.Of(), nil)
	require.NoError(t, err)
	conn, err := tunnel.Dial(life, "", "")
	require.NoError(t, err)
	end()
	_, err = io.ReadAll(conn)
	require.NoError(t, err) // its end
	require.Eventually(t, func() bool {
		_, err := tunnel.Dial(context.Background(), "", "")
		return err != nil
	}, 10*time.Second, 10*time.Millisecond)
}

func TestOpenFails(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(*forwardtest.Cluster, *forward.Service)
		want  string
	}{
		"kind":        {func(_ *forwardtest.Cluster, s *forward.Service) { s.Kind = "x" }, `a proxy of kind "x" is unknown to this version`},
		"port":        {func(_ *forwardtest.Cluster, s *forward.Service) { s.Port = "70000" }, `remote-port "70000" is no port`},
		"address":     {func(_ *forwardtest.Cluster, s *forward.Service) { s.APIServer = "http://127.0.0.1" }, "api-host is no https:// address"},
		"certificate": {func(_ *forwardtest.Cluster, s *forward.Service) { s.CACert = "x" }, "its ca-cert is no certificate in PEM"},
		"other CA":    {func(_ *forwardtest.Cluster, s *forward.Service) { s.CACert = "" }, "certificate signed by unknown authority"},
		"token":       {func(_ *forwardtest.Cluster, s *forward.Service) { s.Token = "old" }, "reading services/controller: it answered 401 Unauthorized"},
		"service":     {func(_ *forwardtest.Cluster, s *forward.Service) { s.Name = "x" }, "reading services/x: it answered 403 Forbidden"},
		"no JSON":     {func(c *forwardtest.Cluster, _ *forward.Service) { c.Service = "<html>" }, "reading services/controller: the answer is no JSON"},
		"no selector": {func(c *forwardtest.Cluster, _ *forward.Service) { c.Service = "{}" }, "the service selects no pods"},
		"no pod": {func(c *forwardtest.Cluster, _ *forward.Service) {
			c.Pods = `{"items":[{"status":{"phase":"Pending"}}]}`
		}, "none of its 1 pods is running"},
		"no forward": {func(c *forwardtest.Cluster, _ *forward.Service) {
			c.Pods = strings.ReplaceAll(c.Pods, "controller-0", "other")
		}, "asking to forward to pod other: it answered 403 Forbidden: unable to upgrade connection: forbidden by a test"},
		"nobody there": {func(c *forwardtest.Cluster, _ *forward.Service) { c.Close() }, "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t)
			s := c.Of()
			test.spoil(c, &s)
			_, err := open(t, s)
			require.ErrorContains(t, err, test.want)
			require.ErrorContains(t, err, "forwarding to service "+s.Name+" in namespace controller-home through the Kubernetes API server "+s.APIServer)
			require.NotContains(t, err.Error(), "token")
		})
	}
}

// An API server that hangs holds nobody up.
func TestOpenEndsInTime(t *testing.T) {
	for _, path := range []string{"/services/controller", "/pods", "/portforward"} {
		c := newCluster(t)
		c.Hang = path
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		defer cancel()
		_, err := forward.Open(context.Background(), ctx, c.Of(), nil)
		require.ErrorIs(t, err, context.DeadlineExceeded, path)
	}
}
