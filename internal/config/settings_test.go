package config

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/rule"
)

func TestSettingsLaterWins(t *testing.T) {
	c, err := Decode("c.yaml", []byte(`
rules:
  "mesh/*": {level: note}
  mesh/old-name: {parameters: {a: 1}}
  vpn: {enabled: false}
  vpn/kept: {enabled: true}
  ops/x: {level: off}
`))
	require.NoError(t, err)
	r := rule.Rule{ID: "mesh/new-name", Aliases: []rule.ID{"mesh/old-name"}, Level: rule.Error}
	require.Equal(t, rule.Note, c.Level(r, nil))
	require.Equal(t, map[rule.ID]map[string]any{"mesh/old-name": {"a": 1}}, c.Parameters())

	other := rule.Rule{ID: "storage/x", Level: rule.Error, Levels: map[string]rule.Level{"single-model": rule.Off}}
	require.Equal(t, rule.Error, c.Level(other, []string{"adr-006"}))
	require.Equal(t, rule.Off, c.Level(other, []string{"mine", "single-model"}))

	require.Equal(t, rule.Off, c.Level(rule.Rule{ID: "vpn/dropped", Level: rule.Error}, nil))
	require.Equal(t, rule.Error, c.Level(rule.Rule{ID: "vpn/kept", Level: rule.Error}, nil))
	require.Equal(t, rule.Off, c.Level(rule.Rule{ID: "ops/x", Level: rule.Error}, nil))
}

func TestCheckNamesTheNearestRule(t *testing.T) {
	c, err := Decode("c.yaml", []byte(`
rules:
  mesh/gateway-not-enroled: {level: note}
  "o11y/*": {enabled: false}
  mesh: {level: warning}
  storage/later: {parameters: {a: 1}}
waivers:
  - {rule: topologie/x, subject: "model:a", reason: r, expires: 2027-01-31}
`))
	require.NoError(t, err)
	rules := []rule.Rule{{ID: "mesh/gateway-not-enrolled"}, {ID: "topology/x"}}
	notes, err := c.Check(rules)
	require.EqualError(t, err, `c.yaml:3:3: rules: no rule is called "mesh/gateway-not-enroled"; did you mean "mesh/gateway-not-enrolled"?
c.yaml:8:5: waivers: no rule is called "topologie/x"; did you mean "topology/x"?`)
	require.Equal(t, []string{
		`c.yaml:4:3: rules: no rule matches "o11y/*", so this setting does nothing`,
		`c.yaml:6:3: rules: no rule is called "storage/later", so this setting does nothing`,
	}, notes)
}

func TestCheckFindsTheAreaOfAGlob(t *testing.T) {
	rules := []rule.Rule{{ID: "mesh/a"}, {ID: "topology/x"}}
	for pattern, want := range map[string]string{
		"mseh/*":  `no rule matches "mseh/*"; did you mean "mesh/*"?`,
		"mseh*":   `no rule matches "mseh*"; 'charmarr-lint rules' lists them`,
		"mesh/b*": `no rule matches "mesh/b*"; 'charmarr-lint rules' lists them`,
		"o11y/*":  `no rule matches "o11y/*"; 'charmarr-lint rules' lists them`,
		"mseh":    `no rule is called "mseh"; did you mean "mesh"?`,
		"mesh/*":  "",
	} {
		require.Equal(t, want, Pattern(pattern).Check(rules), pattern)
	}
}

func TestParametersThatNoRuleReads(t *testing.T) {
	c, err := Decode("c.yaml", []byte("rules:\n  mesh/a: {parameters: {x: 1}}\n  mesh/b: {parameters: {x: 1}}\n"))
	require.NoError(t, err)
	notes, err := c.Check([]rule.Rule{{ID: "mesh/a", Parameters: true}, {ID: "mesh/b"}})
	require.NoError(t, err)
	require.Equal(t, []string{"c.yaml:3:3: rules: mesh/b reads no parameters, so these do nothing"}, notes)
}

func TestFindingsAboutTheConfigurationCannotBeWaived(t *testing.T) {
	c, err := Decode("c.yaml", []byte(`waivers:
  - {rule: config/waiver-unused, subject: "waiver:x", reason: r, expires: 2027-01-31}
  - {rule: "*", subject: "application:x", reason: r, expires: 2027-01-31}
`))
	require.NoError(t, err)
	_, err = c.Check([]rule.Rule{{ID: "mesh/a"}, {ID: "config/waiver-unused"}})
	require.EqualError(t, err, `c.yaml:2:5: waivers: findings about the configuration cannot be waived; set the level of "config/waiver-unused" under rules`)
}

func TestNotWaivableRules(t *testing.T) {
	rules := []rule.Rule{{ID: "mesh/a"}, {ID: "mesh/strict", NotWaivable: true}, {ID: "kill-switch/x", NotWaivable: true}, {ID: "config/waiver-unused"}}
	waiverOf := func(pattern string) Config {
		c, err := Decode("c.yaml", []byte(`waivers: [{rule: "`+pattern+`", subject: "pod:x", reason: r, expires: 2027-01-31}]`))
		require.NoError(t, err)
		return c
	}
	for pattern, want := range map[string]string{
		"mesh/strict":   `c.yaml:1:11: waivers: "mesh/strict" cannot be waived: nobody may accept a violation of it; remove the waiver and mend what is found`,
		"kill-switch":   `c.yaml:1:11: waivers: "kill-switch" cannot be waived: nobody may accept a violation of it; remove the waiver and mend what is found`,
		"kill-switch/*": `c.yaml:1:11: waivers: "kill-switch/*" cannot be waived: nobody may accept a violation of it; remove the waiver and mend what is found`,
	} {
		notes, err := waiverOf(pattern).Check(rules)
		require.EqualError(t, err, want)
		require.Empty(t, notes)
	}
	notes, err := waiverOf("*").Check(rules)
	require.NoError(t, err)
	require.Equal(t, []string{`c.yaml:1:11: waivers: "*" names rules that cannot be waived, whose findings stay: mesh/strict, kill-switch/x`}, notes)
	notes, err = waiverOf("mesh/a").Check(rules)
	require.NoError(t, err)
	require.Empty(t, notes)
}

