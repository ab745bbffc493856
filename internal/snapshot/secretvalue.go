package snapshot

import (
	"regexp"
	"strings"
	"sync"
)

// shortestSecret is the length of the shortest text that is searched for
// secrets: "pwd=1234".
const shortestSecret = 8

// tokens are the shapes of secrets that are known by their form alone. A
// pattern is tried only where the text contains the hint.
var tokens = sync.OnceValue(func() []token {
	form := func(hint, pattern string) token { return token{hint, regexp.MustCompile(pattern)} }
	return []token{
		form("-----BEGIN", `-----BEGIN[ A-Z0-9]*(?:KEY|CERTIFICATE|MESSAGE)[ A-Z0-9]*-----[\s\S]*?(?:-----END[ A-Z0-9]*-----|\z)`),
		form("://", `://[^\s/@:"']*:[^\s/@"']+@`),                                      // user:password@ in a URL
		form("eyJ", `eyJ[A-Za-z0-9_\-]{5,}\.[A-Za-z0-9_\-]{5,}(?:\.[A-Za-z0-9_\-]*)*`), // JSON web token
		form("=", `(?:^|[^A-Za-z0-9+/=])[A-Za-z0-9+/]{43}=(?:$|[^A-Za-z0-9+/=])`),      // WireGuard key: 32 bytes in base64
		form("AKIA", `\bAKIA[A-Z0-9]{16}\b`),                                           // AWS
		form("ASIA", `\bASIA[A-Z0-9]{16}\b`),
		form("gh", `\bgh[pousr]_[A-Za-z0-9]{20,}`), // GitHub
		form("github_pat_", `\bgithub_pat_[A-Za-z0-9_]{20,}`),
		form("glpat-", `\bglpat-[A-Za-z0-9_\-]{16,}`),    // GitLab
		form("xox", `\bxox[abeprs]-[A-Za-z0-9_\-]{10,}`), // Slack
		form("tskey-", `\btskey-[A-Za-z0-9_\-]{10,}`),    // Tailscale
		form("claim-", `\bclaim-[A-Za-z0-9_\-]{18,}`),    // Plex
	}
})

type token struct {
	hint    string
	pattern *regexp.Regexp
}

// redactTokens replaces what is secret by its form.
func redactTokens(text string) string {
	if len(text) < 16 && !strings.Contains(text, "://") {
		return text
	}
	for _, t := range tokens() {
		if !strings.Contains(text, t.hint) {
			continue
		}
		text = replace(t.pattern, text, func(m []string) string {
			switch t.hint {
			case "://":
				return "://" + Redacted + "@"
			case "=":
				return keepEnds(m[0])
			}
			return Redacted
		})
	}
	return text
}

// keepEnds replaces a WireGuard key and keeps the signs around it.
func keepEnds(match string) string {
	before, after := "", ""
	if !isBase64(match[0]) {
		before, match = match[:1], match[1:]
	}
	if last := match[len(match)-1]; last != '=' {
		after = string(last)
	}
	return before + Redacted + after
}

func isBase64(c byte) bool { return isAlphanumeric(c) || c == '+' || c == '/' }

// replace rewrites each match of a pattern; edit sees the match and its groups.
func replace(pattern *regexp.Regexp, text string, edit func([]string) string) string {
	var out strings.Builder
	last := 0
	for _, at := range pattern.FindAllStringSubmatchIndex(text, -1) {
		groups := make([]string, len(at)/2)
		for i := range groups {
			if at[2*i] >= 0 {
				groups[i] = text[at[2*i]:at[2*i+1]]
			}
		}
		clean := edit(groups)
		if clean == groups[0] {
			continue
		}
		out.WriteString(text[last:at[0]])
		out.WriteString(clean)
		last = at[1]
	}
	if last == 0 {
		return text
	}
	out.WriteString(text[last:])
	return out.String()
}
