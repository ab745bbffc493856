package terraform

import "testing"

// variants are the ways in which an example is planned, by what they are called.
func variants() map[string][]string {
	return map[string][]string{
		"":              nil,
		"-without-mesh": {"-var=enable_mesh=false"},
		"-without-vpn":  {"-var=enable_vpn=false"},
		"-bare":         {"-var=enable_mesh=false", "-var=enable_vpn=false"},
	}
}

// The examples are planned from nothing, in all their variants, as the fixtures say.
func TestPlans(t *testing.T) {
	t.Parallel()
	for _, example := range []string{"clean", "broken"} {
		p := plans(t, example, empty)
		for variant, args := range variants() {
			name := example + ".json"
			if variant != "" {
				name = "variants/" + example + variant + ".json"
			}
			t.Run(name, func(t *testing.T) { hold(t, name, p.plan(t, args...)) })
		}
	}
}

// The examples are written as `tofu fmt` writes them.
func TestFormat(t *testing.T) {
	t.Parallel()
	for _, example := range []string{"clean", "broken"} {
		p := plans(t, example, empty)
		p.tofu(t, "fmt", "-recursive", "-check", "-diff", ".")
	}
}
