package webhook

import (
	"time"

	"github.com/charmarr/charmarr-lint/internal/admission"
	"github.com/charmarr/charmarr-lint/internal/tracing"
)

// What spans say. Of objects they have kind and name, and nothing that stands in them.
const spanPrefix = "charmarr_lint."

// askedOf says what is asked.
func askedOf(span *tracing.Span, q *question) {
	span.Set(
		tracing.Text(spanPrefix+"uid", q.UID), tracing.Text(spanPrefix+"operation", string(q.Operation)), tracing.Flag(spanPrefix+"dry_run", q.DryRun),
		tracing.Text(spanPrefix+"group", q.Group), tracing.Text(spanPrefix+"kind", q.Kind), tracing.Text(spanPrefix+"subresource", q.SubResource),
		tracing.Text("k8s.namespace.name", q.Namespace), tracing.Text(spanPrefix+"name", q.Name),
	)
}

// answeredOf says what was answered.
func answeredOf(span *tracing.Span, a *answer) {
	span.Set(tracing.Flag(spanPrefix+"allowed", a.Allowed), tracing.Number(spanPrefix+"warnings", len(a.Warnings)))
}

// waited says how long a question waited until it was judged.
func waited(span *tracing.Span, since time.Time) {
	span.Set(tracing.Seconds(spanPrefix+"waited_seconds", time.Since(since).Seconds()))
}

// decidedOf says what was decided, on facts of which ages, and ends the span.
func decidedOf(span *tracing.Span, v admission.View, a admission.Answer, err error) {
	defer span.End()
	span.Fail(err)
	span.Set(tracing.Flag(spanPrefix+"rules_asked", a.Asked))
	by := map[admission.Outcome][]string{}
	for _, x := range a.Verdicts {
		by[x.Outcome] = append(by[x.Outcome], string(x.Rule))
	}
	for outcome, rules := range by {
		span.Set(tracing.Texts(spanPrefix+"rules_"+string(outcome), rules))
	}
	for _, age := range v.Ages {
		span.Set(tracing.Seconds(spanPrefix+"age_seconds."+age.Of, age.Age.Seconds()))
	}
}

// judgedOf says what was found in what is there, and ends the span.
func judgedOf(span *tracing.Span, k *known, err error) {
	defer span.End()
	span.Fail(err)
	if k.standing == nil {
		return
	}
	s := k.standing.Report.Summary
	span.Set(
		tracing.Number(spanPrefix+"objects", k.observed.Objects), tracing.Number(spanPrefix+"stacks", len(k.standing.Report.Stacks)),
		tracing.Number(spanPrefix+"errors", s.Error), tracing.Number(spanPrefix+"warnings", s.Warning), tracing.Number(spanPrefix+"notes", s.Note),
		tracing.Number(spanPrefix+"waived", s.Waived), tracing.Number(spanPrefix+"unknown_rules", s.Unknown),
	)
}
