package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// What of the OCI image specification 1.1 this writes.
type (
	descriptor struct {
		MediaType   string            `json:"mediaType"`
		Digest      string            `json:"digest"`
		Size        int               `json:"size"`
		Platform    *imagePlatform    `json:"platform,omitempty"`
		Annotations map[string]string `json:"annotations,omitempty"`
	}
	imagePlatform struct {
		Architecture string `json:"architecture"`
		OS           string `json:"os"`
	}
	manifest struct {
		SchemaVersion int               `json:"schemaVersion"`
		MediaType     string            `json:"mediaType"`
		Config        descriptor        `json:"config"`
		Layers        []descriptor      `json:"layers"`
		Annotations   map[string]string `json:"annotations"`
	}
	index struct {
		SchemaVersion int               `json:"schemaVersion"`
		MediaType     string            `json:"mediaType"`
		Manifests     []descriptor      `json:"manifests"`
		Annotations   map[string]string `json:"annotations,omitempty"`
	}
	imageConfig struct {
		Created      time.Time    `json:"created"`
		Architecture string       `json:"architecture"`
		OS           string       `json:"os"`
		Config       runConfig    `json:"config"`
		RootFS       rootFS       `json:"rootfs"`
		History      []historyRow `json:"history"`
	}
	runConfig struct {
		User         string
		ExposedPorts map[string]struct{}
		Env          []string
		Entrypoint   []string
		Cmd          []string
		Volumes      map[string]struct{}
		WorkingDir   string
		Labels       map[string]string
	}
	rootFS struct {
		Type    string   `json:"type"`
		DiffIDs []string `json:"diff_ids"`
	}
	historyRow struct {
		Created   time.Time `json:"created"`
		CreatedBy string    `json:"created_by"`
	}
)

const (
	indexType    = "application/vnd.oci.image.index.v1+json"
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	configType   = "application/vnd.oci.image.config.v1+json"
	layerType    = "application/vnd.oci.image.layer.v1.tar+gzip"

	imageUser = 65532 // whom distroless images call nonroot
	dataDir   = "/var/lib/ax"
)

// A layout collects the blobs of an image, each under its digest.
type layout struct{ entries []entry }

func (l *layout) add(kind string, text []byte) descriptor {
	sum := fmt.Sprintf("%x", sha256.Sum256(text))
	l.entries = append(l.entries, entry{path: "blobs/sha256/" + sum, text: text})
	return descriptor{MediaType: kind, Digest: "sha256:" + sum, Size: len(text)}
}

func (l *layout) addJSON(kind string, value any) (descriptor, error) {
	text, err := json.Marshal(value)
	return l.add(kind, text), err
}

// image is an image for Linux on both architectures, as a tar file of the OCI
// layout: `skopeo copy oci-archive:…`, `podman load` and `docker load` take it.
func (r release) image(binaries []binary) (product, error) {
	var l layout
	both := index{SchemaVersion: 2, MediaType: indexType, Annotations: r.labels()}
	for _, b := range binaries {
		if b.os != "linux" {
			continue
		}
		d, err := r.oneImage(&l, b)
		if err != nil {
			return product{}, err
		}
		both.Manifests = append(both.Manifests, d)
	}
	d, err := l.addJSON(indexType, both)
	if err != nil {
		return product{}, err
	}
	d.Annotations = map[string]string{
		"org.opencontainers.image.ref.name": r.version,
		"io.containerd.image.name":          "localhost/ax:" + r.version, // what podman and docker call it once it is loaded
	}
	top, err := json.Marshal(index{SchemaVersion: 2, MediaType: indexType, Manifests: []descriptor{d}})
	if err != nil {
		return product{}, err
	}
	l.entries = append(l.entries, entry{path: "index.json", text: top}, entry{path: "oci-layout", text: []byte(`{"imageLayoutVersion":"1.0.0"}`)})
	text, err := tarball(r.at, "", withFolders(l.entries))
	return product{"ax-" + r.version + ".oci.tar", text}, err
}

func (r release) labels() map[string]string {
	return map[string]string{
		"org.opencontainers.image.title":       "ax",
		"org.opencontainers.image.description": "A directory of users with the /v2 REST API of Arize AX, and its command line",
		"org.opencontainers.image.version":     r.version,
		"org.opencontainers.image.created":     r.at.Format(time.RFC3339),
		"org.opencontainers.image.licenses":    "Apache-2.0",
	}
}

// oneImage adds the image of one architecture.
func (r release) oneImage(l *layout, b binary) (descriptor, error) {
	tree, err := tarball(r.at, "", withFolders(imageFiles(b)))
	if err != nil {
		return descriptor{}, err
	}
	packed, err := gzipped(tree)
	if err != nil {
		return descriptor{}, err
	}
	layer := l.add(layerType, packed)
	config, err := l.addJSON(configType, imageConfig{
		Created: r.at, Architecture: b.arch, OS: b.os,
		Config: runConfig{
			User:         fmt.Sprintf("%d:%d", imageUser, imageUser),
			ExposedPorts: map[string]struct{}{"8080/tcp": {}},
			Env:          []string{"PATH=/usr/bin", "HOME=" + dataDir, "AX_DATA_DIR=" + dataDir, "AX_LISTEN=0.0.0.0:8080"},
			Entrypoint:   []string{"/usr/bin/ax"}, Cmd: []string{"server", "start"},
			Volumes: map[string]struct{}{dataDir: {}}, WorkingDir: dataDir, Labels: r.labels(),
		},
		RootFS:  rootFS{Type: "layers", DiffIDs: []string{fmt.Sprintf("sha256:%x", sha256.Sum256(tree))}},
		History: []historyRow{{r.at, "make dist"}},
	})
	if err != nil {
		return descriptor{}, err
	}
	d, err := l.addJSON(manifestType, manifest{SchemaVersion: 2, MediaType: manifestType, Config: config, Layers: []descriptor{layer}, Annotations: r.labels()})
	d.Platform = &imagePlatform{Architecture: b.arch, OS: b.os}
	return d, err
}

// imageFiles are all that is in the image: the binary, the certificates that it
// trusts mail servers and databases by, and the folders that it may write to.
func imageFiles(b binary) []entry {
	return []entry{
		{path: "usr/bin/ax", text: b.text, mode: 0o755},
		{path: "etc/passwd", text: fmt.Appendf(nil, "root:x:0:0:root:/:/sbin/nologin\nax:x:%d:%d:ax:%s:/sbin/nologin\n", imageUser, imageUser, dataDir)},
		{path: "etc/group", text: fmt.Appendf(nil, "root:x:0:\nax:x:%d:\n", imageUser)},
		{path: "etc/ssl/certs/ca-certificates.crt", text: certificates()},
		{path: "tmp/", mode: 0o1777},
		{path: "var/lib/ax/", mode: 0o700, user: imageUser},
	}
}

// certificates are Mozilla's, as the Go project keeps them; go.sum says which.
// Those that Mozilla trusts with conditions are left out: a PEM file cannot say
// the conditions.
func certificates() []byte {
	var out bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			_ = pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}) // a buffer never fails
		}
	}
	return out.Bytes()
}
