package topology

// Minimum is the oldest that the charms are made for.
type Minimum struct {
	Juju       string `json:"juju"` // "3.6"
	Kubernetes string `json:"kubernetes"`
}

// Operation is what is known of running an application's charm: how it wants to be
// run, and how far it is.
type Operation struct {
	// Kind is its charm, by the name that it has now; "" for one that is not known.
	Kind string `json:"kind"`
	// MaxUnits is how many units its charm can run, 0 for any number; TooMany is
	// the level of a finding where there are more, and Crowd what follows.
	MaxUnits int    `json:"max_units"`
	TooMany  string `json:"too_many"`
	Crowd    string `json:"crowd"`
	// Untrusted says what follows where its charm is not trusted; "" where it need
	// not be.
	Untrusted string `json:"untrusted"`
	// ReplacedBy is the charm that took its place, "" where none did, and Outdated
	// what that means.
	ReplacedBy string `json:"replaced_by"`
	Outdated   string `json:"outdated"`
	// Family names the charms that are released together with it, "" for none.
	Family string `json:"family"`
	// Channel is the channel in full, track and risk; "" where it was not said.
	Channel string `json:"channel"`
	// Published says that the channel is one its charm is published on: yes, no, or
	// "" where either is not known; PublishedOn lists them.
	Published   string   `json:"published"`
	PublishedOn []string `json:"published_on"`
	// Moves says that it need not follow the channel of its family.
	Moves bool `json:"moves"`
	// Backup says that something backs up what it keeps: yes, no, "" where that
	// was not read, or "none" where its charm has nothing to back up.
	Backup string `json:"backup"`
}

// ControlPlane is an Istio that was installed in the cluster: charm istio-k8s, or
// what it makes.
type ControlPlane struct {
	Subject Subject `json:"subject"`
	State   string  `json:"state"`
	At      string  `json:"at"`
	Name    string  `json:"name"`
	Model   string  `json:"model"`
	Object  string  `json:"object"` // what it is in Kubernetes, "" where only Juju shows it
	// Charm says that it is the application of a charm that Juju shows.
	Charm bool `json:"charm"`
	// Fits says that it was told the right platform for the nodes: yes, no, or ""
	// where that cannot be told. Told says by what it was told which, in words.
	Fits      string `json:"fits"`
	Told      string `json:"told"`
	ToldAt    string `json:"told_at"`
	ToldState string `json:"told_state"`
}

// Distribution is the distribution of Kubernetes that the nodes run.
type Distribution struct {
	// Name is "" where the nodes' versions do not tell.
	Name string `json:"name"`
	// Platforms are the values of istio-k8s' option platform that fit it; "" among
	// them means none.
	Platforms []string `json:"platforms"`
	Fact      string   `json:"fact"`
	At        string   `json:"at"`
}
