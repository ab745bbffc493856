package juju

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/juju/juju/rpc/params"
	"github.com/juju/names/v6"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// caller makes requests of one model's facades.
type caller interface {
	call(ctx context.Context, facade, request string, args, result any) error
}

// model reads one model, again where its connection broke.
func (r *reading) model(ctx context.Context, c *controller, l listed) modelRead {
	var best modelRead
	for i := range 2 {
		read, lost := r.attempt(ctx, c, l)
		if i == 0 || len(read.gaps) < len(best.gaps) || read.ok && !best.ok {
			best = read
		}
		if !lost || ctx.Err() != nil {
			break
		}
	}
	return best
}

// attempt reads one model over one connection, and tells whether that broke.
func (r *reading) attempt(ctx context.Context, c *controller, l listed) (read modelRead, lost bool) {
	m := &modelReading{
		read:  modelRead{listed: l},
		fail:  func(err error) string { return r.reason(c.target, err) },
		where: c.name,
	}
	conn, err := r.dial.open(ctx, c.target, l.uuid)
	if err != nil {
		m.gap("reading model "+l.String(), err, jujuEvidence()...)
		return m.read, false
	}
	defer conn.close()
	m.caller = conn
	if v, ok := conn.ServerVersion(); ok {
		m.ownBags = v.Major >= 4
	}
	m.all(ctx)
	return m.read, conn.lost()
}

// modelReading is the reading of one model.
type modelReading struct {
	caller caller
	where  string // the controller
	// ownBags says that a controller tells a unit's own application's databag
	// where others tell that of the application at the other end.
	ownBags bool
	fail    func(error) string // says why, and what to do
	read    modelRead

	lock    sync.Mutex
	touched []snapshot.Evidence // by what could not be read
}

// gap remembers that something could not be read.
func (m *modelReading) gap(what string, err error, evidence ...snapshot.Evidence) {
	m.gapSaid(what, m.fail(err), evidence...)
}

func (m *modelReading) gapSaid(what, reason string, evidence ...snapshot.Evidence) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.touched = append(m.touched, evidence...)
	m.read.gaps = append(m.read.gaps, snapshot.Gap{Source: m.where, What: what, Reason: reason, Evidence: evidence})
}

// hidden remembers that the controller does not show evidence in whole. That is
// no gap: nothing failed, and to run again does not help.
func (m *modelReading) hidden(evidence snapshot.Evidence) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.touched = append(m.touched, evidence)
}

// all reads the model: its status first, which names what else there is to ask
// for, then everything else side by side.
func (m *modelReading) all(ctx context.Context) {
	l := m.read.listed
	var status params.FullStatus
	if err := m.caller.call(ctx, "Client", "FullStatus", params.StatusParams{}, &status); err != nil {
		m.gap("reading the status of model "+l.String(), err, jujuEvidence()...)
		return
	}
	if status.Model.Name == "" {
		m.gapSaid("reading the status of model "+l.String(), "the controller's answer is empty: see that it is well, and run again", jujuEvidence()...)
		return
	}
	m.read.ok = true
	m.read.model = snapshot.Model{
		Name: status.Model.Name, Controller: m.where, UUID: l.uuid,
		Type: status.Model.Type, Version: status.Model.Version, State: snapshot.Declared,
	}
	if cloud, err := names.ParseCloudTag(status.Model.CloudTag); err == nil {
		m.read.model.Cloud = cloud.Id()
	}
	m.status(&status)
	if !l.admin {
		m.hidden(snapshot.JujuOffers) // a status has the offers for admins alone, and none for others
	}
	var wait sync.WaitGroup
	wait.Go(func() { m.configs(ctx) })
	wait.Go(func() { m.units(ctx, &status) })
	wait.Go(func() { m.secrets(ctx) })
	wait.Wait()
	slices.SortStableFunc(m.read.gaps, func(a, b snapshot.Gap) int {
		return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Reason, b.Reason))
	})
	m.read.model.Evidence = []snapshot.Evidence{}
	for _, e := range jujuEvidence() {
		if !slices.Contains(m.touched, e) {
			m.read.model.Evidence = append(m.read.model.Evidence, e)
		}
	}
}

