package server_test

import (
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/juju/juju/api"
	"github.com/juju/juju/api/client/application"
	"github.com/juju/juju/api/client/applicationoffers"
	"github.com/juju/juju/api/client/modelmanager"
	"github.com/juju/juju/api/client/secrets"
	"github.com/juju/juju/api/client/usermanager"
	corecharm "github.com/juju/juju/core/charm"
	"github.com/juju/juju/core/credential"
	"github.com/juju/juju/core/crossmodel"
	"github.com/juju/juju/core/model"
	"github.com/juju/juju/core/network"
	"github.com/juju/juju/core/permission"
	corerelation "github.com/juju/juju/core/relation"
	coreunit "github.com/juju/juju/core/unit"
	coreuser "github.com/juju/juju/core/user"
	jujuversion "github.com/juju/juju/core/version"
	applicationcharm "github.com/juju/juju/domain/application/charm"
	"github.com/juju/juju/domain/application/service"
	"github.com/juju/juju/domain/deployment/charm"
	modeldomain "github.com/juju/juju/domain/model"
	modelbootstrap "github.com/juju/juju/domain/model/bootstrap"
	modelconfigbootstrap "github.com/juju/juju/domain/modelconfig/bootstrap"
	modeldefaultsbootstrap "github.com/juju/juju/domain/modeldefaults/bootstrap"
	domainnetwork "github.com/juju/juju/domain/network"
	"github.com/juju/juju/internal/services"
	"github.com/juju/juju/internal/uuid"
	"github.com/juju/names/v6"
	"github.com/juju/tc"
)

const (
	cloudName = "caascloud" // as the suite calls it

	// canary is part of every secret that is planted. Nothing of it may ever
	// come out.
	canary = "canary-0d3adb33f"
)

// prepare makes what models need that the suite does not.
func (s *suite) prepare(c *tc.C) {
	s.SeedCAASCloud(c)
	// Every query about the secrets of a model on Kubernetes joins its cloud's CA
	// certificate, and the suite's cloud has none.
	c.Assert(s.TxnRunner().StdTxn(c.Context(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx,
			"INSERT INTO cloud_ca_cert (cloud_uuid, ca_cert) SELECT uuid, 'placeholder' FROM cloud WHERE name = ?", cloudName)
		return err
	}), tc.ErrorIsNil)
	access := s.ControllerDomainServices(c).Access()
	c.Assert(access.AddExternalUser(c.Context(), permission.EveryoneUserName, "", s.AdminUserUUID), tc.ErrorIsNil)
}

// world is a model that is being made.
type world struct {
	*tc.C
	suite    *suite
	name     string
	uuid     model.UUID
	services services.DomainServices
	conn     api.Connection
	apps     *application.Client
}

// world makes an empty model of the admin's.
func (s *suite) world(c *tc.C, name string) *world {
	return s.worldOf(c, name, tc.Must0(c, model.NewUUID))
}

// worldOf makes an empty model that has a UUID already.
func (s *suite) worldOf(c *tc.C, name string, id model.UUID) *world {
	ctx := c.Context()
	controller, err := uuid.UUIDFromString(s.ControllerUUID)
	c.Assert(err, tc.ErrorIsNil)
	record := modelbootstrap.CreateGlobalModelRecord(id, modeldomain.GlobalModelCreationArgs{
		Cloud:      cloudName,
		Credential: credential.Key{Cloud: cloudName, Owner: coreuser.AdminUserName, Name: "dummy-credential"},
		Name:       name, Qualifier: "admin", AdminUsers: []coreuser.UUID{s.AdminUserUUID},
	})
	c.Assert(record(ctx, s.ControllerTxnRunner(), s.NoopTxnRunner()), tc.ErrorIsNil)
	local := s.ModelTxnRunner(c, id.String())
	c.Assert(modelbootstrap.CreateLocalModelRecord(id, controller, jujuversion.Current)(ctx, s.ControllerTxnRunner(), local), tc.ErrorIsNil)
	defaults := modeldefaultsbootstrap.ModelDefaultsProvider(nil, nil, "kubernetes")
	c.Assert(modelconfigbootstrap.SetModelConfig(id, nil, defaults)(ctx, s.ControllerTxnRunner(), local), tc.ErrorIsNil)
	// A record that is made while bootstrapping is that of the controller's model.
	c.Assert(local.StdTxn(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DROP TRIGGER IF EXISTS trg_model_immutable_update"); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE model SET is_controller_model = FALSE")
		return err
	}), tc.ErrorIsNil)
	s.ready.Models[name] = id.String()
	conn := s.OpenModelAPI(c, id.String())
	return &world{
		C: c, suite: s, name: name, uuid: id, services: s.ModelDomainServices(c, id), conn: conn, apps: application.NewClient(conn),
	}
}

// ok ends the test where there was an error.
func (w *world) ok(err error) { w.Assert(err, tc.ErrorIsNil) }

// space makes a network space.
func (w *world) space(name string) {
	_, err := w.services.Network().AddSpace(w.Context(), domainnetwork.AddSpaceArgs{Name: network.SpaceName(name)})
	w.ok(err)
}

