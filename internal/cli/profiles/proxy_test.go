package profiles_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ax/internal/cli/clitest"
)

// A request is one that a proxy was asked to pass on.
type request struct {
	origin string // scheme://host:port
	line   string
	key    string
}

// A proxy answers in place of every server there is, in the clear and, with
// certificates of its own authority, over TLS.
type proxy struct {
	*httptest.Server

	key  *ecdsa.PrivateKey
	root *x509.Certificate

	mu       sync.Mutex
	requests []request
}

func newProxy(t *testing.T) *proxy {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{key: key}
	p.root = &x509.Certificate{Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	p.root = p.sign(t, p.root, p.root)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			p.answer(w, r, "http://"+withPort(r.URL.Host, "80"))
			return
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		go p.tunnel(t, conn, r.Host)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *proxy) sign(t *testing.T, c, parent *x509.Certificate) *x509.Certificate {
	t.Helper()
	c.SerialNumber = big.NewInt(time.Now().UnixNano())
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &p.key.PublicKey, p.key)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// CA is the PEM file of the authority.
func (p *proxy) CA(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.pem")
	text := certificate(p.root.Raw)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// tunnel speaks TLS as the host that was asked for, one request to a connection.
func (p *proxy) tunnel(t *testing.T, conn net.Conn, host string) {
	t.Helper()
	defer conn.Close()
	if _, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
		return
	}
	name, _, _ := net.SplitHostPort(host)
	leaf := &x509.Certificate{Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if ip := net.ParseIP(name); ip != nil {
		leaf.DNSNames, leaf.IPAddresses = nil, []net.IP{ip}
	}
	leaf = p.sign(t, leaf, p.root)
	secure := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.Raw}, PrivateKey: p.key}}})
	r, err := http.ReadRequest(bufio.NewReader(secure))
	if err != nil {
		return // a client that does not trust us
	}
	rec := httptest.NewRecorder()
	p.answer(rec, r, "https://"+host)
	res := rec.Result()
	res.ContentLength, res.Close = int64(rec.Body.Len()), true
	_ = res.Write(secure)
	_ = secure.Close()
}

func (p *proxy) answer(w http.ResponseWriter, r *http.Request, origin string) {
	p.mu.Lock()
	p.requests = append(p.requests, request{origin, r.Method + " " + r.URL.RequestURI(), r.Header.Get("Authorization")})
	p.mu.Unlock()
	clitest.Page("", clitest.Member("ann"), clitest.Member("bob"))(w, r)
}

func (p *proxy) seen() []request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

func (p *proxy) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests = nil
}

func withPort(host, port string) string {
	if strings.Contains(host, ":") {
		return host
	}
	return host + ":" + port
}

func certificate(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
