package config

import (
	"strings"
	"testing"
)

// FuzzDecode holds the decoder to two promises for any bytes: it does not
// panic, and what it accepts can be used (each profile resolves, each pattern
// and date is valid).
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"", "version: 1\n", "profile: single-model", "profiles: {p: {extends: adr-006, models: {core: ['*-c']}}}",
		"rules: {mesh: {level: off, parameters: {a: [1, {b: .inf}]}}}",
		"waivers:\n- {rule: a/b, subject: 'model:x', reason: r, expires: 2027-01-31}\n",
		"annotation_waivers: [mesh, '*/x', a/b]", "annotation_waivers: true", "annotation_waivers: &a [*a]",
		"a: &a [*a]", "&a rules: *a", "<<: {profile: x}", "policies: !!binary aGk=", "? [a]\n: b", "rules: {? {a: b} : c}",
		"complete: [kube.pods, &a kube.nodes, *a]", "complete: {kube.pods: true}",
		string(builtin),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Decode("c.yaml", data)
		if err != nil {
			for _, line := range strings.Split(err.Error(), "\n") {
				if line == "" {
					t.Fatalf("an empty line in %q", err)
				}
			}
			return
		}
		for _, name := range c.ProfileNames() {
			if _, err := c.Resolve(name); err != nil {
				t.Fatal(err)
			}
		}
		for _, s := range c.Rules {
			if err := Pattern(s.Pattern).Valid(); err != nil {
				t.Fatal(err)
			}
		}
		for _, a := range c.AnnotationWaivers {
			if err := a.Pattern.Valid(); err != nil {
				t.Fatal(err)
			}
		}
		for _, w := range c.Waivers {
			if len(w.Expires) != len("2027-01-31") || w.Rule == "" || w.Reason == "" || w.Subject == "" {
				t.Fatalf("an unfinished waiver: %+v", w)
			}
		}
	})
}
