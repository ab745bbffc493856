package showsecret_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/showsecret"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

const (
	id   = "d3r0vnfmp25c76i8p5ag"
	said = "revision: 1, created: 2026-05-01T08:00:00Z, updated: 2026-05-01T08:00:00Z"
)

func TestRecognise(t *testing.T) {
	for text, want := range map[string]bool{
		id + ": {" + said + "}": true,
		id + ": {" + said + "}\ncqmp6vfmp25c7c1t7gjg: {" + said + "}": true,
		id + ": {" + said + "}\nother: {" + said + "}":                false,
		id + ": {revision: 1, created: x}":                            false,
		id + ": x":                                                    false,
		strings.ToUpper(id) + ": {" + said + "}":                      false,
		id + "x: {" + said + "}":                                      false,
		"[]":                                                          false,
		"{}":                                                          false,
	} {
		require.Nil(t, syntax.Parse(text, func(d *syntax.Document) bool {
			require.Equal(t, want, showsecret.Recognise(d.Root), text)
			return true
		}))
	}
}

func TestRead(t *testing.T) {
	for name, tt := range map[string]struct {
		fields   string
		want     snapshot.Secret
		evidence []snapshot.Evidence
		problems int
	}{
		"of the model, granted to an application": {
			fields:   "owner: <model>, name: vpn-key, access: [{target: application-gluetun, scope: model-x, role: view}]",
			want:     snapshot.Secret{Label: "vpn-key", Readers: []string{"gluetun"}},
			evidence: showsecret.Evidence(),
		},
		"of a charm's unit, granted to units": {
			fields:   "owner: a-b/3, label: api-key, access: [{target: unit-c-d-12}, {target: unit-a-0}, {target: unit-a-0}]",
			want:     snapshot.Secret{Owner: "a-b", Label: "api-key", Readers: []string{"a/0", "c-d/12"}},
			evidence: showsecret.Evidence(),
		},
		"who may read is not said": {fields: "owner: radarr", want: snapshot.Secret{Owner: "radarr"}, evidence: []snapshot.Evidence{}},
		"granted to nobody":        {fields: "access: []", want: snapshot.Secret{}, evidence: showsecret.Evidence()},
		"no tags": {
			fields:   "access: [{target: gluetun}, {target: unit-0}, {target: application-}, {target: user-bob}, {}, application-x]",
			want:     snapshot.Secret{},
			evidence: showsecret.Evidence(),
			problems: 6,
		},
		"access is no list": {fields: "access: everyone", want: snapshot.Secret{}, evidence: showsecret.Evidence(), problems: 1},
		"a value that was revealed": {
			fields:   "content: {private-key: hunter2}, label: token=hunter2hunter2",
			want:     snapshot.Secret{Label: "token=" + snapshot.Redacted},
			evidence: []snapshot.Evidence{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			require.Nil(t, syntax.Parse(id+": {"+said+", "+tt.fields+"}", func(d *syntax.Document) bool {
				m := showsecret.Read(d.Root)
				require.Len(t, m.Secrets, 1)
				require.True(t, m.Secrets[0].At.Known())
				tt.want.ID, tt.want.At = id, m.Secrets[0].At
				require.Equal(t, tt.want, m.Secrets[0])
				require.Equal(t, tt.evidence, m.Evidence)
				require.Equal(t, snapshot.Declared, m.State)
				require.Len(t, d.Problems(), tt.problems)
				return true
			}))
		})
	}
}
