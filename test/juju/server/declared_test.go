package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/juju/juju/core/model"
	corerelation "github.com/juju/juju/core/relation"
	"github.com/juju/juju/core/status"
	coreunit "github.com/juju/juju/core/unit"
	"github.com/juju/tc"
)

// The types below are those of package deployment of the project, which this
// module cannot import.
type (
	declared struct {
		Models []declaredModel `json:"models"`
	}
	declaredModel struct {
		Name         string                `json:"name"`
		UUID         model.UUID            `json:"uuid"`
		Applications []declaredApplication `json:"applications"`
		Relations    [][2]string           `json:"relations"`
		SAAS         []struct {
			Name string `json:"name"`
			URL  string `json:"url"`
		} `json:"saas"`
		Offers []struct {
			Name        string   `json:"name"`
			Application string   `json:"application"`
			Endpoints   []string `json:"endpoints"`
		} `json:"offers"`
		Databags []struct {
			Relation    int               `json:"relation"`
			Application string            `json:"application"`
			Data        map[string]string `json:"data"`
		} `json:"databags"`
		Secrets []declaredSecret `json:"secrets"`
	}
	declaredApplication struct {
		Name       string            `json:"name"`
		Charm      string            `json:"charm"`
		Channel    string            `json:"channel"`
		Revision   int               `json:"revision"`
		Units      int               `json:"units"`
		Trust      bool              `json:"trust"`
		Exposed    bool              `json:"exposed"`
		Options    map[string]any    `json:"options"`
		Status     string            `json:"status"`
		Message    string            `json:"message"`
		Provides   map[string]string `json:"provides"`
		Requires   map[string]string `json:"requires"`
		Peers      map[string]string `json:"peers"`
		Containers []string          `json:"containers"`
	}
	declaredSecret struct {
		Label       string   `json:"label"`
		Application string   `json:"application"`
		Option      string   `json:"option"`
		Readers     []string `json:"readers"`
	}
)

// declared makes the models that were asked for, and writes what their agents
// would: databags and statuses.
func (s *suite) declared(c *tc.C) {
	worlds := make([]*world, len(asked.Declared.Models))
	for i, m := range asked.Declared.Models {
		w := s.worldOf(c, m.Name, m.UUID)
		worlds[i] = w
		options := m.options()
		for _, a := range m.Applications {
			w.declareApplication(a, options[a.Charm])
		}
		for _, o := range m.Offers {
			w.offer(o.Name, o.Application, o.Endpoints...)
		}
	}
	here := s.OpenControllerAPI(c)
	for i, m := range asked.Declared.Models {
		w := worlds[i]
		for _, r := range m.SAAS {
			w.consume(r.Name, r.URL, here, nil)
			w.ok(w.services.Status().SetRemoteApplicationOffererStatus(w.Context(), r.Name, now("active", "")))
		}
		relations := make([]corerelation.UUID, len(m.Relations))
		for j, r := range m.Relations {
			relations[j] = w.integrate(r[0], r[1])
		}
		for _, bag := range m.Databags {
			w.publish(relations[bag.Relation], bag.Application, bag.Data)
		}
		for _, secret := range m.Secrets {
			uri := w.secret(secret.Label, append([]string{secret.Application}, secret.Readers...)...)
			w.set(secret.Application, map[string]string{secret.Option: uri})
		}
	}
}

// declareApplication makes an application of a charm that is made up for it. All
// applications of a charm share what it says, as its options.
func (w *world) declareApplication(a declaredApplication, options map[string]any) {
	charms[a.Charm] = [2]string{
		w.yaml("containers", byName(a.Containers)) + w.yaml("provides", endpoints(a.Provides)) +
			w.yaml("requires", endpoints(a.Requires)) + w.yaml("peers", endpoints(a.Peers)),
		strings.TrimPrefix(w.yaml("options", options), "options:"),
	}
	w.deploy(a.Name, a.Charm, a.Channel, a.Revision, a.Units, nil)
	set := map[string]string{}
	for key, value := range a.Options {
		set[key] = fmt.Sprint(value)
	}
	if a.Trust {
		set["trust"] = "true"
	}
	if len(set) > 0 {
		w.set(a.Name, set)
	}
	if a.Exposed {
		w.ok(w.apps.Expose(w.Context(), a.Name, nil))
	}
	info := now(a.Status, a.Message)
	w.ok(w.services.Status().SetApplicationStatus(w.Context(), a.Name, info))
	for i := range a.Units {
		unit := coreunit.Name(fmt.Sprintf("%s/%d", a.Name, i))
		w.ok(w.services.Status().SetUnitWorkloadStatus(w.Context(), unit, info))
		w.ok(w.services.Status().SetUnitAgentStatus(w.Context(), unit, now("idle", "")))
		w.ok(w.services.Status().SetUnitPresence(w.Context(), unit))
	}
}

// options are the options of every charm of the model that somebody set.
func (m declaredModel) options() map[string]map[string]any {
	out := map[string]map[string]any{}
	for _, a := range m.Applications {
		if out[a.Charm] == nil {
			out[a.Charm] = map[string]any{}
		}
		for key, value := range a.Options {
			kind := "string"
			switch value.(type) {
			case bool:
				kind = "boolean"
			case float64:
				kind = "int"
			}
			out[a.Charm][key] = map[string]any{"type": kind}
		}
	}
	return out
}

func endpoints(of map[string]string) map[string]any {
	out := map[string]any{}
	for name, iface := range of {
		out[name] = map[string]any{"interface": iface}
	}
	return out
}

func byName(names []string) map[string]any {
	out := map[string]any{}
	for _, name := range names {
		out[name] = map[string]any{}
	}
	return out
}

// yaml writes a key with its value on a line; JSON is YAML.
func (w *world) yaml(key string, value any) string {
	text, err := json.Marshal(value)
	w.ok(err)
	return key + ": " + string(text) + "\n"
}

func now(current, message string) status.StatusInfo {
	at := time.Now()
	return status.StatusInfo{Status: status.Status(current), Message: message, Since: &at}
}
