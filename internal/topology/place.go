package topology

import (
	"strconv"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// place writes a Pos as the opaque "at" that travels through Rego. A place
// without a line is "": a live object has none.
func place(p snapshot.Pos) string {
	if !p.Known() {
		return ""
	}
	b := make([]byte, 0, 24)
	for i, v := range p {
		if i > 0 {
			b = append(b, ':')
		}
		b = strconv.AppendInt(b, int64(v), 10)
	}
	return string(b)
}

// ParseAt reads an "at" back. It reports false for "" and for anything that no
// entity of a topology carried.
func ParseAt(at string) (snapshot.Pos, bool) {
	var p snapshot.Pos
	rest := at
	for i := range p {
		field, tail, more := strings.Cut(rest, ":")
		if more != (i < len(p)-1) {
			return snapshot.Pos{}, false
		}
		v, err := strconv.ParseInt(field, 10, 32)
		if err != nil || v < 0 {
			return snapshot.Pos{}, false
		}
		p[i], rest = int32(v), tail
	}
	return p, p.Known()
}

// facts turns observed facts into those of the document; never nil.
func facts(in []snapshot.Fact) []Fact {
	out := make([]Fact, len(in))
	for i, f := range in {
		out[i] = Fact{Key: f.Key, Value: f.Value, At: place(f.At)}
	}
	return out
}
