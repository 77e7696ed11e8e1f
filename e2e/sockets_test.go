package e2e_test

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A request that servers could read in two ways is refused, and the connection ends with it: the whole and sound request
// behind it is neither answered nor done. In the table {post} begins a creation, {body} is its body of {n} bytes, and {hex}
// says so to a chunk.
func TestRawDoubtfulRequestsEndTheConnection(t *testing.T) {
	t.Parallel()
	s := serving(t, sqlite)
	fill := s.filler("refused@x.example")
	for request, want := range doubtful() {
		if got := s.raw(fill.Replace(request) + s.creation("smuggled")); !slices.Equal(got, []int{want}) {
			t.Errorf("%.300q: answers %v, want %d alone", request, got, want)
		}
	}
	s.wantPeople()
	s.wantNotLogged("smuggled")
}

// doubtful are requests, or what begins like one, with the status they get.
func doubtful() map[string]int {
	requests := map[string]int{
		"GET /livez\r\n": 400, "GET /livez \r\n\r\n": 400, "GET /livez HTTP/0.9\r\nHost: x\r\n\r\n": 505, "GET /livez HTTP/2.0\r\nHost: x\r\n\r\n": 505,
		"GET /livez http/1.1\r\nHost: x\r\n\r\n": 400, "GET /livez HTTP/1.1 \r\nHost: x\r\n\r\n": 400, "GET /livez HTTP/1.10\r\nHost: x\r\n\r\n": 400,
		"GET\t/livez\tHTTP/1.1\r\nHost: x\r\n\r\n": 400, "GET  /livez HTTP/1.1\r\nHost: x\r\n\r\n": 400, "GET /v2/us ers HTTP/1.1\r\nHost: x\r\n\r\n": 400,
		"G(T /livez HTTP/1.1\r\nHost: x\r\n\r\n": 400, "\x00GET /livez HTTP/1.1\r\nHost: x\r\n\r\n": 400, " /livez HTTP/1.1\r\nHost: x\r\n\r\n": 400,
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n": 404, "\r\n\r\n\x16\x03\x01\r\n\r\n": 400, "GET /livez HTTP/1.1\rHost: x\r\n\r\n": 400,
		"GET /livez HTTP/1.1\r\n\r\n": 400, "GET /livez HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n": 400, "GET /livez HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n": 400,
		"GET /livez HTTP/1.1\r\n Host: x\r\n\r\n": 400, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\r\n": 400,
		// Their connection would become a tunnel, or end by itself.
		"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n": 404, "CONNECT /v2/users HTTP/1.1\r\nHost: x\r\n\r\n": 405,
		"GET /livez HTTP/1.0\r\n\r\n": 200, "GET /livez HTTP/1.0\r\nConnection: keep-alive\r\n\r\n": 200, "{post}Expect: something\r\n\r\n": 417,
		"GET /livez HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n": 200, "GET /" + strings.Repeat("a", 80<<10) + " HTTP/1.1\r\nHost: x\r\n\r\n": 431,
		"GET /livez HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X-Many: header\r\n", 8<<10) + "\r\n": 431,
	}
	for _, target := range []string{"/v2/users\x00", "/v2/\x01users", "/v2/users\x7f", "/v2/users?limit=1\x00", "v2/users", "", "/v2/%zz", "/%"} {
		requests["GET "+target+" HTTP/1.1\r\nHost: x\r\n\r\n"] = 400
	}
	for _, host := range []string{"a b", "a/b", "a@b", "a\x00b", "\u00e9"} {
		requests["GET /livez HTTP/1.1\r\nHost: "+host+"\r\n\r\n"] = 400
	}
	for _, line := range []string{"X", ": x", "X\x00: x", "X\x01: x", "X y: x", "X : x", "X\t: x", "\u00e9: x", "X(: x", "X: a\x00", "X: \x01", "X: \x7f", "X: \x0b", "X: a\rY: b"} {
		requests["GET /livez HTTP/1.1\r\nHost: x\r\n"+line+"\r\n\r\n"] = 400
	}
	for _, lengths := range []string{
		"Content-Length: {n}\r\nContent-Length: 1", "Content-Length: {n}, {n}", "Content-Length: +{n}", "Content-Length: -1", "Content-Length: 0x{hex}", "Content-Length:", "Content-Length: 1\r\n 2",
		"Content-Length: 18446744073709551617", "Content-Length: 1_0", "Content-Length : {n}", "Content-Length\t: {n}", "Content-Length: {n}\r\nContent-Length : {n}",
	} {
		requests["{post}"+lengths+"\r\n\r\n{body}"] = 400
	}
	for _, codings := range []string{
		"gzip, chunked", "identity", "chunked, identity", "chunked, chunked", "xchunked", `"chunked"`, "chunked;q=1", "", "chun\r\n ked", "chunked\r\nTransfer-Encoding: chunked",
		"chunked\r\nTransfer-Encoding: identity", "identity\r\nContent-Length: {n}", "chunked\r\nTransfer-Encoding: x\r\nContent-Length: {n}",
	} {
		requests["{post}Transfer-Encoding: "+codings+"\r\n\r\n{hex}\r\n{body}\r\n0\r\n\r\n"] = 501
	}
	for _, line := range []string{"Transfer-Encoding : chunked", "Transfer-Encoding\t: chunked\r\nContent-Length: 5", "Transfer-Encoding: \x0bchunked", "Transfer-Encoding: chunked\r\nTrailer: Content-Length"} {
		requests["{post}"+line+"\r\n\r\n{hex}\r\n{body}\r\n0\r\n\r\n"] = 400
	}
	for _, chunks := range []string{
		"", "0x{hex}\r\n{body}\r\n0\r\n\r\n", "+{hex}\r\n{body}\r\n0\r\n\r\n", "-{hex}\r\n{body}\r\n0\r\n\r\n", " {hex}\r\n{body}\r\n0\r\n\r\n", "00000000000000000{hex}\r\n{body}\r\n0\r\n\r\n", "100000000000000{hex}\r\n{body}\r\n0\r\n\r\n",
		"{hex}\n{body}\r\n0\r\n\r\n", "{hex}\r\n{body}\n0\r\n\r\n", "{hex};x\n{body}\r\n0\r\n\r\n", "{hex};x\ry\r\n{body}\r\n0\r\n\r\n", "1\r\n{body}\r\n0\r\n\r\n", "{hex+1}\r\n{body}\r\n0\r\n\r\n", "\r\n{body}\r\n0\r\n\r\n",
		"{hex}\r\n{body}\r\n", "{hex}\r\n{body}\r\n0\n\n", "{hex}\r\n{body}\r\n0\r\nX: a\rY: b\r\n\r\n", "{hex}\r\n{body}\r\n0\r\nX\r\n\r\n", "{hex}\r\n{body}\r\n0\r\n X: y\r\n\r\n", "{hex};" + strings.Repeat("x", 5000) + "\r\n{body}\r\n0\r\n\r\n",
	} {
		requests["{post}Transfer-Encoding: chunked\r\n\r\n"+chunks] = 400
	}
	return requests
}

