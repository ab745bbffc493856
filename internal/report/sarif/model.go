package sarif

// The types below are the parts of SARIF 2.1.0 that this package writes, named
// as the standard names them, fields in the order of output. A field that the
// standard makes optional is left out when empty; a list that readers expect is
// there even when empty.

type log struct {
	Schema  string `json:"$schema"`
	Version string `json:"version"`
	Runs    []run  `json:"runs"`
}

type run struct {
	Tool              tool               `json:"tool"`
	AutomationDetails automationDetails  `json:"automationDetails"`
	Provenance        []versionControl   `json:"versionControlProvenance,omitzero"`
	URIBases          map[string]uriBase `json:"originalUriBaseIds"`
	ColumnKind        string             `json:"columnKind"`
	Invocations       []invocation       `json:"invocations"`
	Artifacts         []artifact         `json:"artifacts"`
	Results           []result           `json:"results"`
	Properties        runProperties      `json:"properties"`
}

type runProperties struct {
	Profile string `json:"profile"`
	Flavour string `json:"flavour"`
	Passed  int    `json:"passed"`
}

type automationDetails struct {
	ID          string  `json:"id"`
	Description message `json:"description"`
}

type versionControl struct {
	RepositoryURI string           `json:"repositoryUri"`
	RevisionID    string           `json:"revisionId,omitempty"`
	Branch        string           `json:"branch,omitempty"`
	MappedTo      artifactLocation `json:"mappedTo"`
}

// uriBase is the description of a URI base. It has no uri: the checkout
// is wherever the reader has it.
type uriBase struct {
	Description message `json:"description"`
}

type tool struct {
	Driver driver `json:"driver"`
}

type driver struct {
	Name             string       `json:"name"`
	Organization     string       `json:"organization"`
	ShortDescription message      `json:"shortDescription"`
	InformationURI   string       `json:"informationUri"`
	DownloadURI      string       `json:"downloadUri"`
	Version          string       `json:"version"`
	SemanticVersion  string       `json:"semanticVersion,omitempty"`
	Rules            []descriptor `json:"rules"`
	Notifications    []descriptor `json:"notifications"`
}

type descriptor struct {
	ID                   string          `json:"id"`
	Name                 string          `json:"name"`
	DeprecatedIDs        []string        `json:"deprecatedIds,omitempty"`
	ShortDescription     message         `json:"shortDescription"`
	FullDescription      message         `json:"fullDescription"`
	Help                 *message        `json:"help,omitempty"`
	HelpURI              string          `json:"helpUri,omitempty"`
	DefaultConfiguration configuration   `json:"defaultConfiguration"`
	Properties           *ruleProperties `json:"properties,omitempty"`
}

type configuration struct {
	Enabled bool   `json:"enabled"`
	Level   string `json:"level"`
}

type ruleProperties struct {
	Tags             []string `json:"tags"`
	Precision        string   `json:"precision"`
	ProblemSeverity  string   `json:"problem.severity"`
	SecuritySeverity string   `json:"security-severity,omitempty"`
}

type message struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type invocation struct {
	ExecutionSuccessful bool           `json:"executionSuccessful"`
	Notifications       []notification `json:"toolExecutionNotifications"`
}

type notification struct {
	Descriptor     reference  `json:"descriptor"`
	AssociatedRule *reference `json:"associatedRule,omitempty"`
	Level          string     `json:"level"`
	Message        message    `json:"message"`
	Locations      []location `json:"locations,omitempty"`
}

type reference struct {
	ID    string `json:"id"`
	Index int    `json:"index"`
}

type artifact struct {
	Location artifactLocation `json:"location"`
	Roles    []string         `json:"roles"`
}

type artifactLocation struct {
	URI       string `json:"uri,omitempty"`
	URIBaseID string `json:"uriBaseId"`
	Index     *int   `json:"index,omitempty"`
}

type result struct {
	RuleID              string            `json:"ruleId"`
	RuleIndex           int               `json:"ruleIndex"`
	Level               string            `json:"level"`
	Message             message           `json:"message"`
	Locations           []location        `json:"locations"`
	RelatedLocations    []location        `json:"relatedLocations,omitempty"`
	CodeFlows           []codeFlow        `json:"codeFlows,omitempty"`
	PartialFingerprints map[string]string `json:"partialFingerprints"`
	// Suppressions is nil in a log that says nothing of suppressions, and not
	// nil for every result of a log that does.
	Suppressions []suppression `json:"suppressions,omitzero"`
	// BaselineState is new or unchanged, where files were laid over what is live.
	BaselineState string           `json:"baselineState,omitempty"`
	Properties    resultProperties `json:"properties"`
}

type suppression struct {
	Kind          string    `json:"kind"`
	Status        string    `json:"status"`
	Justification string    `json:"justification"`
	Location      *location `json:"location,omitempty"`
}

type resultProperties struct {
	State       string   `json:"state"`
	Stack       string   `json:"stack"`
	Way         string   `json:"way"`
	Remediation []string `json:"remediation"`
}

type location struct {
	ID       *int              `json:"id,omitempty"`
	Physical *physicalLocation `json:"physicalLocation,omitempty"`
	Logical  []logicalLocation `json:"logicalLocations,omitempty"`
	Message  *message          `json:"message,omitempty"`
}

type physicalLocation struct {
	Artifact artifactLocation `json:"artifactLocation"`
	Region   region           `json:"region"`
}

type region struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"`
}

type logicalLocation struct {
	Name               string `json:"name"`
	FullyQualifiedName string `json:"fullyQualifiedName"`
	Kind               string `json:"kind"`
}

type codeFlow struct {
	ThreadFlows []threadFlow `json:"threadFlows"`
}

type threadFlow struct {
	Locations []threadFlowLocation `json:"locations"`
}

type threadFlowLocation struct {
	Location location `json:"location"`
}
