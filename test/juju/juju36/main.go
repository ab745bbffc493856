// Command juju36 writes down what a controller of Juju 3.6 answers, for the
// tests of internal/collect/juju: there is no API server of 3.6 without MongoDB,
// but its module has the types of its answers and says which versions of which
// facades it serves.
//
// It prints JSON; its test holds the copy in internal/collect/juju/testdata to it.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/juju/juju/core/life"
	"github.com/juju/juju/core/secrets"
	"github.com/juju/juju/rpc/params"
	"github.com/juju/juju/version"
)

const (
	mediaUUID = "5d1dd5f1-0b5c-4f3c-8c7e-6f5a6f1d9a01"
	vpnUUID   = "5d1dd5f1-0b5c-4f3c-8c7e-6f5a6f1d9a02"
)

// recording is what a controller answers.
type recording struct {
	Version string                  `json:"version"`
	Facades []params.FacadeVersions `json:"facades"`
	// Answers are by request, after the model's UUID where it is one of a model:
	// "UUID Facade.Request", with the application where there is one.
	Answers map[string]any `json:"answers"`
}

func main() {
	if err := write(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write writes the recording.
func write(w io.Writer) error {
	facades, err := served()
	if err != nil {
		return err
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(recording{Version: version.Current.String(), Facades: facades, Answers: answers()})
}

// served reads from the module's source which versions of which facades its API
// server has.
func served() ([]params.FacadeVersions, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/juju/juju").Output()
	if err != nil {
		return nil, fmt.Errorf("finding the module of Juju: %w", err)
	}
	register := regexp.MustCompile(`MustRegister(?:ForMultiModel)?\("(\w+)", (\d+)`)
	versions := map[string][]int{}
	root := filepath.Join(strings.TrimSpace(string(out)), "apiserver", "facades")
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Base(path) != "register.go" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, found := range register.FindAllStringSubmatch(string(text), -1) {
			v, err := strconv.Atoi(found[2])
			if err != nil {
				return err
			}
			versions[found[1]] = append(versions[found[1]], v)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the facades of Juju: %w", err)
	}
	var list []params.FacadeVersions
	for _, name := range slices.Sorted(maps.Keys(versions)) {
		slices.Sort(versions[name])
		list = append(list, params.FacadeVersions{Name: name, Versions: slices.Compact(versions[name])})
	}
	return list, nil
}

// answers are what is asked of two models: media consumes an offer of vpn.
func answers() map[string]any {
	return map[string]any{
		"Controller.ControllerConfig": params.ControllerConfigResult{Config: params.ControllerConfig{"controller-name": "old-home"}},
		"ModelManager.ListModelSummaries": params.ModelSummaryResults{Results: []params.ModelSummaryResult{
			{Result: &params.ModelSummary{
				Name: "controller", UUID: "5d1dd5f1-0b5c-4f3c-8c7e-6f5a6f1d9a00", Type: "caas", IsController: true,
				OwnerTag: "user-admin", CloudTag: "cloud-microk8s", Life: life.Alive, UserAccess: params.ModelAdminAccess,
			}},
			{Result: &params.ModelSummary{
				Name: "media", UUID: mediaUUID, Type: "caas", OwnerTag: "user-admin", CloudTag: "cloud-microk8s",
				Life: life.Alive, UserAccess: params.ModelAdminAccess,
			}},
			{Result: &params.ModelSummary{
				Name: "vpn", UUID: vpnUUID, Type: "caas", OwnerTag: "user-bob@external", CloudTag: "cloud-microk8s",
				Life: life.Alive, UserAccess: params.ModelReadAccess,
			}},
		}},
		mediaUUID + " Client.FullStatus": params.FullStatus{
			Model: params.ModelStatusInfo{
				Name: "media", Type: "caas", CloudTag: "cloud-microk8s", Version: version.Current.String(),
				ModelStatus: params.DetailedStatus{Status: "available"},
			},
			Applications: map[string]params.ApplicationStatus{
				"radarr": {
					Charm: "ch:amd64/jammy/radarr-k8s-12", CharmChannel: "latest/stable", Exposed: true, Life: life.Alive, Scale: 1,
					Status:           params.DetailedStatus{Status: "active"},
					EndpointBindings: map[string]string{"": "alpha", "indexer": "alpha"},
					Units: map[string]params.UnitStatus{"radarr/0": {
						AgentStatus: params.DetailedStatus{Status: "idle"}, WorkloadStatus: params.DetailedStatus{Status: "active"},
						Address: "10.1.2.3", Leader: true,
					}},
				},
				"prowlarr": {
					Charm: "ch:amd64/jammy/prowlarr-k8s-7", CharmChannel: "latest/edge", Life: life.Dying, Scale: 1,
					Status: params.DetailedStatus{Status: "blocked", Info: "login failed: password=canary-status"},
					Units: map[string]params.UnitStatus{"prowlarr/0": {
						AgentStatus: params.DetailedStatus{Status: "idle"}, WorkloadStatus: params.DetailedStatus{Status: "blocked", Info: "token: canary-unit"},
						Address: "10.1.2.4",
					}},
				},
			},
			RemoteApplications: map[string]params.RemoteApplicationStatus{"gluetun": {
				OfferURL: "bob@external/vpn.gateway", OfferName: "gateway", Life: life.Alive, Status: params.DetailedStatus{Status: "active"},
				Endpoints: []params.RemoteEndpoint{{Name: "vpn-gateway", Role: "provider", Interface: "vpn-gateway"}},
				Relations: map[string][]string{"vpn-gateway": {"radarr"}},
			}},
			Offers: map[string]params.ApplicationOfferStatus{"indexers": {
				OfferName: "indexers", ApplicationName: "prowlarr", CharmURL: "ch:amd64/jammy/prowlarr-k8s-7",
				Endpoints:            map[string]params.RemoteEndpoint{"indexer": {Name: "indexer", Role: "provider", Interface: "media-indexer"}},
				ActiveConnectedCount: 1, TotalConnectedCount: 2,
			}},
			Relations: []params.RelationStatus{
				{Id: 1, Key: "radarr:indexer prowlarr:indexer", Interface: "media-indexer", Scope: "global", Endpoints: []params.EndpointStatus{
					{ApplicationName: "radarr", Name: "indexer", Role: "requirer"}, {ApplicationName: "prowlarr", Name: "indexer", Role: "provider"},
				}},
				{Id: 2, Key: "radarr:vpn-gateway gluetun:vpn-gateway", Interface: "vpn-gateway", Scope: "global", Endpoints: []params.EndpointStatus{
					{ApplicationName: "radarr", Name: "vpn-gateway", Role: "requirer"}, {ApplicationName: "gluetun", Name: "vpn-gateway", Role: "provider"},
				}},
			},
		},
		mediaUUID + " Application.Get radarr": params.ApplicationGetResults{
			Application: "radarr", Charm: "radarr-k8s",
			CharmConfig: map[string]any{
				"quality": map[string]any{"type": "string", "default": "any", "value": "any", "source": "default"},
				"port":    map[string]any{"type": "int", "default": 7878, "value": 10000000, "source": "user"},
				"ratio":   map[string]any{"type": "float", "default": 1.5, "value": 0.25, "source": "user"},
				"note":    map[string]any{"type": "string", "source": "unset"},
				"api-key": map[string]any{"type": "string", "value": "canary-config", "source": "user"},
			},
			ApplicationConfig: map[string]any{"trust": map[string]any{"type": "bool", "default": false, "value": true, "source": "user"}},
		},
		mediaUUID + " Application.Get prowlarr": params.ApplicationGetResults{
			Application: "prowlarr", Charm: "prowlarr-k8s", CharmConfig: map[string]any{},
			ApplicationConfig: map[string]any{"trust": map[string]any{"type": "bool", "default": false, "value": false, "source": "default"}},
		},
		mediaUUID + " Application.UnitsInfo": params.UnitInfoResults{Results: []params.UnitInfoResult{
			{Result: &params.UnitResult{Tag: "unit-prowlarr-0", Charm: "ch:amd64/jammy/prowlarr-k8s-7", RelationData: []params.EndpointRelationData{{
				RelationId: 1, Endpoint: "indexer", RelatedEndpoint: "indexer",
				ApplicationData:  map[string]any{"wants": "movies"},
				UnitRelationData: map[string]params.RelationData{"radarr/0": {InScope: true, UnitData: map[string]any{"ingress-address": "10.1.2.3"}}},
			}}}},
			{Result: &params.UnitResult{Tag: "unit-radarr-0", Charm: "ch:amd64/jammy/radarr-k8s-12", Leader: true, RelationData: []params.EndpointRelationData{
				{
					RelationId: 2, Endpoint: "vpn-gateway", RelatedEndpoint: "vpn-gateway", CrossModel: true,
					ApplicationData:  map[string]any{"cluster-dns": "10.152.183.10", "password": "canary-databag"},
					UnitRelationData: map[string]params.RelationData{"gluetun/0": {InScope: true}},
				},
				{
					RelationId: 1, Endpoint: "indexer", RelatedEndpoint: "indexer",
					ApplicationData:  map[string]any{"url": "http://prowlarr:9696"},
					UnitRelationData: map[string]params.RelationData{"prowlarr/0": {InScope: true}},
				},
			}}},
		}},
		mediaUUID + " Secrets.ListSecrets": params.ListSecretResults{Results: []params.ListSecretResult{
			{
				URI: "secret:cqmp6vfmp25c7c1t7gjg", OwnerTag: "application-prowlarr", Label: "account",
				Access: []params.AccessInfo{{TargetTag: "application-radarr", ScopeTag: "relation-radarr.indexer#prowlarr.indexer", Role: secrets.RoleView}},
			},
			{URI: "secret:cqmp6vfmp25c7c1t7gjh", OwnerTag: "unit-prowlarr-0", Label: "of a unit"},
			{URI: "secret:cqmp6vfmp25c7c1t7gji", OwnerTag: "model-" + mediaUUID, Label: "of the model"},
		}},
		vpnUUID + " Client.FullStatus": params.FullStatus{
			Model: params.ModelStatusInfo{
				Name: "vpn", Type: "caas", CloudTag: "cloud-microk8s", Version: version.Current.String(),
				ModelStatus: params.DetailedStatus{Status: "available"},
			},
			Applications: map[string]params.ApplicationStatus{"gluetun": {
				Charm: "ch:amd64/jammy/gluetun-k8s-31", CharmChannel: "latest/edge", Life: life.Alive, Status: params.DetailedStatus{Status: "active"},
			}},
		},
		vpnUUID + " Application.Get gluetun": params.ApplicationGetResults{Application: "gluetun", Charm: "gluetun-k8s", CharmConfig: map[string]any{}},
		vpnUUID + " Secrets.ListSecrets":     params.ListSecretResults{},
	}
}
