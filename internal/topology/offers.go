package topology

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// offer is an offer of a model, joined over its sources.
type offer struct {
	model     *model
	facts     *snapshot.Offer
	state     snapshot.State
	endpoints []snapshot.Endpoint
	consumers []string
}

// saas is a consumed offer, joined over its sources and resolved.
type saas struct {
	model     *model
	facts     *snapshot.SAAS
	state     snapshot.State
	url       offerURL
	endpoints []snapshot.Endpoint
	home      *model // the offering model, nil where it was not read
	offer     *offer // nil where it is not there or not known
	relations int
	missing   []string
}

// offerURL is a parsed offer URL.
type offerURL struct {
	controller, owner, model, offer string
}

// parseOfferURL reads [controller:][owner/]model.offer. What cannot be read is
// left empty: the SAAS then resolves to nothing, which is reported.
func parseOfferURL(s string) offerURL {
	var u offerURL
	if c, rest, ok := strings.Cut(s, ":"); ok {
		u.controller, s = c, rest
	}
	if i := strings.LastIndexByte(s, '/'); i >= 0 {
		u.owner, s = s[:i], s[i+1:]
	}
	u.model, u.offer, _ = strings.Cut(s, ".")
	return u
}

// offersKnown tells whether the offers of a model were read.
func (m *model) offersKnown() bool { return m.evidence[snapshot.JujuOffers] }

// application returns the application behind the SAAS, nil where it is unknown.
func (s *saas) application() *app {
	if s.offer == nil {
		return nil
	}
	return s.home.apps[s.offer.facts.Application]
}

// found says whether the offer exists: yes, no, or "" where its model was not
// read.
func (s *saas) found() string {
	switch {
	case s.offer != nil:
		return answerYes
	case s.home == nil || !s.home.offersKnown():
		return answerUnknown
	}
	return answerNo
}

// own tells whether a SAAS carries an interface of Charmarr's own. Where its
// endpoints were not said, the offer's are looked at.
func (s *saas) own() bool { return s.ownBeside("") }

// ownBeside is own, with one interface left out.
func (s *saas) ownBeside(but string) bool {
	t := charms()
	has := func(list []snapshot.Endpoint) bool {
		return slices.ContainsFunc(list, func(e snapshot.Endpoint) bool { return e.Interface != but && t.own[e.Interface] })
	}
	return has(s.endpoints) || (s.offer != nil && has(s.offer.endpoints))
}

func mergeEndpoints(have, more []snapshot.Endpoint) []snapshot.Endpoint {
	for _, e := range more {
		i := slices.IndexFunc(have, func(h snapshot.Endpoint) bool { return h.Name == e.Name })
		if i < 0 {
			have = append(have, e)
			continue
		}
		have[i].Interface = cmp.Or(have[i].Interface, e.Interface)
		have[i].Role = cmp.Or(have[i].Role, e.Role)
	}
	return have
}

// fillOffer completes what one source says of an offer with what another says:
// juju find-offers names no application, and only juju status counts
// connections.
func fillOffer(have, more *snapshot.Offer) *snapshot.Offer {
	out := *have
	out.Application = cmp.Or(out.Application, more.Application)
	out.URL = cmp.Or(out.URL, more.URL)
	if out.Active < 0 {
		out.Active = more.Active
	}
	if out.Total < 0 {
		out.Total = more.Total
	}
	return &out
}

// collectOffers joins the offers and the SAAS that a model's sources show.
func (e *estate) collectOffers(m *model) {
	t := charms()
	for _, o := range m.observed {
		for i := range o.Offers {
			f := &o.Offers[i]
			have := m.offers[f.Name]
			if have == nil {
				have = &offer{model: m, facts: f, state: o.State}
				m.offers[f.Name] = have
			} else {
				have.facts = fillOffer(have.facts, f)
			}
			have.endpoints = mergeEndpoints(have.endpoints, f.Endpoints)
		}
		for i := range o.SAAS {
			f := &o.SAAS[i]
			have := m.saas[f.Name]
			if have == nil {
				have = &saas{model: m, facts: f, state: o.State, url: parseOfferURL(f.URL)}
				m.saas[f.Name] = have
			}
			have.endpoints = mergeEndpoints(have.endpoints, f.Endpoints)
		}
	}
	for _, o := range m.offers {
		a := m.apps[o.facts.Application]
		if a == nil {
			continue
		}
		for i := range o.endpoints {
			ep := &o.endpoints[i]
			ep.Interface = cmp.Or(ep.Interface, t.interfaceOf(a.charm, ep.Name))
			ep.Role = cmp.Or(ep.Role, t.side(a.charm, ep.Name, ep.Interface))
		}
	}
}

// resolveSAAS finds the offer behind each SAAS of a model.
func (e *estate) resolveSAAS(m *model) {
	for _, name := range slices.Sorted(maps.Keys(m.saas)) {
		s := m.saas[name]
		s.home = e.find(cmp.Or(s.url.controller, m.controller), s.url.model)
		if s.home == nil && m.byFolder {
			s.home = e.find(m.controller, s.url.model)
		}
		if s.home == nil {
			continue
		}
		s.offer = s.home.offers[s.url.offer]
		if s.offer == nil {
			continue
		}
		s.offer.consumers = append(s.offer.consumers, m.name+"/"+s.facts.Name)
		// A bundle says a SAAS's URL alone: its endpoints are the offer's.
		if len(s.endpoints) == 0 {
			s.endpoints = append(s.endpoints, s.offer.endpoints...)
		}
	}
}
