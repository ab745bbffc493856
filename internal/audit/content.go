package audit

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/rule/ruledoc"
)

// The bounds of a report object. etcd takes 1.5 MiB, of which managed fields and the
// rest of the metadata need some; a message is one or two sentences.
const (
	maxBytes   = 1 << 20
	maxResults = 1000
	maxMessage = 1500
	maxText    = 1000
)

// objects are the report objects that say what is latest: one for each namespace that
// something is wrong in, and one for the cluster.
func objects(l Latest, f form, installation string) []object {
	r := plain.Report(l.Report)
	d := digest.Of(r)
	spaces := map[string]bool{}
	for _, n := range l.Snapshot.Namespaces {
		spaces[n.Name] = true
	}
	of := map[string][]result{"": verdicts(d)}
	for _, x := range r.Findings {
		in := cmp.Or(x.Subject.Namespace, x.Subject.Model)
		if !spaces[in] { // Juju's models have namespaces of their names; others have none
			in = ""
		}
		of[in] = append(of[in], resultOf(x, d.Rule(x.Rule), referenceOf(x.Subject, l.Snapshot)))
	}
	var out []object
	for in, results := range of {
		out = append(out, f.object(in, installation, results))
	}
	slices.SortFunc(out, func(a, b object) int { return cmp.Compare(a.Metadata.Namespace, b.Metadata.Namespace) })
	return out
}

// object makes a report object of results, of which it keeps as many as there is room
// for, the gravest first.
func (f form) object(namespace, installation string, results []result) object {
	o := object{
		APIVersion: f.group + "/" + f.version, Kind: f.clusterKind,
		Metadata: metadata{
			Name: tool, Namespace: namespace,
			Labels: map[string]string{nameLabel: tool, managedLabel: tool, installationLabel: installation},
		},
	}
	if namespace != "" {
		o.Kind = f.kind
		o.Scope = &reference{APIVersion: "v1", Kind: "Namespace", Name: namespace}
	}
	if !f.sourceInResults {
		o.Source = tool
	}
	if f.saysLimits {
		o.Configuration = &configuration{}
		o.Configuration.Limits.MaxResults = maxResults
	}
	slices.SortStableFunc(results, compare)
	size := 0
	for i, x := range results {
		if f.sourceInResults {
			x.Source = tool
		}
		text, err := json.Marshal(x)
		if size += len(text) + 1; err != nil || size > maxBytes || i >= maxResults-1 && len(results) > maxResults {
			break
		}
		o.Results = append(o.Results, x)
	}
	for _, x := range results {
		o.Summary.add(x.Result)
	}
	if left := len(results) - len(o.Results); left > 0 {
		o.Metadata.Annotations = map[string]string{leftOutKey: strconv.Itoa(left)}
		last := result{
			Policy: tool + "/left-out", Result: skip,
			Message: digest.Plural(left, "result") + " of those that the summary counts had no room here; the report that " + tool + " serves over HTTP has all",
		}
		if f.sourceInResults {
			last.Source = tool
		}
		o.Results = append(o.Results, last)
	}
	return o
}

// compare orders results: the gravest first.
func compare(a, b result) int {
	order := []outcome{fail, warn, wrong, skip, pass}
	severity := []string{"high", "medium", "low", ""}
	return cmp.Or(
		cmp.Compare(slices.Index(order, a.Result), slices.Index(order, b.Result)),
		cmp.Compare(slices.Index(severity, a.Severity), slices.Index(severity, b.Severity)),
		cmp.Compare(slices.Index(verdictOrder(), a.Properties["verdict"]), slices.Index(verdictOrder(), b.Properties["verdict"])),
		cmp.Compare(a.Policy, b.Policy), cmp.Compare(a.Properties["stack"], b.Properties["stack"]),
		cmp.Compare(a.Properties["subject"], b.Properties["subject"]), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message),
	)
}

// verdictOrder puts what was accepted before what nobody looked at.
func verdictOrder() []string {
	return []string{string(finding.Violated), string(finding.Unknown), string(finding.Waived), string(finding.NotEvaluated), string(finding.Pass)}
}

// resultOf is what a finding says.
func resultOf(x finding.Finding, about rule.Rule, subject reference) result {
	out := result{
		Policy: string(x.Rule), Rule: x.Way, Severity: severity(x.Level), Result: warn, Message: cut(x.Message, maxMessage),
		Resources: []reference{subject},
		Properties: properties(
			"verdict", string(x.Verdict), "level", string(x.Level), "state", x.State, "stack", x.Stack, "subject", digest.Label(x.Subject),
			"fingerprint", x.Fingerprint, "remediation", strings.Join(x.Remediation, "\n"), "records", records(x.ADR), "page", digest.DocURL(about),
		),
	}
	if len(x.ADR) > 0 {
		out.Category = x.ADR[0]
	}
	if x.Level == rule.Error {
		out.Result, out.Scored = fail, true
	}
	if x.Verdict == finding.Waived {
		out.Result, out.Scored = skip, false
		if x.Waiver != nil {
			out.Properties["accepted-because"] = cut(x.Waiver.Reason, maxText)
			out.Properties["accepted-until"] = x.Waiver.Expires
		}
	}
	return out
}

// severity says a level in words that every version of the kinds knows.
func severity(l rule.Level) string {
	switch l {
	case rule.Error:
		return "high"
	case rule.Warning:
		return "medium"
	}
	return "low"
}

// verdicts are what is known of each rule in each stack, but for what findings say.
func verdicts(d digest.Digest) []result {
	var out []result
	for _, s := range d.Stacks {
		for _, v := range s.Rules {
			x := result{Policy: string(v.Rule.ID), Properties: properties("verdict", string(v.Verdict), "stack", s.Name, "page", digest.DocURL(v.Rule))}
			if len(v.Rule.ADR) > 0 {
				x.Category = v.Rule.ADR[0]
			}
			missing := strings.Join(v.Missing, ", ")
			switch {
			case v.Verdict == finding.Pass:
				x.Result, x.Message = pass, v.Rule.Title
			case v.Verdict == finding.NotEvaluated:
				x.Result, x.Message = skip, "It was not evaluated, no source has what it needs: "+missing
			case v.Verdict == finding.Unknown || len(v.Missing) > 0: // also beside findings: there may be more
				x.Result, x.Message = wrong, "It could not be decided in whole, this was not read: "+missing
				x.Properties["verdict"] = string(finding.Unknown)
			default:
				continue // its findings say it
			}
			x.Message = cut(x.Message, maxMessage)
			out = append(out, x)
		}
	}
	return out
}

// records names the decision records with their addresses, a line each.
func records(adr []string) string {
	lines := make([]string, len(adr))
	for i, ref := range adr {
		lines[i] = ref
		if record, clause, ok := ruledoc.Find(ref); ok {
			lines[i] += " " + record.URL()
			if clause.Heading {
				lines[i] += "#" + clause.Anchor
			}
		}
	}
	return strings.Join(lines, "\n")
}

// properties are pairs of names and values, without those that are empty.
func properties(pairs ...string) map[string]string {
	out := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out[pairs[i]] = cut(pairs[i+1], maxText)
		}
	}
	return out
}

// cut bounds a text, and says that it did.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	at := most - len("…")
	for at > 0 && !utf8.RuneStart(text[at]) {
		at--
	}
	return text[:at] + "…"
}
