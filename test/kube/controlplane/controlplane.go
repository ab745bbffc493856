// Package controlplane runs etcd and kube-apiserver for the tests of a binary,
// and puts deployments into them.
//
// The two programs are built from Go modules by .ci/kube, which says where they
// are in KUBEBUILDER_ASSETS. There is no controller, no scheduler and no kubelet:
// an object is what was written, and what those would write (status, addresses,
// annotations) is written by the tests.
//
// Whatever becomes of the test binary, also when it is killed, nothing of it
// stays: a guard waits for its end, ends what it started and removes its files.
package controlplane

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

// ControlPlane is an API server with its etcd.
type ControlPlane struct {
	// Config reaches it with every right.
	Config *rest.Config

	env     *envtest.Environment
	dir     string
	guard   *exec.Cmd
	held    io.Closer // the guard waits for its end
	dynamic dynamic.Interface
	applied []reference
	crds    []reference
	again   []func() error // end API servers that were started again
}

// Main starts a control plane, hands it over, runs the tests and stops it. It
// returns the code to exit with.
func Main(m *testing.M, use func(*ControlPlane)) int {
	c, err := Start()
	if err != nil {
		fmt.Fprintln(os.Stderr, "starting the control plane:", err)
		return 1
	}
	defer func() {
		if err := c.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "stopping the control plane:", err)
		}
	}()
	use(c)
	return m.Run()
}

// Start starts a control plane. It takes five to nine seconds.
func Start() (*ControlPlane, error) {
	assets := os.Getenv("KUBEBUILDER_ASSETS")
	if assets == "" {
		return nil, errors.New("KUBEBUILDER_ASSETS does not say where etcd and kube-apiserver are: run .ci/kube, or make test-kube")
	}
	log.SetLogger(logr.Discard())
	dir, err := os.MkdirTemp("", "charmarr-lint-kube-")
	if err != nil {
		return nil, err
	}
	c := &ControlPlane{dir: dir}
	if err := c.watch(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := c.start(assets); err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

func (c *ControlPlane) start(assets string) error {
	certificates, data := filepath.Join(c.dir, "certificates"), filepath.Join(c.dir, "etcd")
	for _, dir := range []string{certificates, data} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
	}
	c.env = &envtest.Environment{
		BinaryAssetsDirectory:    assets,
		ControlPlaneStartTimeout: 2 * time.Minute,
		ControlPlaneStopTimeout:  time.Minute,
	}
	c.env.ControlPlane.Etcd = &envtest.Etcd{DataDir: data}
	server := c.env.ControlPlane.GetAPIServer()
	server.CertDir = certificates
	server.Configure().
		// MicroK8s' range: the addresses of Services in testdata are of it.
		Set("service-cluster-ip-range", "10.152.183.0/24").
		// A namespace may be labelled when its pods run already; here it comes first.
		Append("disable-admission-plugins", "PodSecurity").
		// Pages of a list come from etcd, so that they can expire.
		Set("feature-gates", "ListFromCacheSnapshot=false")
	config, err := c.env.Start()
	if err != nil {
		return err
	}
	config.QPS = -1 // tests write much, and nobody else waits
	c.Config = config
	c.dynamic, err = dynamic.NewForConfig(config)
	return err
}

// guardScript waits until its input ends, which it does when this process does.
// Then it kills what has the control plane's folder among its arguments: etcd
// and the API server, and nothing else.
const guardScript = `
read -r _
ps -eo pid=,args= | while read -r pid args; do
  case $args in *"$CONTROL_PLANE"*) kill -9 "$pid" ;; esac
done
rm -rf "$CONTROL_PLANE"
`

// watch starts the guard.
func (c *ControlPlane) watch() error {
	c.guard = exec.Command("sh", "-c", guardScript)
	c.guard.Env = append(os.Environ(), "CONTROL_PLANE="+c.dir)
	c.guard.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt is not for it
	held, err := c.guard.StdinPipe()
	if err != nil {
		return fmt.Errorf("starting the guard: %w", err)
	}
	c.held = held
	if err := c.guard.Start(); err != nil {
		return fmt.Errorf("starting the guard: %w", err)
	}
	return nil
}

// Stop stops the control plane and removes its files.
func (c *ControlPlane) Stop() error {
	var errs []error
	for _, end := range c.again {
		errs = append(errs, end())
	}
	if c.env != nil {
		errs = append(errs, c.env.Stop())
	}
	errs = append(errs, c.held.Close())
	if err := c.guard.Wait(); err != nil {
		errs = append(errs, fmt.Errorf("waiting for the guard: %w", err))
	}
	return errors.Join(errs...)
}

// EtcdURL is where etcd's clients connect to.
func (c *ControlPlane) EtcdURL() string { return c.env.ControlPlane.Etcd.URL.String() }

// User returns how a user reaches the API server, who has the rights that roles
// give to the name and no other.
func (c *ControlPlane) User(name string) (*rest.Config, error) {
	user, err := c.env.AddUser(envtest.User{Name: name}, &rest.Config{})
	if err != nil {
		return nil, fmt.Errorf("adding user %q: %w", name, err)
	}
	return user.Config(), nil
}

// mapper tells the resource of each kind that is installed now.
func (c *ControlPlane) mapper() (meta.RESTMapper, error) {
	client, err := discovery.NewDiscoveryClientForConfig(c.Config)
	if err != nil {
		return nil, err
	}
	return restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(client)), nil
}

// patience is how long something is tried: the API server takes ten seconds to
// remove CRDs, and many times that on a busy machine.
const patience = 3 * time.Minute

// eventually tries something until it succeeds, or until it is clear that it never
// will.
func eventually(ctx context.Context, try func() error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		err := try()
		if err == nil || settled(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// settled tells whether the API server refuses something for what it is, and not
// for the time being, as what is in a namespace that is on its way out.
func settled(err error) bool {
	return apierrors.IsInvalid(err) || apierrors.IsBadRequest(err) || apierrors.IsMethodNotSupported(err) ||
		apierrors.IsRequestEntityTooLargeError(err) || apierrors.IsUnsupportedMediaType(err)
}
