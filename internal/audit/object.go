package audit

import (
	"reflect"
)

// tool is the name of the program, of its reports and of their source.
const tool = "charmarr-lint"

// The labels of a report object.
const (
	nameLabel    = "app.kubernetes.io/name"
	managedLabel = "app.kubernetes.io/managed-by"
	// installationLabel is the namespace of the installation that wrote it.
	installationLabel = "charmarr-lint.io/installation"
)

// leftOutKey is the annotation that says how many results were left out.
const leftOutKey = "charmarr-lint.io/left-out"

// form is one of the two kinds of report objects.
type form struct {
	group, version  string
	kind, resource  string
	clusterKind     string
	clusterResource string
	sourceInResults bool // not in the object
	saysLimits      bool
}

// forms are the forms that can be written, the better one first. What they mean is
// the same: OpenReports is where PolicyReports went.
func forms() []form {
	return []form{
		{
			group: "openreports.io", version: "v1alpha1", kind: "Report", resource: "reports",
			clusterKind: "ClusterReport", clusterResource: "clusterreports", saysLimits: true,
		},
		{
			group: "wgpolicyk8s.io", version: "v1alpha2", kind: "PolicyReport", resource: "policyreports",
			clusterKind: "ClusterPolicyReport", clusterResource: "clusterpolicyreports", sourceInResults: true,
		},
	}
}

// path is where the objects of a namespace are, or of the cluster where it is empty.
func (f form) path(namespace, name string) string {
	path := "/apis/" + f.group + "/" + f.version + "/"
	if namespace == "" {
		path += f.clusterResource
	} else {
		path += "namespaces/" + namespace + "/" + f.resource
	}
	if name != "" {
		path += "/" + name
	}
	return path
}

// object is a report object.
type object struct {
	APIVersion    string         `json:"apiVersion"`
	Kind          string         `json:"kind"`
	Metadata      metadata       `json:"metadata"`
	Source        string         `json:"source,omitempty"`
	Scope         *reference     `json:"scope,omitempty"`
	Configuration *configuration `json:"configuration,omitempty"`
	Summary       summary        `json:"summary"`
	Results       []result       `json:"results,omitempty"`
}

// String names the object.
func (o object) String() string {
	name := o.Metadata.Name
	if o.Metadata.Namespace != "" {
		name = o.Metadata.Namespace + "/" + name
	}
	return o.Kind + " " + name
}

// same tells whether an object that is there says what one that is wanted says.
func (o object) same(want object) bool {
	for key, value := range want.Metadata.Labels {
		if o.Metadata.Labels[key] != value {
			return false
		}
	}
	return o.Metadata.Annotations[leftOutKey] == want.Metadata.Annotations[leftOutKey] && o.Source == want.Source &&
		reflect.DeepEqual(o.Scope, want.Scope) && reflect.DeepEqual(o.Configuration, want.Configuration) &&
		o.Summary == want.Summary && reflect.DeepEqual(o.Results, want.Results)
}

type metadata struct {
	Name            string            `json:"name"`
	Namespace       string            `json:"namespace,omitempty"`
	UID             string            `json:"uid,omitempty"`
	ResourceVersion string            `json:"resourceVersion,omitempty"`
	Labels          map[string]string `json:"labels,omitempty"`
	Annotations     map[string]string `json:"annotations,omitempty"`
}

// configuration tells readers how many results there can be.
type configuration struct {
	Limits struct {
		MaxResults int `json:"maxResults"`
	} `json:"limits"`
}

// summary counts results, those that were left out among them.
type summary struct {
	Pass  int `json:"pass"`
	Fail  int `json:"fail"`
	Warn  int `json:"warn"`
	Error int `json:"error"`
	Skip  int `json:"skip"`
}

// reference names an object of the cluster, or something of Juju's: that has no
// apiVersion.
type reference struct {
	APIVersion string `json:"apiVersion,omitempty"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name,omitempty"`
}

// result is one result of a report object.
type result struct {
	Source     string            `json:"source,omitempty"`
	Policy     string            `json:"policy"`
	Rule       string            `json:"rule,omitempty"`
	Category   string            `json:"category,omitempty"`
	Severity   string            `json:"severity,omitempty"`
	Result     outcome           `json:"result"`
	Scored     bool              `json:"scored,omitempty"`
	Message    string            `json:"message,omitempty"`
	Resources  []reference       `json:"resources,omitempty"`
	Properties map[string]string `json:"properties,omitempty"`
}

// outcome is how a result came out.
type outcome string

const (
	fail  outcome = "fail"
	warn  outcome = "warn"
	wrong outcome = "error"
	skip  outcome = "skip"
	pass  outcome = "pass"
)

func (s *summary) add(o outcome) {
	switch o {
	case fail:
		s.Fail++
	case warn:
		s.Warn++
	case wrong:
		s.Error++
	case skip:
		s.Skip++
	case pass:
		s.Pass++
	}
}
