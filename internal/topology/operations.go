package topology

import (
	"cmp"
	"slices"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// endpointBackup is where a charm tells Velero what to back up: its
// configuration, which Juju's storage holds.
const endpointBackup = "velero-backup-config"

// nothingToBackUp answers for an application that keeps nothing.
const nothingToBackUp = "none"

// operation is what is known of running an application's charm.
func (a *app) operation() Operation {
	out := Operation{PublishedOn: []string{}, Channel: a.channel(), Backup: nothingToBackUp}
	entry := a.kind()
	if entry == nil {
		return out
	}
	tables := &charms().operations
	out.Kind = entry.Charm
	if row := tables.SingleUnit.of(entry.Charm); row != nil {
		out.MaxUnits, out.TooMany, out.Crowd = 1, row.Level, row.Without
	}
	if row := tables.Trusted.of(entry.Charm); row != nil {
		out.Untrusted = row.Without
	}
	if row := tables.Deprecated.of(entry.Charm); row != nil {
		out.ReplacedBy, out.Outdated = row.By, row.Without
	}
	if row := tables.Channels.of(entry.Charm); row != nil {
		out.Family, out.Moves, out.PublishedOn = row.Family, row.Moves, row.Channels
		if out.Channel != "" {
			out.Published = answerNo
			if publishedOn(out.Channel, row.Channels) {
				out.Published = answerYes
			}
		}
	}
	if slices.ContainsFunc(entry.Provides, func(e charmEndpoint) bool { return e.Name == endpointBackup }) {
		out.Backup = answerUnknown
		if len(a.declared) > 0 {
			out.Backup = a.connected(endpointBackup, a.uses[endpointBackup])
		}
	}
	return out
}

// channel is the channel that the application follows, in full.
func (a *app) channel() string {
	for _, d := range a.declared {
		if c := channelOf(d.Channel); c != "" {
			return c
		}
	}
	return ""
}

// trust tells whether the application may change objects of Kubernetes, and where
// that is said. A source that shows options leaves it out where it is not trusted.
func (a *app) trust() (answer, at string) {
	for _, d := range a.declared {
		if slices.Contains(d.Unsettled, "trust") {
			return answerUnknown, ""
		}
		if d.Trust != snapshot.Unsaid {
			return string(d.Trust), cmp.Or(place(d.TrustAt), place(d.At))
		}
	}
	if a.configured != nil {
		return answerNo, place(a.configured.At)
	}
	return answerUnknown, ""
}
