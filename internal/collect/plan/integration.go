package plan

import (
	"slices"
	"strconv"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// end is one side of an integration.
type end struct {
	node    *syntax.Node
	unknown *syntax.Node
	marks   bool // the whole of it is sensitive
}

func (e end) get(name string) value {
	return value{lookup(e.node, name), marked(e.unknown, name), e.marks}
}

func (r *reader) integration(x *resource, m *model) {
	list := elements(lookup(x.values, "application"))
	if len(list) != 2 {
		r.partial = true
		r.gap(x, "reading "+x.address, "it does not say which two applications it joins", []snapshot.Evidence{snapshot.JujuRelations})
		return
	}
	var ends [2]snapshot.RelationEnd
	for i, n := range list {
		e := end{n, markAt(markUnder(x.unknown, "application"), i), anyMark(markAt(markUnder(x.sensitive, "application"), i))}
		var ok bool
		if ends[i], ok = r.end(x, m, e); !ok {
			return
		}
	}
	m.facts.Relations = append(m.facts.Relations, snapshot.Relation{A: ends[0], B: ends[1], At: r.at(x)})
}

// end reads one side of an integration: an application of the model, or an offer
// that the model consumes by it.
func (r *reader) end(x *resource, m *model, e end) (snapshot.RelationEnd, bool) {
	name, endpoint := e.get("name"), e.get("endpoint")
	out := snapshot.RelationEnd{Application: name.text(), Endpoint: endpoint.text()}
	if out.Application != "" {
		return out, true
	}
	if url := e.get("offer_url"); url.text() != "" {
		out.Application = r.consume(x, m, url.text())
		return out, true
	}
	if e.get("offer_url").unknown {
		block := r.consuming(x)
		if o, ok := r.originOf(x, block.Lookup("offer_url"), "application", "offer_url"); ok {
			if url := r.offerURL(o); url != "" {
				out.Application = r.consume(x, m, url)
				return out, true
			}
		}
		if block != nil || r.modules.Origin(x.address, "application", "offer_url") != "" {
			// The relation is there, and who is at its other end is not known.
			r.unsettled(x, "the offer that is consumed", value{unknown: true}, snapshot.JujuRelations, snapshot.JujuOffers)
			out.Application = r.consume(x, m, "")
			return out, true
		}
	}
	if o, ok := r.named(x); ok && name.unknown {
		if text, known := r.nameOf(o); known {
			out.Application = text
			return out, true
		}
	}
	r.partial = true
	r.unsettled(x, "an application that is joined", value{unknown: true, sensitive: name.sensitive}, snapshot.JujuRelations)
	return out, false
}

// consuming is the block in the configuration that names an offer.
func (r *reader) consuming(x *resource) *syntax.Node {
	blocks := x.expressions().Lookup("application")
	if blocks.Kind() != syntax.List {
		return nil
	}
	var found *syntax.Node
	for _, b := range blocks.List() {
		if b.Lookup("offer_url") != nil {
			if found != nil {
				return nil // which of the two is meant is not said
			}
			found = b
		}
	}
	return found
}

// named is the application whose name, known after apply only, an integration
// refers to.
func (r *reader) named(x *resource) (*resource, bool) {
	blocks := x.expressions().Lookup("application")
	if blocks.Kind() != syntax.List {
		return nil, false
	}
	var found *resource
	for _, b := range blocks.List() {
		o, ok := r.originOf(x, b.Lookup("name"), "application", "name")
		if !ok || o.resource.typ != "juju_application" {
			continue
		}
		if found != nil && found != o.resource {
			return nil, false
		}
		found = o.resource
	}
	return found, found != nil
}

// offerURL writes the URL of an offer that the plan makes.
func (r *reader) offerURL(o origin) string {
	if o.resource.typ != "juju_offer" {
		return ""
	}
	home, name := r.modelOf(o.resource), r.offerName(o.resource)
	if home == nil || home.name == "" || name == "" {
		return ""
	}
	return home.name + "." + name
}

// offerName is the name of an offer, which is its application's where the
// configuration sets none.
func (r *reader) offerName(x *resource) string {
	if text := x.get("name").text(); text != "" {
		return text
	}
	if x.get("name").unknown && x.unset("name") {
		return x.get("application_name").text()
	}
	return ""
}

// consume enters an offer that a model consumes, and returns its name there. An
// offer of which nothing is known is one of its own.
func (r *reader) consume(x *resource, m *model, url string) string {
	at := r.place(x, x.at, "application", "offer_url")
	name := url[strings.LastIndexByte(url, '.')+1:]
	if url == "" {
		name = "offer of " + x.address
	}
	for n := 1; ; n++ {
		try := name
		if n > 1 {
			try += "-" + strconv.Itoa(n)
		}
		i := slices.IndexFunc(m.facts.SAAS, func(s snapshot.SAAS) bool { return s.Name == try })
		switch {
		case i < 0:
			m.facts.SAAS = append(m.facts.SAAS, snapshot.SAAS{Name: try, URL: url, At: at})
			return try
		case m.facts.SAAS[i].URL == url:
			return try
		}
	}
}

func (r *reader) offer(x *resource, m *model) {
	name, application := r.offerName(x), x.get("application_name")
	if name == "" {
		r.partial = true
		r.unsettled(x, "the name", x.get("name"), snapshot.JujuOffers)
		return
	}
	offer := snapshot.Offer{
		Name: name, Application: application.text(), Active: -1, Total: -1, At: r.at(x),
	}
	if offer.Application == "" {
		if o, ok := r.originOf(x, x.expressions().Lookup("application_name"), "application_name"); ok && o.resource.typ == "juju_application" {
			offer.Application, _ = r.nameOf(o.resource)
		}
	}
	if offer.Application == "" {
		r.unsettled(x, "the application", application, snapshot.JujuOffers)
	}
	for _, attribute := range []string{"endpoints", "endpoint"} { // the latter of the provider before 1.0
		v := x.get(attribute)
		if !v.known() {
			continue
		}
		texts := []string{}
		switch v.node.Kind() {
		case syntax.String:
			texts = append(texts, v.node.Text())
		default:
			texts = v.node.Texts()
		}
		for _, text := range texts {
			offer.Endpoints = append(offer.Endpoints, snapshot.Endpoint{Name: snapshot.RedactText(text)})
		}
	}
	m.facts.Offers = append(m.facts.Offers, offer)
}

// found enters the offer of somebody else's that a data source looked up: it is there.
func (r *reader) found(x *resource) {
	if x.typ != "juju_offer" {
		return
	}
	_, path, ok := strings.Cut(x.get("url").text(), "/")
	if !ok {
		path = x.get("url").text()
	}
	home, name, ok := strings.Cut(path, ".")
	if !ok {
		return
	}
	m := r.modelNamed(home)
	if m.by != nil && !m.by.data {
		return // the plan makes the model, and the offer stands there
	}
	if slices.ContainsFunc(m.facts.Offers, func(o snapshot.Offer) bool { return o.Name == name }) {
		return // looked up elsewhere, too
	}
	m.filled = true
	offer := snapshot.Offer{Name: name, Application: x.get("application_name").text(), Active: -1, Total: -1, At: r.at(x)}
	for _, text := range x.get("endpoints").node.Texts() {
		offer.Endpoints = append(offer.Endpoints, snapshot.Endpoint{Name: snapshot.RedactText(text)})
	}
	m.facts.Offers = append(m.facts.Offers, offer)
}