func TestAnnotationWaivers(t *testing.T) {
	rules := []rule.Rule{{ID: "mesh/a", Aliases: []rule.ID{"mesh/old"}}, {ID: "vpn/b"}}
	for _, tt := range []struct {
		name, in string
		allowed  []bool
		notes    int
		decode   string
		check    string
	}{
		{"not said", "version: 1\n", []bool{true, true}, 0, "", ""},
		{"all", "annotation_waivers: true\n", []bool{true, true}, 0, "", ""},
		{"none", "annotation_waivers: false\n", []bool{false, false}, 0, "", ""},
		{"an empty list is none", "annotation_waivers: []\n", []bool{false, false}, 0, "", ""},
		{"an area", "annotation_waivers: [mesh]\n", []bool{true, false}, 0, "", ""},
		{"a glob", "annotation_waivers: ['*/b']\n", []bool{false, true}, 0, "", ""},
		{"a former name", "annotation_waivers: [mesh/old]\n", []bool{true, false}, 0, "", ""},
		{"a rule of another version", "annotation_waivers: [storage/later]\n", []bool{false, false}, 1, "", ""},
		{"a mistyped rule", "annotation_waivers: [mesh/b]\n", nil, 0, "", `c.yaml:1:22: annotation_waivers: no rule is called "mesh/b"; did you mean "mesh/a"?`},
		{"a word", "annotation_waivers: maybe\n", nil, 0, `c.yaml:1:21: annotation_waivers: wants true, false or a list of rules, not the text "maybe"`, ""},
		{"nothing", "annotation_waivers:\n", nil, 0, `c.yaml:1:20: annotation_waivers: wants true, false or a list of rules, not nothing`, ""},
		{"a mapping", "annotation_waivers: {mesh: true}\n", nil, 0, `c.yaml:1:21: annotation_waivers: wants true, false or a list of rules, not a mapping`, ""},
		{"a number in the list", "annotation_waivers: [1]\n", nil, 0, `c.yaml:1:22: annotation_waivers[0]: wants text, not the number 1`, ""},
		{"a bad glob", "annotation_waivers: ['mesh/[']\n", nil, 0, `c.yaml:1:22: annotation_waivers[0]: "mesh/[" is no valid glob: a [ or \ is not closed`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Decode("c.yaml", []byte(tt.in))
			if tt.decode != "" {
				require.EqualError(t, err, tt.decode)
				return
			}
			require.NoError(t, err)
			notes, err := c.Check(rules)
			if tt.check != "" {
				require.EqualError(t, err, tt.check)
				return
			}
			require.NoError(t, err)
			require.Len(t, notes, tt.notes)
			for i, r := range rules {
				require.Equal(t, tt.allowed[i], c.AllowsAnnotation(r), r.ID)
			}
		})
	}
	require.True(t, Default().AllowsAnnotation(rules[0]))
}

func TestPattern(t *testing.T) {
	for _, tt := range []struct {
		pattern string
		id      rule.ID
		want    bool
	}{
		{"mesh/a", "mesh/a", true},
		{"mesh/a", "mesh/ab", false},
		{"mesh/*", "mesh/ab", true},
		{"*/ab", "mesh/ab", true},
		{"*", "mesh/ab", true},
		{"mesh", "mesh/ab", true},
		{"me*", "mesh/ab", true},
		{"vpn", "mesh/ab", false},
		{"mesh/[", "mesh/ab", false},
	} {
		t.Run(tt.pattern, func(t *testing.T) { require.Equal(t, tt.want, Pattern(tt.pattern).MatchesID(tt.id)) })
	}
	require.Error(t, Pattern("mesh/[").Valid())
}

func TestNearest(t *testing.T) {
	known := []string{"profile", "profiles", "rules"}
	for word, want := range map[string]string{"profle": "profile", "rule": "rules", "waivers": "", "": "", "rlues": "rules", "äöü": ""} {
		require.Equal(t, want, Nearest(word, known), word)
	}
}

func TestAdmission(t *testing.T) {
	c, err := Decode("c.yaml", []byte(`
rules:
  "vpn/*": {admission: deny}
  vpn/quiet: {admission: off}
  mesh/mild: {admission: warn}
`))
	require.NoError(t, err)
	for id, want := range map[rule.ID]rule.Admission{
		"vpn/a": rule.Deny, "vpn/quiet": rule.Let, "mesh/mild": rule.Warn, "mesh/strict": rule.Deny, "ops/x": rule.Warn,
	} {
		r := rule.Rule{ID: id}
		if id.Area() == "mesh" {
			r.Admission = rule.Deny
		}
		require.Equal(t, want, c.Admission(r), id)
	}
	_, err = Decode("c.yaml", []byte("rules:\n  vpn/a: {admission: refuse}\n"))
	require.ErrorContains(t, err, `c.yaml:2:22: rules."vpn/a".admission: "refuse" is none of deny, warn, off`)
}
