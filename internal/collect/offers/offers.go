// Package offers reads what `juju offers` and `juju find-offers` print, as
// JSON or YAML.
//
// `juju offers` lists the offers of one model by name; each says its URL and,
// where there are any, its connections. `juju find-offers` lists the offers of
// many models by URL and says no application.
package offers

import (
	"strings"

	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Evidence returns what `juju offers` carries in whole. `juju find-offers` shows
// what its filter and the asker's access let through: an offer that it does not
// list may be there all the same, so it carries nothing in whole.
func Evidence() []snapshot.Evidence { return []snapshot.Evidence{snapshot.JujuOffers} }

// Recognise tells whether a document is a list of offers: a mapping of which
// each entry has endpoints and either an offer's URL or, as its key, one.
func Recognise(root *syntax.Node) bool {
	if root.Kind() != syntax.Map || root.Len() == 0 {
		return false
	}
	for key, o := range root.Entries() {
		if o.Kind() != syntax.Map || o.Lookup("endpoints").Kind() != syntax.Map {
			return false
		}
		_, _, name := splitURL(key.Text())
		byURL := name != "" && (o.Lookup("access") != nil || o.Lookup("users") != nil)
		if o.Lookup("offer-url") == nil && !byURL {
			return false
		}
	}
	return true
}

// Read reads a list of offers into one observation for each model that it
// speaks of, in the order in which they are first named.
func Read(root *syntax.Node) []snapshot.Model {
	var models []snapshot.Model
	for key, o := range root.Entries() {
		name, url := key.Text(), key
		if said := o.Get("offer-url"); said != nil {
			url = said
		}
		controller, model, offerName := splitURL(url.Text())
		if offerName == "" {
			url.Report("the URL of an offer is " + snapshot.RedactText(url.Text()) + ", want [controller:][owner/]model.offer")
			continue
		}
		if url == key {
			name = offerName
		}
		if controller == "" {
			controller = o.Get("store").Text()
		}
		m := modelOf(&models, controller, model, key, url == key)
		offer := snapshot.Offer{
			Name:        name,
			URL:         snapshot.RedactText(url.Text()),
			Application: o.Get("application").Text(),
			Active:      -1,
			Total:       -1,
			At:          key.Pos(),
		}
		for endpoint, e := range o.Get("endpoints").Entries() {
			offer.Endpoints = append(offer.Endpoints, snapshot.Endpoint{
				Name: endpoint.Text(), Interface: e.Get("interface").Text(), Role: e.Get("role").Text(),
			})
		}
		countConnections(&offer, o.Get("connections"))
		m.Offers = append(m.Offers, offer)
	}
	return models
}

// countConnections counts what `juju offers` lists; it leaves the list out
// where the asker may not see it, too, so that no list says nothing.
func countConnections(offer *snapshot.Offer, connections *syntax.Node) {
	if connections == nil {
		return
	}
	list := connections.List()
	offer.Total, offer.Active = len(list), 0
	for _, c := range list {
		if c.Get("status").Get("current").Text() == "joined" {
			offer.Active++
		}
	}
}

func modelOf(models *[]snapshot.Model, controller, name string, key *syntax.Node, found bool) *snapshot.Model {
	for i := range *models {
		if m := &(*models)[i]; m.Name == name && m.Controller == controller {
			return m
		}
	}
	evidence := Evidence()
	if found {
		evidence = []snapshot.Evidence{}
	}
	*models = append(*models, snapshot.Model{
		Name: name, Controller: controller, State: snapshot.Declared, At: key.Pos(), Evidence: evidence,
	})
	return &(*models)[len(*models)-1]
}

// splitURL takes [controller:][owner/]model.offer apart; the offer is empty
// where the text is no such URL.
func splitURL(url string) (controller, model, offer string) {
	if before, after, ok := strings.Cut(url, ":"); ok {
		controller, url = before, after
	}
	if slash := strings.IndexByte(url, '/'); slash >= 0 {
		url = url[slash+1:]
	}
	model, offer, _ = strings.Cut(url, ".")
	if model == "" || strings.ContainsAny(url, "/: ") {
		return "", "", ""
	}
	offer, _, _ = strings.Cut(offer, ":")
	return controller, model, offer
}
