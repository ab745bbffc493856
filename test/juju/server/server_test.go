package server_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	stdtesting "testing"
	"time"

	"github.com/juju/clock/testclock"
	"github.com/juju/juju/caas"
	"github.com/juju/juju/core/assumes"
	corecharm "github.com/juju/juju/core/charm"
	"github.com/juju/juju/core/constraints"
	"github.com/juju/juju/core/credential"
	"github.com/juju/juju/core/model"
	"github.com/juju/juju/core/permission"
	"github.com/juju/juju/core/providertracker"
	coreuser "github.com/juju/juju/core/user"
	jujuversion "github.com/juju/juju/core/version"
	applicationcharm "github.com/juju/juju/domain/application/charm"
	"github.com/juju/juju/domain/application/service"
	crossmodelrelation "github.com/juju/juju/domain/crossmodelrelation"
	"github.com/juju/juju/domain/deployment/charm"
	modeldomain "github.com/juju/juju/domain/model"
	modelbootstrap "github.com/juju/juju/domain/model/bootstrap"
	modelconfigbootstrap "github.com/juju/juju/domain/modelconfig/bootstrap"
	modeldefaultsbootstrap "github.com/juju/juju/domain/modeldefaults/bootstrap"
	"github.com/juju/juju/environs"
	"github.com/juju/juju/internal/uuid"
	jujutesting "github.com/juju/juju/juju/testing"
	"github.com/juju/tc"
)

type suite struct {
	jujutesting.ApiServerSuite
}

func TestController(t *stdtesting.T) { tc.Run(t, &suite{}) }

type factory struct{}

type prov struct {
	providertracker.Provider
}

func (prov) PrecheckInstance(ctx context.Context, p environs.PrecheckInstanceParams) error {
	return nil
}
func (prov) ConstraintsValidator(ctx context.Context) (constraints.Validator, error) {
	return constraints.NewValidator(), nil
}
func (prov) SupportedFeatures() (assumes.FeatureSet, error)           { return assumes.FeatureSet{}, nil }
func (prov) Application(string, caas.DeploymentType) caas.Application { return nil }

func (factory) ProviderForModel(ctx context.Context, ns string) (providertracker.Provider, error) {
	return prov{}, nil
}
func (factory) EphemeralProviderFromConfig(ctx context.Context, c providertracker.EphemeralProviderConfig) (providertracker.Provider, error) {
	return prov{}, nil
}

func mk(c *tc.C, meta, cfg string) charm.Charm {
	m, err := charm.ReadMeta(strings.NewReader(meta))
	c.Assert(err, tc.ErrorIsNil)
	man, err := charm.ReadManifest(strings.NewReader("bases:\n- name: ubuntu\n  channel: 24.04/stable\n  architectures: [amd64]\n"))
	c.Assert(err, tc.ErrorIsNil)
	cs, err := charm.ReadConfig(strings.NewReader(cfg))
	c.Assert(err, tc.ErrorIsNil)
	return charm.NewCharmBase(m, man, cs, nil)
}