// deploy makes an application; bindings are endpoints by space.
func (w *world) deploy(name, charmName, channel string, revision, units int, bindings map[string]string) {
	track, risk, _ := strings.Cut(channel, "/")
	bound := map[string]network.SpaceName{}
	for endpoint, space := range bindings {
		bound[endpoint] = network.SpaceName(space)
	}
	_, err := w.services.Application().CreateCAASApplication(w.Context(), name, charmOf(w.C, charmName), corecharm.Origin{
		Source:   corecharm.CharmHub,
		Channel:  &charm.Channel{Track: track, Risk: charm.Risk(risk)},
		Revision: &revision,
		Platform: corecharm.Platform{Channel: "24.04", OS: "ubuntu", Architecture: "amd64"},
	}, service.AddApplicationArgs{
		ReferenceName:    charmName,
		EndpointBindings: bound,
		DownloadInfo: &applicationcharm.DownloadInfo{
			Provenance: applicationcharm.ProvenanceDownload, DownloadURL: "https://charms.invalid/" + charmName,
		},
	}, make([]service.AddUnitArg, units)...)
	w.ok(err)
}

// set sets options, and trust.
func (w *world) set(app string, options map[string]string) {
	w.ok(w.apps.SetConfig(w.Context(), app, "", options))
}

// integrate relates two endpoints, the requirer first, and returns the relation.
func (w *world) integrate(requirer, provider string) corerelation.UUID {
	_, err := w.apps.AddRelation(w.Context(), []string{requirer, provider}, nil)
	w.ok(err)
	key, err := corerelation.NewKeyFromString(requirer + " " + provider)
	w.ok(err)
	id, err := w.services.Relation().GetRelationUUIDByKey(w.Context(), key)
	w.ok(err)
	return id
}

// publish writes into the databag of an application, and into those of its units.
func (w *world) publish(relation corerelation.UUID, app string, data map[string]string, units ...string) {
	id, err := w.services.Application().GetApplicationUUIDByName(w.Context(), app)
	w.ok(err)
	bags := map[coreunit.Name]map[string]string{}
	for _, u := range units {
		bags[coreunit.Name(u)] = map[string]string{"ingress-address": "10.1.2.3", "private-key": canary + "-unit"}
	}
	w.ok(w.services.Relation().SetRelationRemoteApplicationAndUnitSettings(w.Context(), id, relation, data, bags))
}

// offer offers endpoints of an application.
func (w *world) offer(name, app string, endpoints ...string) {
	conn := w.suite.OpenControllerAPI(w.C)
	results, err := applicationoffers.NewClient(conn).Offer(w.Context(), w.uuid.String(), app, endpoints, "admin", name, "")
	w.ok(err)
	for _, r := range results {
		if r.Error != nil {
			w.ok(r.Error)
		}
	}
}

// consume consumes an offer of a controller under a local name.
func (w *world) consume(alias, url string, from api.Connection, controller *crossmodel.ControllerInfo) {
	details, err := applicationoffers.NewClient(from).GetConsumeDetails(w.Context(), url)
	w.ok(err)
	details.Offer.OfferURL = url
	if controller != nil {
		details.Offer.OfferURL = controller.Alias + ":" + url
	}
	_, err = w.apps.Consume(w.Context(), crossmodel.ConsumeApplicationArgs{
		Offer: *details.Offer, Macaroon: details.Macaroon, ApplicationAlias: alias, ControllerInfo: controller,
	})
	w.ok(err)
}

// secret makes a user secret, grants it to applications and returns its URI. It is
// kept in the controller's database, for there is no cluster to keep it in.
func (w *world) secret(name string, apps ...string) string {
	w.ok(w.suite.TxnRunner().StdTxn(w.Context(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
UPDATE model_secret_backend SET secret_backend_uuid = (SELECT uuid FROM secret_backend WHERE name = 'internal')
WHERE model_uuid = ?`, w.uuid.String())
		return err
	}))
	client := secrets.NewClient(w.conn)
	// Juju keeps secrets in base64.
	value := base64.StdEncoding.EncodeToString([]byte(canary + "-secret"))
	uri, err := client.CreateSecret(w.Context(), name, "", map[string]string{"password": value})
	w.ok(err)
	failed, err := client.GrantSecret(w.Context(), nil, name, apps)
	w.ok(err)
	for _, err := range failed {
		w.ok(err)
	}
	return uri
}

// user makes a user who may read one model, or none.
func (s *suite) user(c *tc.C, name, mayRead string) {
	conn := s.OpenControllerAPI(c)
	password := "password-of-" + name
	_, _, err := usermanager.NewClient(conn).AddUser(c.Context(), name, "", password)
	c.Assert(err, tc.ErrorIsNil)
	if mayRead != "" {
		c.Assert(modelmanager.NewClient(conn).GrantModel(c.Context(), name, "read", s.ready.Models[mayRead]), tc.ErrorIsNil)
	}
	s.ready.Users[name] = password
}

// other logs in to the controller whose offers are consumed.
func (s *suite) other(c *tc.C) api.Connection {
	o := asked.Other
	conn, err := api.Open(c.Context(), &api.Info{
		Addrs: []string{o.Address}, CACert: o.CACert, ControllerUUID: o.UUID,
		Tag: names.NewUserTag("admin"), Password: o.Users["admin"],
	}, api.DialOpts{})
	c.Assert(err, tc.ErrorIsNil, tc.Commentf("logging in to %s", fmt.Sprint(o.Name)))
	c.Cleanup(func() { conn.Close() })
	return conn
}
