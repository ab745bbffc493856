package topology

import (
	"slices"
	"strings"
)

// channelOf writes a channel in full, as track/risk, with its branch if it has
// one: "edge" is latest/edge and "1" is 1/stable. It is empty for none.
func channelOf(text string) string {
	risks := []string{"stable", "candidate", "beta", "edge"}
	parts := strings.Split(strings.TrimSpace(text), "/")
	switch {
	case parts[0] == "":
		return ""
	case slices.Contains(risks, parts[0]):
		parts = append([]string{"latest"}, parts...)
	case len(parts) == 1:
		parts = append(parts, "stable")
	}
	return strings.Join(parts, "/")
}

// publishedOn tells whether a channel is among those that a charm is published
// on: "N/stable" stands for any numbered track, "-" for any channel.
func publishedOn(channel string, channels []string) bool {
	track, risk, _ := strings.Cut(channel, "/")
	numbered := strings.Trim(track, "0123456789") == ""
	return slices.ContainsFunc(channels, func(c string) bool {
		return c == "-" || c == channel || numbered && c == "N/"+risk
	})
}