// Of what HTTP lets a server read in one of two ways, this one reads one, as RFC 9112 says in 2.2, 5.2 and 6. Where somebody
// in front may still have read the other, the connection ends: net/http tells nobody that there was a length beside chunks.
func TestRawOneMeaning(t *testing.T) {
	t.Parallel()
	s := serving(t, sqlite)
	var created []string
	for request, goesOn := range map[string]bool{
		"{post}Content-Length: {n}\r\n\r\n{body}":                                                                                   true,
		"{post}Content-Length: {n}\r\nContent-Length: {n}\r\n\r\n{body}":                                                            true,
		"{post}Content-Length:\r\n {n}\r\n\r\n{body}":                                                                               true,
		"{post}X-Folded: a\r\n Content-Length: 1\r\nContent-Length: {n}\r\n\r\n{body}":                                              true,
		"{post}X-Bare: a\nContent-Length: {n}\n\n{body}":                                                                            true,
		"{post}Transfer-Encoding: chunked\r\n\r\n{hex}\r\n{body}\r\n0\r\n\r\n":                                                      false,
		"{post}Transfer-Encoding: CHUNKED\r\nContent-Length: 1\r\n\r\n{hex}\r\n{body}\r\n0\r\n\r\n":                                 false,
		"{post}Content-Length: {n}\r\nTransfer-Encoding: chunked\r\n\r\n{hex}\r\n{body}\r\n0\r\n\r\n":                               false,
		"{post}X-Bare: a\nTransfer-Encoding:\r\n chunked\r\nContent-Length: 9\r\n\r\n{hex}\r\n{body}\r\n0\r\n\r\n":                  false,
		"{post}Transfer-Encoding: chunked\r\n\r\n000{hex};a=\"\r\n{body}\r\n0;b\r\nContent-Length: 7\r\nX: y\r\n\r\n":               false,
		"POST /v2/users HTTP/1.0\r\n{key}Connection: keep-alive\r\nTransfer-Encoding: chunked\r\nContent-Length: {n}\r\n\r\n{body}": false,
	} {
		behind := fmt.Sprintf("behind-%d", len(created))
		email := fmt.Sprintf("user%d@x.example", len(created))
		created = append(created, email)
		want := []int{http.StatusCreated}
		if goesOn {
			want = append(want, http.StatusOK)
		}
		if got := s.raw(s.filler(email).Replace(request) + last(behind)); !slices.Equal(got, want) {
			t.Errorf("%q: answers %v, want %v", request, got, want)
		}
		if logged := s.logged(behind); logged != goesOn {
			t.Errorf("%q: that what is behind it was done is %t", request, logged)
		}
	}
	s.wantPeople(created...)
}

