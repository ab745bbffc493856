package main

import (
	"fmt"
	"regexp"
	"strings"
)

const unreleased = "Unreleased"

// section returns what the changelog says of a version. A pre-release that has no section
// of its own is what is unreleased.
func section(changelog string, v version) (string, error) {
	texts := map[string]string{}
	var name string
	heading := regexp.MustCompile(`^## \[([^]]+)\]`)
	for line := range strings.Lines(changelog) {
		if m := heading.FindStringSubmatch(line); m != nil {
			name = m[1]
			if _, ok := texts[name]; ok {
				return "", fmt.Errorf("CHANGELOG.md has two sections %q", name)
			}
			texts[name] = ""
			continue
		}
		if name != "" {
			texts[name] += line
		}
	}
	name = v.number
	if _, ok := texts[name]; !ok && v.prerelease {
		name = unreleased
	}
	text, ok := texts[name]
	if !ok {
		return "", fmt.Errorf("CHANGELOG.md has no section %q: rename %q to it, with the date, before you tag", "## ["+v.number+"]", "## ["+unreleased+"]")
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return "", fmt.Errorf("section %q of CHANGELOG.md is empty: say what a user would notice", name)
	}
	return text, nil
}

// unwrap makes one line of each paragraph and each item of a list: where releases are
// shown, a line break is shown as one.
func unwrap(text string) string {
	var out []string
	joins, fenced := false, false // whether the next line may go on with the last
	begins := regexp.MustCompile(`^\s*([-*+]|[0-9]+[.)])\s|^#|^>|^\|`)
	for line := range strings.SplitSeq(text, "\n") {
		fence := strings.HasPrefix(strings.TrimSpace(line), "```")
		blank := strings.TrimSpace(line) == ""
		if joins && !fence && !blank && !begins.MatchString(line) {
			out[len(out)-1] += " " + strings.TrimSpace(line)
			continue
		}
		out = append(out, line)
		if fence {
			fenced = !fenced
		}
		joins = !fenced && !fence && !blank && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "|")
	}
	return strings.Join(out, "\n")
}

// notes is what a release says of itself.
func notes(changelog string, v version, digest string) (string, error) {
	text, err := section(changelog, v)
	if err != nil {
		return "", err
	}
	return unwrap(text) + fmt.Sprintf(`

### Where it is

| | |
|---|---|
| image | `+"`%s:%s@%s`"+` |
| chart | `+"`%s`, version `%s`"+` |

How to verify both and the files below: [docs/release.md](%s/blob/%s/docs/release.md#verify-what-you-got).
`, image, v.tag, digest, charts, v.number, source, v.tag), nil
}
