package mail

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
)

const stepRecipient = "RCPT"

// at says where a conversation ended and why, in words for an operator; nil
// stays nil.
func at(step string, err error) error {
	if err == nil {
		return nil
	}
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return answer{step, reply} // whatever came of the connection then
	}
	timeout, isNet := errors.AsType[net.Error](err)
	operation, isOperation := errors.AsType[*net.OpError](err)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		err = errors.New("the relay ended the connection")
	case errors.Is(err, net.ErrClosed):
		err = errors.New("cut short")
	case isNet && timeout.Timeout():
		err = errors.New("the relay did not answer in time")
	case isOperation:
		err = operation.Err // without the two addresses
	}
	return fmt.Errorf("%s: %w", step, err)
}

// An answer is a relay's refusal, said plainly.
type answer struct {
	step  string
	reply *textproto.Error
}

func (a answer) Error() string {
	return fmt.Sprintf("%s: %d %s", a.step, a.reply.Code, oneLine(a.reply.Msg))
}

func (a answer) Unwrap() error { return a.reply }

func isReply(err error) bool {
	_, ok := errors.AsType[*textproto.Error](err)
	return ok
}

// refused is at, for the steps where a 5xx answer speaks of this letter.
func refused(step string, err error) error {
	reply, ok := errors.AsType[*textproto.Error](err)
	if !ok || reply.Code < 500 || reply.Code > 599 || mendable(step, reply) {
		return at(step, err)
	}
	return Permanent(at(step, err))
}

// mendable holds for answers that speak of how we come, not of where the
// letter goes: sign in first (53x, RFC 4954), a command out of turn, and a
// relay that does not relay for us (X.7.1 to a recipient, RFC 3463).
func mendable(step string, reply *textproto.Error) bool {
	return reply.Code/10 == 53 || reply.Code == 503 || step == stepRecipient && strings.HasPrefix(reply.Msg, "5.7.1 ")
}
