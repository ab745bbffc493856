package syntax

import (
	"sort"
	"strings"
)

// source is a file's text and turns offsets into lines and columns. Both
// tables are made when they are first needed.
type source struct {
	text  string
	ascii bool
	lines []int32 // where each line starts
	// excess holds, for each block of the text, how many more bytes than
	// UTF-16 code units stand before it. It keeps columns cheap in files that
	// are one long line.
	excess []int32
}

const excessBlock = 1024

// byteOrderMark may stand at the start of a file and is not part of line 1.
const byteOrderMark = "\ufeff"

func newSource(text string) *source {
	s := &source{text: text, ascii: true}
	for i := range len(text) {
		if text[i] >= 0x80 {
			s.ascii = false
			break
		}
	}
	return s
}

// line returns the line in which an offset stands, from 1.
func (s *source) line(offset int) int {
	if s.lines == nil {
		s.lines = append(s.lines, 0)
		if strings.HasPrefix(s.text, byteOrderMark) {
			s.lines[0] = int32(len(byteOrderMark))
		}
		for at := 0; ; {
			next := strings.IndexByte(s.text[at:], '\n')
			if next < 0 {
				break
			}
			at += next + 1
			s.lines = append(s.lines, int32(at))
		}
	}
	line := sort.Search(len(s.lines), func(i int) bool { return int(s.lines[i]) > offset })
	return max(line, 1)
}

// place returns the line and the column of an offset.
func (s *source) place(offset int) (line, column int) {
	line = s.line(offset)
	start := int(s.lines[line-1])
	column = offset - start + 1
	if !s.ascii {
		column -= s.excessAt(offset) - s.excessAt(start)
	}
	return line, column
}

// lineEnd returns where the text of the line at an offset ends.
func (s *source) lineEnd(offset int) int {
	end := strings.IndexByte(s.text[offset:], '\n')
	if end < 0 {
		return len(s.text)
	}
	if end > 0 && s.text[offset+end-1] == '\r' {
		end--
	}
	return offset + end
}

// excessAt returns how many more bytes than UTF-16 code units stand before an
// offset.
func (s *source) excessAt(offset int) int {
	if s.excess == nil {
		s.excess = make([]int32, 0, len(s.text)/excessBlock+1)
		sum := 0
		for at := 0; at <= len(s.text); at += excessBlock {
			s.excess = append(s.excess, int32(sum))
			sum += excessOf(s.text[at:min(at+excessBlock, len(s.text))])
		}
	}
	block := offset / excessBlock
	return int(s.excess[block]) + excessOf(s.text[block*excessBlock:offset])
}

// excessOf counts byte by byte: a continuation byte has no code unit of its
// own, and a rune of four bytes has two code units.
func excessOf(text string) int {
	n := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c&0xc0 == 0x80:
			n++
		case c >= 0xf0:
			n--
		}
	}
	return n
}

// body returns where the first sign of a document stands that is neither
// white space, a comment, a directive nor the document's marker; end if there
// is none.
func (s *source) body(start, end int) int {
	for at := start; at < end; {
		line := s.text[at:end]
		if next := strings.IndexByte(line, '\n'); next >= 0 {
			line = line[:next+1]
		}
		rest := line
		if at == 0 {
			rest = strings.TrimPrefix(rest, byteOrderMark)
		}
		if isMarker(rest, '-') {
			rest = rest[3:]
		}
		rest = strings.TrimLeft(rest, " \t\r\n")
		if rest != "" && rest[0] != '#' && rest[0] != '%' {
			return at + len(line) - len(rest)
		}
		at += len(line)
	}
	return end
}