// configs reads the options and the trust of each application.
func (m *modelReading) configs(ctx context.Context) {
	next := make(chan *snapshot.Application)
	var wait sync.WaitGroup
	for range min(requestsAtOnce, len(m.read.model.Applications)) {
		wait.Go(func() {
			for app := range next {
				var result params.ApplicationGetResults
				if err := m.caller.call(ctx, "Application", "Get", params.ApplicationGet{ApplicationName: app.Name}, &result); err != nil {
					m.gap(fmt.Sprintf("reading the configuration of %s in model %s", app.Name, m.read.listed), err, snapshot.JujuConfig)
					continue
				}
				if result.Application == "" && result.Charm == "" {
					m.gapSaid(fmt.Sprintf("reading the configuration of %s in model %s", app.Name, m.read.listed),
						"the controller's answer is empty: see that it is well, and run again", snapshot.JujuConfig)
					continue
				}
				app.Trust = trustOf(result.ApplicationConfig)
				app.Config = optionsOf(result.CharmConfig)
			}
		})
	}
	for i := range m.read.model.Applications {
		next <- &m.read.model.Applications[i]
	}
	close(next)
	wait.Wait()
}

// units reads the databags of the units that the status names.
func (m *modelReading) units(ctx context.Context, status *params.FullStatus) {
	units := m.read.model.Units
	if len(units) == 0 {
		return
	}
	what := "reading the units of model " + m.read.String()
	var args params.Entities
	for _, u := range units {
		if !names.IsValidUnit(u.Name) {
			m.gapSaid(what, strconv.Quote(plainText(u.Name))+" is no name of a unit", snapshot.JujuUnits)
			return
		}
		args.Entities = append(args.Entities, params.Entity{Tag: names.NewUnitTag(u.Name).String()})
	}
	var result params.UnitInfoResults
	if err := m.caller.call(ctx, "Application", "UnitsInfo", args, &result); err != nil {
		m.gap(what, err, snapshot.JujuUnits)
		return
	}
	if len(result.Results) != len(units) {
		m.gapSaid(what, fmt.Sprintf("the controller answered for %d of %d units: run again", len(result.Results), len(units)), snapshot.JujuUnits)
		return
	}
	bags := newDatabags(status, m.ownBags)
	for i, info := range result.Results {
		u := &units[i]
		switch {
		case info.Error != nil:
			m.gap(fmt.Sprintf("reading unit %s of model %s", u.Name, m.read.listed), info.Error, snapshot.JujuUnits)
		case info.Result == nil:
			m.gapSaid(fmt.Sprintf("reading unit %s of model %s", u.Name, m.read.listed), "the controller's answer is empty: run again", snapshot.JujuUnits)
		default:
			u.Address = cmp.Or(u.Address, info.Result.Address)
			bags.add(u.Name, info.Result.RelationData)
		}
	}
	for i := range units {
		units[i].Relations = bags.of(units[i].Name)
	}
	if bags.unseen {
		m.hidden(snapshot.JujuUnits)
	}
}

// secrets reads who owns and who may read which secret. The values are not
// asked for.
func (m *modelReading) secrets(ctx context.Context) {
	what := "listing the secrets of model " + m.read.String()
	var result params.ListSecretResults
	if err := m.caller.call(ctx, "Secrets", "ListSecrets", params.ListSecretsArgs{ShowSecrets: false}, &result); err != nil {
		m.gap(what, err, snapshot.JujuSecrets)
		return
	}
	for _, s := range result.Results {
		secret, err := secretOf(s)
		if err != nil {
			m.gapSaid(what, plain(err), snapshot.JujuSecrets)
			continue
		}
		m.read.model.Secrets = append(m.read.model.Secrets, secret)
	}
	slices.SortFunc(m.read.model.Secrets, func(a, b snapshot.Secret) int { return cmp.Compare(a.ID, b.ID) })
}

// secretOf reads a secret without its value.
func secretOf(s params.ListSecretResult) (snapshot.Secret, error) {
	id, ok := strings.CutPrefix(s.URI, "secret:")
	if !ok || id == "" {
		return snapshot.Secret{}, fmt.Errorf("%q is no secret's URI", plainText(s.URI))
	}
	secret := snapshot.Secret{
		ID: id[strings.LastIndexByte(id, '/')+1:], Label: snapshot.RedactText(s.Label),
	}
	owner, err := names.ParseTag(s.OwnerTag)
	if err != nil {
		return snapshot.Secret{}, fmt.Errorf("the owner of secret %s: %w", secret.ID, err)
	}
	switch owner := owner.(type) {
	case names.ApplicationTag:
		secret.Owner = owner.Id()
	case names.UnitTag:
		secret.Owner, _, _ = strings.Cut(owner.Id(), "/")
	}
	for _, access := range s.Access {
		reader, err := names.ParseTag(access.TargetTag)
		if err != nil {
			return snapshot.Secret{}, fmt.Errorf("a reader of secret %s: %w", secret.ID, err)
		}
		if !slices.Contains(secret.Readers, reader.Id()) {
			secret.Readers = append(secret.Readers, reader.Id())
		}
	}
	slices.Sort(secret.Readers)
	return secret, nil
}
