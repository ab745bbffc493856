package json

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// Recognise tells whether a document is a JSON report, of any version: an
// object whose field "schema" says so.
func Recognise(doc []byte) bool {
	doc = bytes.TrimLeft(doc, "\ufeff \t\r\n")
	if !bytes.HasPrefix(doc, []byte("{")) || !bytes.Contains(doc, []byte("charmarr-lint/report/")) {
		return false
	}
	// A report that breaks off is one all the same: Write has the schema first.
	dec := stdjson.NewDecoder(bytes.NewReader(doc))
	for _, want := range []stdjson.Token{stdjson.Delim('{'), "schema"} {
		if got, err := dec.Token(); err != nil || got != want {
			var head struct {
				Schema string `json:"schema"`
			}
			return stdjson.Unmarshal(doc, &head) == nil && isReport(head.Schema)
		}
	}
	schema, err := dec.Token()
	text, ok := schema.(string)
	return err == nil && ok && isReport(text)
}

func isReport(schema string) bool { return strings.HasPrefix(schema, "charmarr-lint/report/") }

// Read reads what Write wrote. It refuses what it does not know and what is not
// there: another schema, an unknown or missing field, a null, counts that do
// not fit the findings. A report that was cut would else look like a better one.
func Read(doc []byte) (finding.Report, error) {
	r, err := read(bytes.TrimPrefix(doc, []byte("\ufeff")))
	if err != nil {
		return finding.Report{}, fmt.Errorf("reading the report: %w; write it again with 'charmarr-lint check -o json=FILE'", err)
	}
	return r, nil
}

func read(doc []byte) (r finding.Report, err error) {
	var head struct {
		Schema string `json:"schema"`
	}
	if err := stdjson.Unmarshal(doc, &head); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(err.Error(), "unexpected end") {
			return r, errors.New("the file ends too early: it was cut off")
		}
		return r, err
	}
	if head.Schema != finding.Schema {
		return r, fmt.Errorf("its schema is %q and this version reads %q", head.Schema, finding.Schema)
	}
	dec := stdjson.NewDecoder(bytes.NewReader(doc))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil {
		return r, err
	}
	var tree any
	if err := stdjson.Unmarshal(doc, &tree); err != nil {
		return r, err
	}
	if path := lacking(reflect.TypeFor[finding.Report](), tree, ""); path != "" {
		return r, fmt.Errorf("field %q is missing or null: it was edited, or written by another version", path)
	}
	return r, check(r)
}

// lacking returns the path of the first field of a type that a document does
// not have; empty where it has all. A pointer alone may be null.
func lacking(t reflect.Type, v any, path string) string {
	switch {
	case t.Kind() == reflect.Pointer:
		if v == nil {
			return ""
		}
		return lacking(t.Elem(), v, path)
	case v == nil:
		return path
	case t.Kind() == reflect.Slice:
		items, _ := v.([]any) // the decoder has refused other types
		for i, item := range items {
			if at := lacking(t.Elem(), item, fmt.Sprintf("%s[%d]", path, i)); at != "" {
				return at
			}
		}
	case t.Kind() == reflect.Struct:
		object, _ := v.(map[string]any)
		for f := range t.Fields() {
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "-" {
				continue
			}
			value, ok := object[name]
			if !ok && options == "omitempty" {
				continue // of runs that read plans
			}
			at := strings.TrimPrefix(path+"."+name, ".")
			if !ok {
				return at
			}
			if at = lacking(f.Type, value, at); at != "" {
				return at
			}
		}
	}
	return ""
}

// check demands that a report is one in itself.
func check(r finding.Report) error {
	seen := map[string]bool{}
	var count finding.Summary
	for i, f := range r.Findings {
		if !slices.Contains([]rule.Level{rule.Error, rule.Warning, rule.Note}, f.Level) {
			return fmt.Errorf("findings[%d]: level %q is none of error, warning, note", i, f.Level)
		}
		if f.Verdict != finding.Violated && f.Verdict != finding.Waived {
			return fmt.Errorf("findings[%d]: verdict %q is none of violated, waived", i, f.Verdict)
		}
		if f.Fingerprint == "" || seen[f.Fingerprint] {
			return fmt.Errorf("findings[%d]: fingerprint %q is empty or stands twice", i, f.Fingerprint)
		}
		seen[f.Fingerprint] = true
		switch {
		case f.Verdict == finding.Waived:
			count.Waived++
		case f.Level == rule.Error:
			count.Error++
		case f.Level == rule.Warning:
			count.Warning++
		default:
			count.Note++
		}
	}
	count.Passed, count.Unknown, count.NotEvaluated = r.Summary.Passed, len(r.Unknown), len(r.NotEvaluated)
	if count != r.Summary {
		return errors.New("its summary does not fit its findings: it was edited")
	}
	return nil
}
