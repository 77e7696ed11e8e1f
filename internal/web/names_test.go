package web_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"ax/internal/directory"
)

// payloads are names that would be something else in a page that wrote them
// down as they are: a hundred, made of how each begins and what it would do.
func payloads() (all []string) {
	opening := []string{
		"", `"`, `'`, "`", `">`, `'>`, "-->", "</title>", "</textarea>", "</bdi>", "</script>", "]]>", "{{", "${", `\"`, "&lt;", "&#60;", "\u2039", "＜", "</p></div>",
	}
	doing := []string{
		"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", `onfocus="alert(1)" autofocus="`, "javascript:alert(1)",
	}
	for _, o := range opening {
		for _, d := range doing {
			all = append(all, o+d)
		}
	}
	return all
}

// shape is what a page consists of, without its texts.
func shape(p *page) string {
	counts := map[string]int{}
	for d := range p.root.Descendants() {
		if d.Type == html.CommentNode {
			counts["comment"]++
		}
		if d.Type != html.ElementNode {
			continue
		}
		for _, a := range d.Attr {
			counts[d.Data+" "+a.Key]++
		}
		counts[d.Data]++
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintln(&b, name, counts[name])
	}
	return b.String()
}

// H-12
func TestH12NamesAreOnlyNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	all := payloads()
	if len(all) != 100 {
		t.Fatalf("%d payloads", len(all))
	}
	b, _ := w.signedIn(t, "pat@example.com", directory.RoleMember)
	views := func(name string, i int) map[string]*page {
		email := fmt.Sprintf("p%d@example.com", i)
		_, err := w.CreateUser(t.Context(), w.Admin, directory.CreateUser{Name: name, Email: email, Role: directory.RoleMember, Mode: directory.InviteLink})
		must(t, err)
		link := w.link(t, email)
		seen := map[string]*page{"invitation": b.get(t, "/invitations/"+link)}
		account := b.get(t, "/account")
		seen["account"] = b.follow(t, b.submit(t, account, "/account/name", map[string]string{"name": name}), "/account")
		typed := map[string]string{"name": name, "description": name}
		seen["new key"] = b.follow(t, b.submit(t, b.get(t, "/account/keys"), "/account/keys", typed), "/account/keys")
		typed["expires_at"] = name
		seen["refused key"] = b.submit(t, seen["new key"], "/account/keys", typed)
		for _, f := range seen["new key"].all("form", "") {
			if action := value(f, "action"); strings.HasSuffix(action, "/revoke") {
				b.submit(t, seen["new key"], action, nil).want(t, http.StatusSeeOther)
			}
		}
		if i%10 == 0 { // a password takes its time
			one := w.browser()
			seen["welcome"] = one.follow(t, one.do(t, http.MethodPost, "/invitations/"+link, chosen(link, password)), "/welcome")
		}
		return seen
	}
	plain := views("Pat Person", 0)
	for i, name := range all {
		if utf8.RuneCountInString(name) > 255 {
			t.Fatalf("%q is too long", name)
		}
		for where, p := range views(name, i+1) {
			if diff := cmp.Diff(shape(plain[where]), shape(p)); diff != "" {
				t.Errorf("%q changes the page %s (-plain +this):\n%s", name, where, diff)
			}
			shown := strings.Contains(p.text(), strings.Join(strings.Fields(name), " "))
			for _, n := range p.all("input", "value") {
				shown = shown || value(n, "value") == name
			}
			if !shown {
				t.Errorf("%q is not shown on the page %s", name, where)
			}
		}
	}
}
