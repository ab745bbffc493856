//go:build unix

package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/test/deployment"
)

func TestVerifyWantsThePlantedFaultsAndNothingElse(t *testing.T) {
	gluetun := deployment.Subject{Kind: "application", Model: "vpn", Namespace: "vpn", Name: "gluetun"}
	e := estate{expected: []deployment.ManyExpected{{Stack: "a", Fault: "f", Expected: []deployment.Expectation{
		{Rule: "mesh/x", Way: "label", Subject: gluetun, VisibleIn: []deployment.Form{deployment.Kube}},
		{Rule: "relation/y", Subject: gluetun, VisibleIn: []deployment.Form{deployment.Juju}},
	}}}}
	const (
		subject  = `"subject":{"kind":"application","model":"vpn","namespace":"vpn","name":"gluetun"}`
		mesh     = `{"rule":"mesh/x","way":"label",` + subject + `}`
		lacks    = `{"rule":"relation/required","way":"",` + subject + `}`
		besides  = `{"rule":"mesh/z","way":"","subject":{"kind":"application","model":"a-core","namespace":"a-core","name":"radarr"}}`
		relation = `{"rule":"relation/y","way":"any",` + subject + `}`
	)
	for _, tt := range []struct {
		name, report string
		form         form
		want         int
		err          string
	}{
		{"all found", `{"findings":[` + mesh + `,` + relation + `]}`, filesForm, 2, ""},
		{"what manifests do not show is not wanted of them", `{"findings":[` + mesh + `]}`, manifestsForm, 1, ""},
		{"one missing", `{"findings":[` + mesh + `]}`, filesForm, 0, "1 missing, 0 not planted"},
		{"one too many", `{"findings":[` + mesh + `,` + relation + `]}`, manifestsForm, 0, "0 missing, 1 not planted"},
		{"what every stack lacks is expected", `{"findings":[` + mesh + `,` + relation + `,` + lacks + `]}`, filesForm, 3, ""},
		{"and what a fault brings besides", `{"findings":[` + mesh + `,` + relation + `,` + besides + `]}`, filesForm, 3, ""},
		{"no report", `oops`, filesForm, 0, "reading the report"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n, err := e.verify([]byte(tt.report), tt.form)
			if tt.err != "" {
				require.ErrorContains(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, n)
		})
	}
}

func TestGrowth(t *testing.T) {
	require.Equal(t, "1.00", growth(1, 10, 10, 100))
	require.Equal(t, "2.00", growth(1, 100, 10, 100))
	require.Empty(t, growth(0, 10, 0, 1))
}