func (s *suite) TestServe(c *tc.C) {
	ctx := c.Context()
	s.SeedCAASCloud(c)
	// The suite's cloud has no CA row; every query about a k8s model's secret back end inner-joins it.
	c.Assert(s.TxnRunner().StdTxn(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO cloud_ca_cert (cloud_uuid, ca_cert) SELECT uuid, 'placeholder' FROM cloud WHERE name = 'caascloud'")
		if err == nil {
			_, err = tx.ExecContext(ctx, "INSERT OR REPLACE INTO controller_config (key, value) VALUES ('controller-name', 'real')")
		}
		return err
	}), tc.ErrorIsNil)
	mu := tc.Must0(c, model.NewUUID)
	controllerUUID, err := uuid.UUIDFromString(s.ControllerUUID)
	c.Assert(err, tc.ErrorIsNil)
	fn := modelbootstrap.CreateGlobalModelRecord(mu, modeldomain.GlobalModelCreationArgs{
		Cloud: "caascloud", Credential: credential.Key{Cloud: "caascloud", Owner: coreuser.AdminUserName, Name: "dummy-credential"},
		Name: "charmarr", Qualifier: "admin", AdminUsers: []coreuser.UUID{s.AdminUserUUID},
	})
	c.Assert(fn(ctx, s.ControllerTxnRunner(), s.NoopTxnRunner()), tc.ErrorIsNil)
	c.Assert(modelbootstrap.CreateLocalModelRecord(mu, controllerUUID, jujuversion.Current)(ctx, s.ControllerTxnRunner(), s.ModelTxnRunner(c, mu.String())), tc.ErrorIsNil)
	c.Assert(modelconfigbootstrap.SetModelConfig(mu, nil, modeldefaultsbootstrap.ModelDefaultsProvider(nil, nil, "kubernetes"))(ctx, s.ControllerTxnRunner(), s.ModelTxnRunner(c, mu.String())), tc.ErrorIsNil)

	svc := s.ModelDomainServices(c, mu)
	app := svc.Application()
	add := func(name string, ch charm.Charm, n int) {
		_, err := app.CreateCAASApplication(ctx, name, ch, corecharm.Origin{
			Source:   corecharm.CharmHub,
			Channel:  &charm.Channel{Track: "latest", Risk: "stable"},
			Platform: corecharm.Platform{Channel: "24.04", OS: "ubuntu", Architecture: "amd64"},
		}, service.AddApplicationArgs{
			ReferenceName: name,
			DownloadInfo:  &applicationcharm.DownloadInfo{Provenance: applicationcharm.ProvenanceDownload, DownloadURL: "https://example.com"},
		}, make([]service.AddUnitArg, n)...)
		c.Assert(err, tc.ErrorIsNil)
	}
	add("radarr", mk(c, "name: radarr-k8s\nsummary: s\ndescription: d\ncontainers:\n  radarr: {}\nrequires:\n  indexer:\n    interface: media-indexer\n  downloader:\n    interface: download-client\n", "options:\n  quality:\n    type: string\n    default: any\n"), 1)
	add("prowlarr", mk(c, "name: prowlarr-k8s\nsummary: s\ndescription: d\nprovides:\n  indexer:\n    interface: media-indexer\n", "options: {}\n"), 1)
	_, _, err = svc.Relation().AddRelation(ctx, "radarr:indexer", "prowlarr:indexer")
	c.Assert(err, tc.ErrorIsNil)
	c.Assert(svc.Access().AddExternalUser(ctx, permission.EveryoneUserName, "", s.AdminUserUUID), tc.ErrorIsNil)
	err = svc.CrossModelRelation().CreateOffer(ctx, crossmodelrelation.ApplicationOfferArgs{
		ApplicationName: "prowlarr", Endpoints: map[string]string{"indexer": "indexer"}, OfferName: "prowlarr-idx", OwnerName: coreuser.AdminUserName,
	})
	c.Assert(err, tc.ErrorIsNil)

	mu2 := tc.Must0(c, model.NewUUID)
	fn = modelbootstrap.CreateGlobalModelRecord(mu2, modeldomain.GlobalModelCreationArgs{
		Cloud: "caascloud", Credential: credential.Key{Cloud: "caascloud", Owner: coreuser.AdminUserName, Name: "dummy-credential"},
		Name: "observability", Qualifier: "admin", AdminUsers: []coreuser.UUID{s.AdminUserUUID},
	})
	c.Assert(fn(ctx, s.ControllerTxnRunner(), s.NoopTxnRunner()), tc.ErrorIsNil)
	c.Assert(modelbootstrap.CreateLocalModelRecord(mu2, controllerUUID, jujuversion.Current)(ctx, s.ControllerTxnRunner(), s.ModelTxnRunner(c, mu2.String())), tc.ErrorIsNil)
	c.Assert(modelconfigbootstrap.SetModelConfig(mu2, nil, modeldefaultsbootstrap.ModelDefaultsProvider(nil, nil, "kubernetes"))(ctx, s.ControllerTxnRunner(), s.ModelTxnRunner(c, mu2.String())), tc.ErrorIsNil)
	app = s.ModelDomainServices(c, mu2).Application()
	add("sonarr", mk(c, "name: sonarr-k8s\nsummary: s\ndescription: d\nrequires:\n  indexer:\n    interface: media-indexer\n", "options: {}\n"), 1)

	info := s.ModelApiInfo(mu.String())
	dir := outDir
	if dir == "" {
		dir = c.MkDir()
	}
	ca := "      " + strings.ReplaceAll(strings.TrimSpace(info.CACert), "\n", "\n      ")
	w := func(n, t string) { c.Assert(os.WriteFile(dir+"/"+n, []byte(t), 0600), tc.ErrorIsNil) }
	w("controllers.yaml", fmt.Sprintf("controllers:\n  real:\n    uuid: %s\n    api-endpoints: ['%s']\n    ca-cert: |\n%s\n    cloud: caascloud\n    controller-machine-count: 1\n    active-controller-machine-count: 0\ncurrent-controller: real\n", s.ControllerUUID, info.Addrs[0], ca))
	w("accounts.yaml", "controllers:\n  real:\n    user: admin\n    password: "+jujutesting.AdminSecret+"\n    last-known-access: superuser\n")
	w("models.yaml", fmt.Sprintf("controllers:\n  real:\n    models:\n      admin/charmarr:\n        uuid: %s\n        type: caas\n      admin/observability:\n        uuid: %s\n        type: caas\n    current-model: admin/charmarr\n", mu, mu2))
	w("ready", "ok")
	if d, err := time.ParseDuration(serveFor); err == nil {
		end := time.Now().Add(d)
		for time.Now().Before(end) {
			if _, err := os.Stat(dir + "/stop"); err == nil {
				break
			}
			time.Sleep(200 * time.Millisecond)
		}
	}
}

func (s *suite) SetUpTest(c *tc.C) {
	s.Clock = testclock.NewDilatedWallClock(time.Second)
	s.ProviderFactory = factory{}
	s.WithLeaseManager = true
	s.ApiServerSuite.SetUpTest(c)
}

// The suite clears the environment, so read it at start.
var outDir, serveFor = os.Getenv("CTL_OUT"), os.Getenv("SERVE_FOR")