// No way of writing a target leads where another one leads, and no method passes for another.
func TestRawTargets(t *testing.T) {
	t.Parallel()
	s := serving(t, sqlite)
	requests := map[string]int{
		"OPTIONS * ": 404, "POST * ": 404, "TRACE /v2/users ": 405, "OPTIONS /v2/users ": 405, "post /v2/users ": 405, "POSTS /v2/users ": 405, "PRI /v2/users ": 405, "DELETE /v2/users ": 405, "POST /assets/..%2f..%2fv2%2fusers ": 405,
		"POST http://evil.example ": 404, "POST file:///etc/passwd ": 404, "POST evil:/v2/users/x/y ": 404, "POST http://evil.example/v2//users ": 404,
	}
	for _, target := range []string{
		"//v2/users", "//evil.example/v2/users", "/v2//users", "/v2/../v2/users", "/../v2/users", "/v2/./users", "/v2/%2e/users", "/v2/%2e%2e/v2/users", "/v2/..%2fv2/users", "/..%2f..%2fv2/users", "/assets/../v2/users",
		"/v2/users/", "/v2/users/.", "/v2/users;x=1", "/v2;x/users", "/v2/users%3b", "/v2/users%00", "/v2/users%0a", "/v2/users%20", "/v2/users%3flimit=1", "/v2/users#x", `/v2\users`, `/\evil.example/v2/users`,
		"/v2%2fusers", "/%2fv2/users", "/V2/users", "/v2/Users", "/v2/user%e9", "/v2/users\xff", "/v2/users%c0%af",
	} {
		requests["POST "+target+" "] = 404
	}
	fill := s.filler("refused@x.example")
	for line, want := range requests {
		request := fill.Replace(line + "HTTP/1.1\r\n{key}Content-Length: {n}\r\n\r\n{body}" + last("behind"))
		if got := s.raw(request); !slices.Equal(got, []int{want, http.StatusOK}) {
			t.Errorf("%q: answers %v, want %d and that of the next request", line, got, want)
		}
	}
	s.wantPeople()
}

// A target with a host in it means what its path means, and the host comes to no letter.
func TestRawAbsoluteTargets(t *testing.T) {
	t.Parallel()
	s := serving(t, sqlite)
	var created []string
	for n, authority := range []string{"evil.example", "evil.example:8443", "ann:secret@evil.example", "x"} {
		email := fmt.Sprintf("user%d@x.example", n)
		created = append(created, email)
		request := fmt.Sprintf("POST http://%s/v2/users HTTP/1.1\r\n{key}Content-Length: {n}\r\n\r\n{body}", authority)
		if got := s.raw(s.filler(email).Replace(request) + last("behind")); !slices.Equal(got, []int{http.StatusCreated, http.StatusOK}) {
			t.Errorf("%s: answers %v", authority, got)
		}
	}
	for _, email := range created {
		if link := linkIn(t, s.letter(email, 1)); !strings.HasPrefix(link, "http://"+s.server.address+"/invitations/") {
			t.Errorf("the link is %s", link)
		}
	}
	s.wantPeople(created...)
}

