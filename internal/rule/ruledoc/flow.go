package ruledoc

// Flow returns Markdown as it is to be read in a terminal of the given width:
// paragraphs and items of lists wrapped and indented by two, blocks of code as
// they are.
func Flow(markdown string, width int) string {
	t := &text{width: max(width, 40)}
	t.markdown(markdown)
	return t.String()
}

// Paragraph returns words wrapped at a width, the first line after a lead and
// the others indented by the lead's width.
func Paragraph(lead, words string, width int) string {
	t := &text{width: max(width, 40)}
	t.para(lead, words)
	return t.String()
}
