package main

import (
	"bytes"
	"crypto/md5" //nolint:gosec // what the format has; it protects nothing
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// deb is the binary as a Debian package, with the service in packaging/.
func (r release) deb(b binary, docs []entry) (product, error) {
	name := fmt.Sprintf("ax_%s_%s.deb", r.debianVersion(), b.arch)
	files, err := r.installed(b, docs)
	if err != nil {
		return product{}, err
	}
	data, err := tarball(r.at, "./", append([]entry{{path: "/"}}, withFolders(files)...))
	if err != nil {
		return product{}, err
	}
	control, err := r.control(b, files)
	if err != nil {
		return product{}, err
	}
	var out bytes.Buffer
	out.WriteString("!<arch>\n")
	for _, part := range []product{{"debian-binary", []byte("2.0\n")}, {"control.tar.gz", control}, {"data.tar.gz", data}} {
		if strings.HasSuffix(part.name, ".gz") {
			if part.text, err = gzipped(part.text); err != nil {
				return product{}, err
			}
		}
		fmt.Fprintf(&out, "%-16s%-12d%-6d%-6d%-8s%-10d`\n", part.name, r.at.Unix(), 0, 0, "100644", len(part.text))
		out.Write(part.text)
		if len(part.text)%2 == 1 {
			out.WriteByte('\n')
		}
	}
	return product{name, out.Bytes()}, nil
}

// debianVersion begins with a digit; one that git describes by its commit alone
// is before every release.
func (r release) debianVersion() string {
	v := strings.TrimPrefix(r.version, "v")
	if v == "" || v[0] < '0' || v[0] > '9' || !strings.Contains(v, ".") {
		v = "0~" + r.at.Format("20060102.150405") + "." + v
	}
	return strings.ReplaceAll(v, "-", "+")
}

// installed is all that the package puts into the system.
func (r release) installed(b binary, docs []entry) ([]entry, error) {
	files := []entry{{path: "usr/bin/ax", text: b.text, mode: 0o755}}
	for _, f := range []struct{ from, to string }{
		{"ax.service", "usr/lib/systemd/system/ax.service"}, {"ax.default", "etc/default/ax"},
		{"copyright", "usr/share/doc/ax/copyright"}, {"lintian-overrides", "usr/share/lintian/overrides/ax"},
	} {
		text, err := os.ReadFile(filepath.Join("packaging", f.from))
		if err != nil {
			return nil, err
		}
		files = append(files, entry{path: f.to, text: text})
	}
	changes := fmt.Sprintf("ax (%s) unstable; urgency=medium\n\n  * CHANGELOG.md says what is new.\n\n -- %s  %s\n",
		r.debianVersion(), r.maintainer, r.at.Format(time.RFC1123Z))
	docs = append(docs, entry{path: "changelog.gz", text: []byte(changes)})
	for _, d := range docs {
		if d.path = debianPath(d.path); d.path == "" {
			continue
		}
		if strings.HasSuffix(d.path, ".gz") {
			var err error
			if d.text, err = gzipped(d.text); err != nil {
				return nil, err
			}
		}
		files = append(files, d)
	}
	return files, nil
}

// debianPath is where Debian looks for a document, or empty: nowhere.
func debianPath(name string) string {
	for _, c := range completions() {
		if name == "completions/"+c.file {
			return c.debian
		}
	}
	folder, file := filepath.Split(name)
	switch {
	case name == "LICENSE": // it is in every Debian already
		return ""
	case folder == "man/":
		return "usr/share/man/man" + file[len(file)-1:] + "/" + file + ".gz"
	}
	return "usr/share/doc/ax/" + name
}

// control is the package's description and its scripts.
func (r release) control(b binary, files []entry) ([]byte, error) {
	size := 0
	var sums strings.Builder
	for _, f := range files {
		size += (len(f.text) + 1023) / 1024
		if !strings.HasPrefix(f.path, "etc/") {
			fmt.Fprintf(&sums, "%x  %s\n", md5.Sum(f.text), f.path) //nolint:gosec // as above
		}
	}
	about := fmt.Sprintf(`Package: ax
Version: %s
Architecture: %s
Maintainer: %s
Installed-Size: %d
Depends: adduser
Recommends: ca-certificates
Section: admin
Priority: optional
Description: manage the users of an account, or a directory of your own
 A command line for servers with the /v2 REST API of Arize AX, and the
 directory of users behind that API: invitations by mail, temporary
 passwords, password resets, API keys and audit, on SQLite or PostgreSQL.
`, r.debianVersion(), b.arch, r.maintainer, size)
	entries := []entry{
		{path: "conffiles", text: []byte("/etc/default/ax\n")}, {path: "control", text: []byte(about)}, {path: "md5sums", text: []byte(sums.String())},
	}
	for _, script := range []string{"postinst", "prerm"} {
		text, err := os.ReadFile(filepath.Join("packaging", script))
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry{path: script, text: text, mode: 0o755})
	}
	return tarball(r.at, "./", append([]entry{{path: "/"}}, entries...))
}
