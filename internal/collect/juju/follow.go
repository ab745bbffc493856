package juju

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/go-macaroon-bakery/macaroon-bakery/v3/bakery"
	"github.com/juju/juju/rpc/params"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// consumed is an offer that a model consumes of another.
type consumed struct {
	controller, owner, model, offer string
}

// consumedOf reads [CONTROLLER:][OWNER/]MODEL.OFFER; ok is false for anything else.
func consumedOf(url string) (c consumed, ok bool) {
	if controller, rest, found := strings.Cut(url, ":"); found {
		c.controller, url = controller, rest
	}
	if owner, rest, found := strings.Cut(url, "/"); found {
		c.owner, url = owner, rest
	}
	c.model, c.offer, ok = strings.Cut(url, ".")
	return c, ok && c.model != "" && c.offer != ""
}

// follow reads the models whose offers the models read so far consume, one step
// far: where the account sees such a model, all of it, else the offer alone. It
// returns the controllers that only this led to. An offer of a controller that
// the client store does not know, or that the account may not see, stays as
// unknown as it was.
func (r *reading) follow(ctx context.Context, asked []*controller) []*controller {
	wants := map[string][]consumed{} // by controller
	for _, c := range asked {
		for _, m := range c.read {
			for _, s := range m.model.SAAS {
				offer, ok := consumedOf(s.URL)
				if !ok {
					continue
				}
				if offer.controller == "" {
					offer.controller = c.name
				}
				if !slices.Contains(wants[offer.controller], offer) {
					wants[offer.controller] = append(wants[offer.controller], offer)
				}
			}
		}
	}
	all := slices.Clone(asked)
	for _, name := range r.targets.store.names() {
		known := slices.ContainsFunc(asked, func(c *controller) bool { return c.name == name })
		if len(wants[name]) > 0 && !known {
			all = append(all, &controller{target: r.targets.store.target(name)})
		}
	}
	var wait sync.WaitGroup
	for i, c := range all {
		if len(wants[c.name]) == 0 {
			continue
		}
		wait.Go(func() {
			if i >= len(asked) {
				r.connect(ctx, c)
			}
			if c.conn != nil {
				r.offering(ctx, c, wants[c.name])
			}
		})
	}
	wait.Wait()
	return all[len(asked):]
}

// offering reads the models of a controller that make offers, and the offers of
// models that the account does not see.
func (r *reading) offering(ctx context.Context, c *controller, offers []consumed) {
	var models []listed
	var unseen []consumed
	for _, o := range offers {
		found := c.find(wanted{owner: o.owner, name: o.model})
		switch {
		case slices.ContainsFunc(c.read, func(m modelRead) bool { return m.name == o.model }):
			// It was asked for, or is another model of its name; see distinct.
		case len(found) == 0 && !c.unknown:
			unseen = append(unseen, o)
		case len(found) == 1 && !slices.Contains(models, found[0]):
			models = append(models, found[0])
		}
	}
	slices.SortFunc(models, func(a, b listed) int { return strings.Compare(a.String(), b.String()) })
	c.read = append(c.read, r.models(ctx, c, c.distinct(models))...)
	for _, o := range unseen {
		r.offer(ctx, c, o)
	}
}

// offer reads an offer of a model that the account does not see. It carries
// nothing of the model in whole.
func (r *reading) offer(ctx context.Context, c *controller, o consumed) {
	url := o.model + "." + o.offer
	if o.owner != "" {
		url = o.owner + "/" + url
	}
	var found params.ApplicationOffersResults
	args := params.OfferURLs{OfferURLs: []string{url}, BakeryVersion: bakery.LatestVersion}
	err := c.conn.call(ctx, "ApplicationOffers", "ApplicationOffers", args, &found)
	if err != nil && params.ErrCode(err) == "" {
		c.gap("reading offer "+url, r.reason(c.target, err), []snapshot.Evidence{snapshot.JujuOffers})
	}
	if err != nil || len(found.Results) != 1 || found.Results[0].Error != nil || found.Results[0].Result == nil {
		return // it is not there, or may not be seen; the consuming model says that it is consumed
	}
	details := found.Results[0].Result
	offer := snapshot.Offer{Name: o.offer, URL: url, Application: details.ApplicationName, Active: -1, Total: -1}
	for _, e := range details.Endpoints {
		offer.Endpoints = append(offer.Endpoints, snapshot.Endpoint{Name: e.Name, Interface: e.Interface, Role: string(e.Role)})
	}
	i := slices.IndexFunc(c.offers, func(m snapshot.Model) bool { return m.Name == o.model })
	if i < 0 {
		c.offers = append(c.offers, snapshot.Model{
			Name: o.model, Controller: c.name, State: snapshot.Declared, Evidence: []snapshot.Evidence{},
		})
		i = len(c.offers) - 1
	}
	c.offers[i].Offers = append(c.offers[i].Offers, offer)
}
