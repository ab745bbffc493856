package snapshot

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// sections are the lists of a recorded snapshot, in the order in which they
// are written, each with how it is written and how it is read.
func sections(s *Snapshot) []section {
	return []section{
		sectionOf("sources", &s.Sources, nil),
		sectionOf("models", &s.Models, func(m *Model) {
			if m.Evidence == nil {
				m.Evidence = []Evidence{}
			}
		}),
		sectionOf("namespaces", &s.Namespaces, nil),
		sectionOf("workloads", &s.Workloads, nil),
		sectionOf("pods", &s.Pods, nil),
		sectionOf("services", &s.Services, nil),
		sectionOf("configmaps", &s.ConfigMaps, nil),
		sectionOf("networkpolicies", &s.NetworkPolicies, nil),
		sectionOf("gateways", &s.Gateways, nil),
		sectionOf("routes", &s.Routes, nil),
		sectionOf("ingresses", &s.Ingresses, nil),
		sectionOf("authorizationpolicies", &s.AuthorizationPolicies, nil),
		sectionOf("foreignpolicies", &s.ForeignPolicies, nil),
		sectionOf("persistentvolumeclaims", &s.PersistentVolumeClaims, nil),
		sectionOf("persistentvolumes", &s.PersistentVolumes, nil),
		sectionOf("nodes", &s.Nodes, nil),
		sectionOf("coverage", &s.Coverage, nil),
		optional(sectionOf("comments", &s.Comments, nil), len(s.Comments)),
		sectionOf("gaps", &s.Gaps, nil),
		sectionOf("ignored", &s.Ignored, nil),
	}
}

// section is one list of a recorded snapshot.
type section struct {
	name  string
	write func(io.Writer, *json.Encoder) error
	read  func(*json.Decoder) error
	// optional says that it may be missing, and empty that it is then left out.
	optional, empty bool
}

// optional is a list that recordings of before it did not have and nothing is
// missed without.
func optional(s section, length int) section {
	s.optional, s.empty = true, length == 0
	return s
}

// sectionOf makes the section of one list. fill, where given, sees a copy of
// each element before it is written and gives it the form it is read back in.
func sectionOf[T any](name string, list *[]T, fill func(*T)) section {
	return section{
		name: name,
		write: func(w io.Writer, enc *json.Encoder) error {
			for i, x := range *list {
				if i > 0 {
					if _, err := io.WriteString(w, ","); err != nil {
						return err
					}
				}
				if fill != nil {
					fill(&x)
				}
				if err := enc.Encode(x); err != nil {
					return err
				}
			}
			return nil
		},
		read: func(dec *json.Decoder) error {
			if err := expect(dec, json.Delim('[')); err != nil {
				return err
			}
			for dec.More() {
				var x T
				if err := dec.Decode(&x); err != nil {
					return fmt.Errorf("element %d: %w", len(*list)+1, err)
				}
				if fill != nil {
					fill(&x)
				}
				*list = append(*list, x)
			}
			return expect(dec, json.Delim(']'))
		},
	}
}

// Encode writes a snapshot as JSON: the schema first, then one element a line.
// The same snapshot always gives the same bytes.
func Encode(w io.Writer, s Snapshot) error {
	buf := bufio.NewWriterSize(w, 64<<10)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	fmt.Fprintf(buf, "{\"schema\":%q", Schema)
	for _, sec := range sections(&s) {
		if sec.empty {
			continue
		}
		fmt.Fprintf(buf, ",\n%q:[", sec.name)
		if err := sec.write(buf, enc); err != nil {
			return fmt.Errorf("writing %s of the snapshot: %w", sec.name, err)
		}
		buf.WriteString("]")
	}
	buf.WriteString("}\n")
	if err := buf.Flush(); err != nil {
		return fmt.Errorf("writing the snapshot: %w", err)
	}
	return nil
}

// Decode reads what Encode wrote, element by element, so that memory grows
// with what is kept and not with the text. It refuses what it does not know:
// another schema, an unknown field, a position outside the sources.
func Decode(r io.Reader) (Snapshot, error) {
	s, missing, err := decode(r)
	if err != nil {
		return Snapshot{}, fmt.Errorf("reading the recorded snapshot: %w", explained(err))
	}
	if err := check(&s); err != nil {
		return Snapshot{}, fmt.Errorf("reading the recorded snapshot: %w", err)
	}
	// A list that is not there is not an empty one: without its gaps a
	// recording would look complete.
	if len(missing) > 0 {
		return Snapshot{}, fmt.Errorf("reading the recorded snapshot: field %q is missing: it was edited or cut; record it again", missing[0])
	}
	return s, nil
}

// decode also returns the names of the fields that are not there, sorted.
func decode(r io.Reader) (s Snapshot, missing []string, err error) {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	if err := expect(dec, json.Delim('{')); err != nil {
		return s, nil, err
	}
	left := map[string]section{"schema": {name: "schema", read: func(dec *json.Decoder) error {
		if err := dec.Decode(&s.Schema); err != nil {
			return err
		}
		return checkSchema(s.Schema)
	}}}
	for _, sec := range sections(&s) {
		left[sec.name] = sec
	}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return s, nil, err
		}
		name, _ := token.(string)
		sec, ok := left[name]
		if !ok {
			return s, nil, fmt.Errorf("field %q is unknown or stands twice", name)
		}
		delete(left, name)
		err = sec.read(dec)
		switch {
		case err != nil && name == "schema":
			return s, nil, err // it says itself what it is about
		case err != nil:
			return s, nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := expect(dec, json.Delim('}')); err != nil {
		return s, nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return s, nil, errors.New("there is more text after the snapshot's end")
	}
	maps.DeleteFunc(left, func(_ string, sec section) bool { return sec.optional })
	return normalised(s), slices.Sorted(maps.Keys(left)), nil
}

// expect reads one token and demands that it is the given one.
func expect(dec *json.Decoder, want json.Token) error {
	got, err := dec.Token()
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("found %s, want %s", tokenText(got), tokenText(want))
	}
	return nil
}

// tokenText writes a JSON token as the file has it.
func tokenText(t json.Token) string {
	if t == nil {
		return "null"
	}
	return fmt.Sprint(t)
}

// explained puts the end of a cut-off file into words.
func explained(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the file ends too early: it was cut off; record it again")
	}
	if errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) {
		return fmt.Errorf("the file is damaged: %w", err)
	}
	return err
}

// checkSchema tells a snapshot of another version from a foreign file.
func checkSchema(schema string) error {
	family, _, _ := strings.Cut(Schema, "/v")
	switch {
	case schema == Schema:
		return nil
	case strings.HasPrefix(schema, family+"/v"):
		return fmt.Errorf("its schema is %q and this version reads %q: "+
			"read it with the version that recorded it, or record it again with this one", schema, Schema)
	}
	return fmt.Errorf("its schema is %q, want %q", schema, Schema)
}
