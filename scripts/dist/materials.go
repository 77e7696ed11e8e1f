package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// What of CycloneDX 1.6 this writes.
type (
	bom struct {
		Schema       string      `json:"$schema"`
		Format       string      `json:"bomFormat"`
		SpecVersion  string      `json:"specVersion"`
		SerialNumber string      `json:"serialNumber"`
		Version      int         `json:"version"`
		Metadata     metadata    `json:"metadata"`
		Components   []component `json:"components"`
		Dependencies []depends   `json:"dependencies"`
	}
	metadata struct {
		Timestamp time.Time `json:"timestamp"`
		Component component `json:"component"`
	}
	component struct {
		Type       string      `json:"type"`
		Ref        string      `json:"bom-ref"`
		Name       string      `json:"name"`
		Version    string      `json:"version"`
		Scope      string      `json:"scope,omitempty"`
		Hashes     []hash      `json:"hashes,omitempty"`
		PURL       string      `json:"purl,omitempty"`
		Licenses   []licence   `json:"licenses,omitempty"`
		Properties []property  `json:"properties,omitempty"`
		Components []component `json:"components,omitempty"`
	}
	hash     struct{ Alg, Content string }
	licence  struct{ License struct{ ID string } }
	property struct{ Name, Value string }
	depends  struct {
		Ref       string   `json:"ref"`
		DependsOn []string `json:"dependsOn"`
	}
)

// MarshalJSON writes the fields in the case that the format has.
func (h hash) MarshalJSON() ([]byte, error) { return lower("alg", h.Alg, "content", h.Content) }

// MarshalJSON writes the licence by its SPDX identifier.
func (l licence) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]map[string]string{"license": {"id": l.License.ID}})
}

// MarshalJSON writes the fields in the case that the format has.
func (p property) MarshalJSON() ([]byte, error) { return lower("name", p.Name, "value", p.Value) }

func lower(pairs ...string) ([]byte, error) {
	return json.Marshal(map[string]string{pairs[0]: pairs[1], pairs[2]: pairs[3]})
}

// materials is the bill of materials of all binaries: the modules that the
// linker says are in them, the standard library included, and in which of them
// each is when not in all.
func (r release) materials(binaries []binary) (product, error) {
	in := map[string][]string{} // purl → binaries
	components := map[string]component{}
	ax := component{Type: "application", Ref: "ax", Name: "ax", Version: r.version}
	ax.Licenses = make([]licence, 1)
	ax.Licenses[0].License.ID = "Apache-2.0"
	for _, b := range binaries {
		ax.Components = append(ax.Components, component{
			Type: "file", Ref: "ax:" + b.String(), Name: b.String() + "/" + b.name, Version: r.version,
			Hashes: []hash{{"SHA-256", fmt.Sprintf("%x", sha256.Sum256(b.text))}},
		})
		for _, c := range modules(b) {
			components[c.PURL] = c
			in[c.PURL] = append(in[c.PURL], b.String())
		}
	}
	doc := bom{
		Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", Format: "CycloneDX", SpecVersion: "1.6", Version: 1,
		Metadata: metadata{Timestamp: r.at, Component: ax},
	}
	refs := slices.Sorted(maps.Keys(components))
	for _, ref := range refs {
		c := components[ref]
		if len(in[ref]) < len(binaries) {
			c.Properties = append(c.Properties, property{"ax:platforms", strings.Join(in[ref], " ")})
		}
		doc.Components = append(doc.Components, c)
	}
	doc.Dependencies = []depends{{"ax", refs}}
	doc.SerialNumber = serial(r.version, refs)
	text, err := json.MarshalIndent(doc, "", "  ")
	return product{"ax-" + r.version + ".cdx.json", append(text, '\n')}, err
}

// modules are those in a binary. A module that stands for another is named by
// itself: it is what is there.
func modules(b binary) []component {
	goVersion := strings.TrimPrefix(b.info.GoVersion, "go")
	all := []component{{Type: "library", Name: "std", Version: goVersion, PURL: "pkg:golang/std@" + goVersion}}
	for _, m := range b.info.Deps {
		m = cmp.Or(m.Replace, m)
		c := component{Type: "library", Name: m.Path, Version: m.Version, PURL: "pkg:golang/" + m.Path + "@" + m.Version}
		if m.Sum != "" {
			c.Properties = []property{{"go:sum", m.Sum}}
		}
		all = append(all, c)
	}
	for i := range all {
		all[i].Ref = all[i].PURL
	}
	return all
}

// serial is a UUID of version 8 that is made of the contents.
func serial(version string, refs []string) string {
	sum := sha256.Sum256([]byte(version + "\n" + strings.Join(refs, "\n")))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
