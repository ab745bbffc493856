package juju

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/juju/juju/rpc/params"
	"github.com/juju/names/v6"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// reading is one reading of the controllers.
type reading struct {
	options Options
	targets targets
	wanted  []wanted
	dial    dialer
	slots   chan struct{} // for models
	// cancelled tells whether the caller wants no more of it.
	cancelled func() bool

	lock        sync.Mutex
	done, total int
}

// controller is a controller as far as it was read.
type controller struct {
	*target
	conn    *connection // nil where it was not reached
	listed  []listed
	read    []modelRead
	offers  []snapshot.Model // of models that the account does not see
	gaps    []snapshot.Gap
	unknown bool // what models it has could not be told
}

// listed is a model that the account sees.
type listed struct {
	owner, name, uuid string
	own               bool // the controller's own model
	admin             bool // the account is an admin of it
}

func (l listed) String() string { return l.owner + "/" + l.name }

// modelRead is what was read of a model.
type modelRead struct {
	listed
	model snapshot.Model
	ok    bool // there is something of it
	gaps  []snapshot.Gap
}

// read reads the controllers that were asked for, then what their models
// consume of others.
func (r *reading) read(ctx context.Context) snapshot.Snapshot {
	asked := make([]*controller, len(r.targets.asked))
	var wait sync.WaitGroup
	for i, t := range r.targets.asked {
		asked[i] = &controller{target: t}
		wait.Go(func() { r.connect(ctx, asked[i]) })
	}
	wait.Wait()
	for _, c := range asked {
		models := r.choose(c)
		wait.Go(func() { c.read = r.models(ctx, c, models) })
	}
	wait.Wait()
	missing := r.missing(asked)
	all := append(asked, r.follow(ctx, asked)...)
	parts := []snapshot.Snapshot{{Gaps: missing}}
	for _, c := range all {
		if c.conn != nil {
			wait.Go(c.conn.close)
		}
		parts = append(parts, c.snapshot())
	}
	wait.Wait()
	snap := snapshot.Merge(parts...)
	snap.Coverage = append(snap.Coverage, coverage(snap.Models)...)
	return snap
}

// coverage says of which models all databags were read, also where there is no
// unit to show one. Coverage tells models apart by their names alone, so that it
// takes all of a name.
func coverage(models []snapshot.Model) []snapshot.Coverage {
	whole := map[string]bool{}
	for _, m := range models {
		before, seen := whole[m.Name]
		whole[m.Name] = slices.Contains(m.Evidence, snapshot.JujuUnits) && (before || !seen)
	}
	var list []snapshot.Coverage
	for _, name := range slices.Sorted(maps.Keys(whole)) {
		if whole[name] {
			list = append(list, snapshot.Coverage{Evidence: snapshot.JujuUnits, Namespace: name})
		}
	}
	return list
}

// connect logs in to a controller and lists its models.
func (r *reading) connect(ctx context.Context, c *controller) {
	if c.name == "" && len(c.addresses) > 0 {
		c.name = c.addresses[0]
	}
	conn, err := r.dial.open(ctx, c.target, "")
	if err != nil {
		c.unknown = true
		c.gap("connecting to Juju controller "+c.name, r.reason(c.target, err), jujuEvidence())
		return
	}
	c.conn = conn
	c.identify(ctx)
	if err := c.list(ctx); err != nil {
		c.unknown = true
		c.gap("listing the models of Juju controller "+c.name, r.reason(c.target, err), jujuEvidence())
	}
}

// identify asks a controller for its name where nobody else said it, so that
// files that speak of its models are about the same ones.
func (c *controller) identify(ctx context.Context) {
	if tag := c.conn.AuthTag(); tag != nil && c.account.user == "" && c.account.clientID == "" {
		c.account.user = tag.Id()
	}
	if !slices.Contains(c.addresses, c.name) {
		return
	}
	var result params.ControllerConfigResult
	if err := c.conn.call(ctx, "Controller", "ControllerConfig", nil, &result); err != nil {
		return // its address names it, too
	}
	if name, ok := result.Config["controller-name"].(string); ok && name != "" {
		c.name = name
	}
}

// list lists the models that the account sees.
func (c *controller) list(ctx context.Context) error {
	tag := c.conn.AuthTag()
	if tag == nil {
		return errors.New("the controller does not say who is logged in")
	}
	superuser := c.conn.ControllerAccess() == "superuser"
	args := params.ModelSummariesRequest{UserTag: tag.String(), All: superuser}
	var found summaries
	if err := c.conn.call(ctx, "ModelManager", "ListModelSummaries", args, &found); err != nil {
		return err
	}
	for _, m := range found.Results {
		l, err := m.listed()
		if err != nil {
			c.gap("listing the models of Juju controller "+c.name, "the controller could not tell one: "+plain(err), jujuEvidence())
			continue
		}
		l.admin = l.admin || superuser
		c.listed = append(c.listed, l)
	}
	slices.SortFunc(c.listed, func(a, b listed) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.owner, b.owner))
	})
	return nil
}

// summaries are what a controller tells of its models. Juju 4 says who a model
// is of as its qualifier, Juju 3 as its owner.
type summaries struct {
	Results []summary `json:"results"`
}

