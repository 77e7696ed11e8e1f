package mailtest

import "time"

// A Step is a moment in a conversation at which the server answers.
type Step string

// The steps.
const (
	Greeting Step = "greeting"
	Hello    Step = "EHLO"
	StartTLS Step = "STARTTLS"
	Auth     Step = "AUTH"
	Mail     Step = "MAIL"
	Rcpt     Step = "RCPT"
	Data     Step = "DATA"
	End      Step = "." // the end of a message, which is taken unless Reply says otherwise
	Quit     Step = "QUIT"
)

// A Fault is what goes wrong at a step.
type Fault struct {
	At    Step
	For   string        // only while the conversation is about this recipient; empty: always
	Reply string        // said instead of the usual, like "450 4.2.0 later"; after 421 the connection is closed
	Delay time.Duration // before the answer
	Hang  bool          // there is no answer
	Cut   bool          // instead of the answer, the connection is closed
	Times int           // how often; 0: until Mend
}

type fault struct {
	Fault
	left int
}

// Break adds faults; of two at one step, the one that came first is on.
func (s *Server) Break(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		s.faults = append(s.faults, &fault{f, f.Times})
	}
}

// Mend ends all faults, for what comes from now on.
func (s *Server) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// fault returns what is wrong at the step now, and counts it.
func (s *Server) fault(at Step, recipient string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.At != at || f.For != "" && f.For != recipient || f.Times > 0 && f.left == 0 {
			continue
		}
		f.left--
		return f.Fault
	}
	return Fault{}
}
