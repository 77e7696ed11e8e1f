package e2e_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTLSWithACertificateOfOnesOwn(t *testing.T) {
	t.Parallel()
	s := initialized(t, sqlite)
	cert, key := certificate(t)
	s.start("--tls-cert", cert, "--tls-key", key)
	s.setenv("ARIZE_API_SCHEME", "https")
	s.setenv("ARIZE_SSL_CA_CERT", cert)
	s.create("jane@x.example")
	if link := linkIn(t, s.letter("jane@x.example", 1)); !strings.HasPrefix(link, "https://"+s.server.address+"/invitations/") {
		t.Errorf("the link is %s", link)
	}
	// Without the certificate the server is a stranger, and no key goes there.
	s.setenv("ARIZE_SSL_CA_CERT", "")
	s.refused(4, []string{"certificate"}, "--timeout", "5s", "users", "list")
	s.setenv("ARIZE_SSL_CA_CERT", filepath.Join(t.TempDir(), "nowhere.pem"))
	s.refused(1, []string{"nowhere.pem"}, "users", "list")
}

// certificate makes one for 127.0.0.1 that signs itself.
func certificate(t *testing.T) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	certFile, keyFile = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}