type summary struct {
	Result *struct {
		Name         string `json:"name"`
		UUID         string `json:"uuid"`
		Qualifier    string `json:"qualifier"`
		OwnerTag     string `json:"owner-tag"`
		IsController bool   `json:"is-controller"`
		UserAccess   string `json:"user-access"`
	} `json:"result"`
	Error *params.Error `json:"error"`
}

func (s summary) listed() (listed, error) {
	switch {
	case s.Error != nil:
		return listed{}, s.Error
	case s.Result == nil || s.Result.Name == "" || !names.IsValidModel(s.Result.UUID):
		return listed{}, errors.New("its answer is empty")
	}
	l := listed{
		owner: s.Result.Qualifier, name: s.Result.Name, uuid: s.Result.UUID,
		own: s.Result.IsController, admin: s.Result.UserAccess == "admin",
	}
	if l.owner == "" {
		owner, err := names.ParseUserTag(s.Result.OwnerTag)
		if err != nil {
			return listed{}, fmt.Errorf("the owner of model %s: %w", l.name, err)
		}
		l.owner = owner.Id()
	}
	return l, nil
}

// choose returns the models of a controller that were asked for.
func (r *reading) choose(c *controller) []listed {
	if len(r.wanted) == 0 {
		return c.distinct(slices.DeleteFunc(slices.Clone(c.listed), func(l listed) bool { return l.own }))
	}
	var chosen []listed
	for _, w := range r.wanted {
		for _, l := range c.find(w) {
			if !slices.Contains(chosen, l) {
				chosen = append(chosen, l)
			}
		}
	}
	slices.SortFunc(chosen, func(a, b listed) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.owner, b.owner))
	})
	return c.distinct(chosen)
}

// find returns the models of a controller that a name may mean: the account's
// own where it does not say whose.
func (c *controller) find(w wanted) []listed {
	if w.controller != "" && w.controller != c.name {
		return nil
	}
	var found []listed
	for _, l := range c.listed {
		if l.name == w.name && (w.owner == "" || w.owner == l.owner) {
			if w.owner == "" && l.owner == c.account.user {
				return []listed{l}
			}
			found = append(found, l)
		}
	}
	return found
}

// distinct leaves out models of one name: nothing that is read of them could be
// told apart later, for all of Juju's dumps name a model without its owner.
func (c *controller) distinct(models []listed) []listed {
	var kept []listed
	for i := 0; i < len(models); {
		end := i + 1
		for end < len(models) && models[end].name == models[i].name {
			end++
		}
		if end == i+1 {
			kept = append(kept, models[i])
		} else {
			var names []string
			for _, m := range models[i:end] {
				names = append(names, m.String())
			}
			c.gap("choosing the models of Juju controller "+c.name,
				fmt.Sprintf("%d models have one name (%s), and findings would not tell which is meant: name the one to read, with its owner", end-i, strings.Join(names, ", ")),
				jujuEvidence())
		}
		i = end
	}
	return kept
}

// missing returns a gap for each model that was asked for and is on none of the
// controllers.
func (r *reading) missing(asked []*controller) []snapshot.Gap {
	var gaps []snapshot.Gap
	for _, w := range r.wanted {
		var where, has []string
		found := false
		for _, c := range asked {
			if w.controller != "" && w.controller != c.name {
				continue
			}
			where = append(where, c.name)
			found = found || c.unknown || len(c.find(w)) > 0 // what is unknown has a gap already
			for _, l := range c.listed {
				has = append(has, l.String())
			}
		}
		if found {
			continue
		}
		gap := snapshot.Gap{
			Source: strings.Join(where, ", "), What: "finding Juju model " + w.text, Evidence: jujuEvidence(),
			Reason: "there is no such model, or the user may not read it; it may read " + sentence(has),
		}
		if len(where) == 0 {
			gap.Source, gap.Reason = w.controller, "that controller is not read: name it too"
		}
		gaps = append(gaps, gap)
	}
	return gaps
}

// models reads models side by side.
func (r *reading) models(ctx context.Context, c *controller, models []listed) []modelRead {
	r.step(0, len(models), "")
	read := make([]modelRead, len(models))
	var wait sync.WaitGroup
	for i, l := range models {
		wait.Go(func() {
			r.slots <- struct{}{}
			defer func() { <-r.slots }()
			read[i] = r.model(ctx, c, l)
			r.step(1, 0, l.String())
		})
	}
	wait.Wait()
	return read
}

// step tells the progress.
func (r *reading) step(done, more int, name string) {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.done, r.total = r.done+done, r.total+more
	if done > 0 && r.options.Progress != nil {
		r.options.Progress(r.done, r.total, name)
	}
}

func (c *controller) gap(what, reason string, evidence []snapshot.Evidence) {
	c.gaps = append(c.gaps, snapshot.Gap{Source: c.name, What: what, Reason: reason, Evidence: evidence})
}

// snapshot is what was read of a controller.
func (c *controller) snapshot() snapshot.Snapshot {
	s := snapshot.Snapshot{
		Sources: []snapshot.Source{{Kind: snapshot.JujuController, Name: c.name}}, Gaps: c.gaps,
	}
	for _, m := range c.read {
		if m.ok {
			s.Models = append(s.Models, m.model)
		}
		s.Gaps = append(s.Gaps, m.gaps...)
	}
	s.Models = append(s.Models, c.offers...)
	return s
}
