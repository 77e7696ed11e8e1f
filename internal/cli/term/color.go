package term

import "fmt"

// A Style is the SGR parameters that a terminal is given for a piece of text.
type Style string

// The styles in use. Plain is no style.
const (
	Plain    Style = ""
	Bold     Style = "1"
	Dim      Style = "2"
	Red      Style = "31"
	Green    Style = "32"
	Yellow   Style = "33"
	Cyan     Style = "36"
	BoldCyan Style = "1;36"
)

// SetColor takes the value of --color: auto, always or never. Without it, Std
// decides as auto does. Any other value is an error and changes nothing.
//
// In auto a non-empty NO_COLOR switches colour off; else a CLICOLOR_FORCE that
// is neither empty nor 0 switches it on; else TERM=dumb switches it off; else
// each stream has colour when it is a terminal.
func (s *Streams) SetColor(mode string) error {
	switch mode {
	case "auto", "always", "never":
		s.colour(mode)
		return nil
	}
	return fmt.Errorf("invalid colour mode %q: use auto, always or never", Literal(mode))
}

func (s *Streams) colour(mode string) {
	force := s.getenv("CLICOLOR_FORCE")
	switch {
	case mode == "always":
		s.OutColor, s.ErrColor = true, true
	case mode == "never", s.getenv("NO_COLOR") != "":
		s.OutColor, s.ErrColor = false, false
	case force != "" && force != "0":
		s.OutColor, s.ErrColor = true, true
	case s.dumb():
		s.OutColor, s.ErrColor = false, false
	default:
		s.OutColor, s.ErrColor = s.OutTTY, s.ErrTTY
	}
}

// dumb terminals can neither show colour nor erase a line.
func (s *Streams) dumb() bool { return s.getenv("TERM") == "dumb" }

func paint(on bool, style Style, text string) string {
	if !on || style == Plain || text == "" {
		return text
	}
	return "\x1b[" + string(style) + "m" + text + "\x1b[0m"
}