// Whatever becomes of a request, what stands in its body is never another one.
func TestRawBodiesAreNotRequests(t *testing.T) {
	t.Parallel()
	s := serving(t, sqlite)
	smuggled := s.creation("smuggled")
	chunked := fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(smuggled), smuggled)
	sized := fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(smuggled), smuggled)
	large := func(size int) string {
		return fmt.Sprintf("Content-Length: %d\r\n\r\n%s%s", size+len(smuggled), strings.Repeat("x", size), smuggled)
	}
	const get, post, stranger = "GET /livez HTTP/1.1\r\nHost: x\r\n", "{post}", "POST /v2/users HTTP/1.1\r\nHost: x\r\n"
	for _, c := range []struct {
		request string
		want    []int
	}{
		{get + sized, []int{200, 200}}, {get + chunked, []int{200}}, {get + "Expect: 100-continue\r\n" + sized, []int{200}},
		{"DELETE /v2/users/nobody HTTP/1.1\r\n{key}" + sized, []int{400, 200}}, {"POST /nowhere HTTP/1.1\r\nHost: x\r\n" + sized, []int{404, 200}},
		{stranger + sized, []int{401, 200}}, {stranger + chunked, []int{401}}, {stranger + "Expect: 100-continue\r\n" + sized, []int{401}}, {stranger + "Expect: 100-continue\r\n" + chunked, []int{401}},
		{post + sized, []int{400, 200}}, {post + "Expect: 100-continue\r\n" + sized, []int{100, 400, 200}}, {post + "Content-Encoding: gzip\r\n" + sized, []int{415, 200}},
		{get + "Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n" + sized, []int{200, 200}}, {"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n" + sized, []int{400, 200}},
		{get + large(300_000), []int{200}}, {stranger + large(300_000), []int{401}}, {post + large(2_000_000), []int{413}},
	} {
		got := s.raw(s.filler("refused@x.example").Replace(c.request) + last("behind"))
		if lost := len(got) == 0 && len(c.request) > 100_000; !lost && !slices.Equal(got, c.want) { // of what comes behind an end TCP tells with a reset, which can overtake the answer
			t.Errorf("%.300q: answers %v, want %v", c.request, got, c.want)
		}
	}
	s.wantPeople()
	s.wantNotLogged("smuggled")
}

// raw sends bytes as they are, and returns the status of each answer. The server has to close the connection in the end.
func (s *site) raw(request string) []int {
	s.t.Helper()
	conn, err := s.dial()
	if err != nil {
		s.t.Error(err)
		return nil
	}
	defer conn.Close()
	go io.WriteString(conn, request) // the server may close before it has read all
	text, err := io.ReadAll(conn)
	if err != nil && !errors.Is(err, syscall.ECONNRESET) {
		s.t.Errorf("%.300q: after %.100q the connection stays open: %v", request, text, err)
	}
	return statuses(s.t, text)
}

// dial connects to the server, for a minute.
func (s *site) dial() (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: time.Minute}).DialContext(s.t.Context(), "tcp", s.server.address)
	if err != nil {
		return nil, err
	}
	return conn, conn.SetDeadline(time.Now().Add(time.Minute))
}

// statuses are those of answers that follow each other.
func statuses(t testing.TB, answers []byte) (all []int) {
	t.Helper()
	for from := bufio.NewReader(bytes.NewReader(answers)); ; {
		if _, err := from.Peek(1); err != nil {
			return all
		}
		resp, err := http.ReadResponse(from, nil)
		if err == nil {
			_, err = io.Copy(io.Discard, resp.Body)
		}
		if err != nil {
			t.Errorf("this is no answer: %v\n%q", err, answers)
			return all
		}
		all = append(all, resp.StatusCode)
	}
}

// filler puts a creation with the administrator's key where the requests of this file want one.
func (s *site) filler(email string) *strings.Replacer {
	body := invitation(email, "EMAIL_LINK")
	key := "Host: x\r\nAuthorization: Bearer " + s.key + "\r\nContent-Type: application/json\r\n"
	return strings.NewReplacer("{post}", "POST /v2/users HTTP/1.1\r\n"+key, "{key}", key, "{body}", body, "{n}", strconv.Itoa(len(body)), "{hex}", fmt.Sprintf("%x", len(body)), "{hex+1}", fmt.Sprintf("%x", len(body)+1))
}

// creation is a request that creates a user of that name, and goes by it in the log.
func (s *site) creation(name string) string {
	return s.filler(name + "@x.example").Replace("{post}Connection: close\r\nX-Request-Id: " + name + "\r\nContent-Length: {n}\r\n\r\n{body}")
}

// last is a request after which the connection ends.
func last(id string) string {
	return "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-Id: " + id + "\r\n\r\n"
}

// wantPeople compares who is there, beside the administrator. It also shows that the server goes on.
func (s *site) wantPeople(emails ...string) {
	s.t.Helper()
	got, want := []string{}, slices.Sorted(slices.Values(append(emails, s.admin)))
	for _, u := range s.users() {
		got = append(got, u.Email)
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("the people in the directory (-want +got):\n%s", diff)
	}
}

// logged tells whether the server's log has a request of that id, among those that were answered before.
func (s *site) logged(id string) bool {
	s.t.Helper()
	mark := rand.Text()
	s.send(exchange{method: http.MethodGet, path: "/livez", header: http.Header{"X-Request-Id": {mark}}})
	eventually(s.t, "line in the log", func() bool { return strings.Contains(s.server.log.String(), `"`+mark+`"`) })
	return strings.Contains(s.server.log.String(), `"`+id+`"`)
}

func (s *site) wantNotLogged(id string) {
	s.t.Helper()
	if s.logged(id) {
		s.t.Errorf("the request %s was done", id)
	}
}
