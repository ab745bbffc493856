package topology

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

const keyID = "d3r0vnfmp25c76i8p5ag"

// gatewayModel has a VPN gateway whose option names a secret.
func gatewayModel(name, secret string) snapshot.Model {
	m := snapshot.Model{
		Name: name, State: snapshot.Declared, At: snapshot.Pos{0, 1, 1, 2}, Evidence: []snapshot.Evidence{snapshot.JujuApplications, snapshot.JujuConfig},
		Applications: []snapshot.Application{{Name: "gluetun", Charm: "gluetun-k8s", Scale: 1, Revision: -1, At: snapshot.Pos{0, 2, 1, 2}}},
	}
	if secret != "" {
		m.Applications[0].Config = []snapshot.Fact{{Key: "wireguard-private-key-secret", Value: "secret:" + secret, At: snapshot.Pos{0, 3, 1, 2}}}
	}
	return m
}

func shownSecret(source int32, evidence []snapshot.Evidence, secrets ...snapshot.Secret) snapshot.Model {
	for i := range secrets {
		secrets[i].At = snapshot.Pos{source, 1, 1, 2}
	}
	return snapshot.Model{State: snapshot.Declared, At: snapshot.Pos{source, 1, 1, 2}, Evidence: evidence, Secrets: secrets}
}

func TestSecretsArePlaced(t *testing.T) {
	read := []snapshot.Evidence{snapshot.JujuSecrets}
	sources := []snapshot.Source{{Name: "a/status.json"}, {Name: "b/secret.json"}, {Name: "a/secret.json"}}
	key := snapshot.Secret{ID: keyID, Readers: []string{"gluetun"}}
	for name, tt := range map[string]struct {
		models  []snapshot.Model
		profile func(*Profile)
		home    string // of the secret, "" for nowhere
	}{
		"by the option that names it":     {[]snapshot.Model{shownSecret(1, read, key), gatewayModel("vpn", keyID), gatewayModel("other", "another")}, nil, "vpn"},
		"by its readers":                  {[]snapshot.Model{gatewayModel("vpn", ""), shownSecret(1, read, key)}, nil, "vpn"},
		"by its owner":                    {[]snapshot.Model{gatewayModel("vpn", ""), shownSecret(1, read, snapshot.Secret{ID: keyID, Owner: "gluetun/0"})}, nil, "vpn"},
		"not where a reader is missing":   {[]snapshot.Model{gatewayModel("vpn", ""), shownSecret(1, read, snapshot.Secret{ID: keyID, Readers: []string{"gluetun", "radarr"}})}, nil, ""},
		"not among several":               {[]snapshot.Model{gatewayModel("vpn", keyID), gatewayModel("exit", keyID), shownSecret(1, read, key)}, nil, ""},
		"nobody's":                        {[]snapshot.Model{gatewayModel("vpn", ""), shownSecret(1, read, snapshot.Secret{ID: keyID})}, nil, ""},
		"as the configuration has it":     {[]snapshot.Model{gatewayModel("vpn", keyID), gatewayModel("exit", keyID), shownSecret(1, read, key)}, func(p *Profile) { p.Sources = []SourceModel{{Path: "b/*", Model: "exit"}} }, "exit"},
		"of a live model, under its name": {[]snapshot.Model{gatewayModel("vpn", keyID), func() snapshot.Model { m := shownSecret(1, read, key); m.Name = "vpn"; return m }()}, nil, "vpn"},
	} {
		t.Run(name, func(t *testing.T) {
			p := adr006()
			if tt.profile != nil {
				tt.profile(&p)
			}
			r := Resolve(snapshot.Snapshot{Sources: sources, Models: tt.models}, p)
			home := ""
			for _, s := range r.Stacks {
				for _, x := range s.Secrets {
					home = x.Model
					require.Equal(t, keyID, x.ID)
				}
			}
			require.Equal(t, tt.home, home)
			if tt.home == "" {
				require.Len(t, r.Gaps, 1)
				require.Equal(t, read, r.Gaps[0].Evidence)
				require.Equal(t, []string{"b/secret.json"}, r.Unplaced)
				return
			}
			require.Empty(t, r.Gaps)
		})
	}
}

func TestSecretDocuments(t *testing.T) {
	r := Resolve(snapshot.Snapshot{
		Sources: []snapshot.Source{{Name: "a"}, {Name: "list"}, {Name: "shown"}},
		Models: []snapshot.Model{
			gatewayModel("vpn", keyID),
			shownSecret(1, []snapshot.Evidence{}, snapshot.Secret{ID: keyID, Label: "key"}), // juju secrets
			shownSecret(2, []snapshot.Evidence{snapshot.JujuSecrets}, snapshot.Secret{ID: keyID, Readers: []string{"gluetun", "gluetun/0", "radarr/3"}}),
		},
	}, adr006())
	require.Len(t, r.Stacks, 1)
	require.Equal(t, []Secret{{
		ID: keyID, Model: "vpn", State: "declared", At: "2:1:1:2", Label: "key", ReadersKnown: true, Readers: []string{"gluetun", "radarr"},
		Uses: []SecretUse{{ID: "vpn/gluetun", Application: "gluetun", Role: RoleVPNGateway, Option: "wireguard-private-key-secret", At: "0:3:1:2"}},
	}}, r.Stacks[0].Secrets)
	require.Contains(t, r.Stacks[0].Evidence, EvidenceOf{Kind: string(snapshot.JujuSecrets), Model: "vpn"})
}

// A secret that was shown tells nothing of another.
func TestSecretsAreEvidenceOnlyOfThoseThatWereShown(t *testing.T) {
	has := func(models ...snapshot.Model) bool {
		r := Resolve(snapshot.Snapshot{Sources: []snapshot.Source{{Name: "a"}, {Name: "b"}}, Models: models}, adr006())
		for _, e := range r.Stacks[0].Evidence {
			if e.Kind == string(snapshot.JujuSecrets) {
				return true
			}
		}
		return false
	}
	read := []snapshot.Evidence{snapshot.JujuSecrets}
	require.True(t, has(gatewayModel("vpn", keyID), shownSecret(1, read, snapshot.Secret{ID: keyID})))
	require.False(t, has(gatewayModel("vpn", "cqmp6vfmp25c7c1t7gjg"), shownSecret(1, read, snapshot.Secret{ID: keyID, Readers: []string{"gluetun"}})))
	require.False(t, has(gatewayModel("vpn", keyID), shownSecret(1, nil, snapshot.Secret{ID: keyID})))
	require.True(t, has(gatewayModel("vpn", ""), shownSecret(1, read, snapshot.Secret{ID: keyID, Readers: []string{"gluetun"}})))
}
