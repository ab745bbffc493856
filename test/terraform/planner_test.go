package terraform

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/test/deployment"
	"github.com/charmarr/charmarr-lint/test/jujuserver"
)

const (
	root     = "../.."
	examples = root + "/examples/terraform"
	// variable says where the planner is.
	variable = "CHARMARR_LINT_TERRAFORM"
	// canary is part of every secret that plans are made with. It stands in their
	// JSON in clear, and may never come out of anything that reads it.
	canary = "canary-0d3adb33f"
)

// empty is a controller without a model, for everything that is planned from
// nothing; binary is the program, built from this checkout.
var (
	empty  *jujuserver.Controller
	binary string
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "charmarr-lint-terraform-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	if os.Getenv(variable) == "" {
		fmt.Fprintln(os.Stderr, variable+" names no folder with a planner: run `make test-terraform`")
		return 1
	}
	binary = filepath.Join(folder, "charmarr-lint")
	build := exec.Command("go", "build", "-o", binary, "./cmd/charmarr-lint")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building charmarr-lint: %v\n%s", err, out)
		return 1
	}
	home := filepath.Join(folder, "controller")
	if err := os.Mkdir(home, 0o700); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if empty, err = jujuserver.Start(home, jujuserver.Request{Name: "homelab", Estate: "declared", Declared: &deployment.Declared{}}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer empty.Stop()
	return m.Run()
}

// planner is a folder with Terraform, and OpenTofu to plan it.
type planner struct {
	folder string
	env    []string
	// planned is the file of the last plan.
	planned string
}

// plans copies one of the examples, and makes it ready to be planned against a
// controller.
func plans(t testing.TB, example string, c *jujuserver.Controller) *planner {
	t.Helper()
	p := &planner{folder: filepath.Join(t.TempDir(), example)}
	require.NoError(t, os.CopyFS(p.folder, os.DirFS(filepath.Join(examples, example))))
	p.ready(t, c)
	return p
}

// ready makes the folder ready to be planned against a controller.
func (p *planner) ready(t testing.TB, c *jujuserver.Controller) {
	t.Helper()
	home := t.TempDir()
	// Providers come from the folder and from nowhere else.
	rc := filepath.Join(home, "tofu.rc")
	mirror := filepath.Join(os.Getenv(variable), "mirror")
	require.NoError(t, os.WriteFile(rc, fmt.Appendf(nil, "provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror), 0o600))
	p.env = []string{
		"HOME=" + home, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir(), "TF_CLI_CONFIG_FILE=" + rc, "TF_IN_AUTOMATION=1",
		"CHECKPOINT_DISABLE=1", "TF_VAR_wireguard_private_key=" + canary + "-wireguard",
		"JUJU_CONTROLLER_ADDRESSES=" + c.Address, "JUJU_CA_CERT=" + c.CACert,
		"JUJU_USERNAME=admin", "JUJU_PASSWORD=" + c.Users["admin"],
		// A proxy that is not there: whatever would leave the machine fails.
		"HTTPS_PROXY=http://127.0.0.1:9", "HTTP_PROXY=http://127.0.0.1:9", "NO_PROXY=127.0.0.1",
	}
	if mark := os.Getenv("CHARMARR_CI_RUN"); mark != "" {
		p.env = append(p.env, "CHARMARR_CI_RUN="+mark) // by which CI finds processes that are left
	}
	p.tofu(t, "init", "-input=false", "-no-color")
}

// plan plans, and returns the plan as JSON.
func (p *planner) plan(t testing.TB, args ...string) []byte {
	t.Helper()
	p.planned = filepath.Join(t.TempDir(), "plan.out")
	p.tofu(t, slices.Concat([]string{"plan", "-input=false", "-no-color", "-lock=false", "-out=" + p.planned}, args)...)
	return p.tofu(t, "show", "-json", p.planned)
}

// tofu runs OpenTofu, which must succeed.
func (p *planner) tofu(t testing.TB, args ...string) []byte {
	t.Helper()
	stdout, stderr, code := p.try(t, args...)
	require.Zero(t, code, "tofu %s\n%s%s", strings.Join(args, " "), stdout, stderr)
	return stdout
}

// try runs OpenTofu.
func (p *planner) try(t testing.TB, args ...string) (stdout, stderr []byte, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(os.Getenv(variable), "tofu"), args...)
	cmd.Dir, cmd.Env = p.folder, p.env
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return out.Bytes(), errs.Bytes(), cmd.ProcessState.ExitCode()
}
