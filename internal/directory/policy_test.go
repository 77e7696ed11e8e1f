package directory_test

import (
	"strings"
	"testing"

	"ax/internal/directory"
)

func TestPasswordLength(t *testing.T) {
	t.Parallel()
	// A text without pattern, of n characters of a script.
	text := func(alphabet string, n int) string {
		runes, out, at := []rune(alphabet), make([]rune, n), 3
		for i := range out {
			at = (at*at + 7*i + 11) % 9973
			out[i] = runes[at%len(runes)]
		}
		return string(out)
	}
	const latin, emoji, greek = "vjkqzxwmbpfghtsrnl", "😀🐙🚲🌵🎈🧊🥝🪁", "ψξζθφχλκπσ"
	for _, c := range []struct {
		name, password string
		least          int
		taken          bool
	}{
		{"14 letters", text(latin, 14), 0, false},
		{"15 letters", text(latin, 15), 0, true},
		{"64 letters", text(latin, 64), 0, true},
		{"14 emoji, 56 bytes", text(emoji, 14), 0, false},
		{"15 emoji", text(emoji, 15), 0, true},
		{"15 Greek letters", text(greek, 15), 0, true},
		{"letters with marks", strings.Join(strings.Split(text(latin, 8), ""), "\u0301"), 0, true},
		{"1024 bytes", text(latin, 1024), 0, true},
		{"1025 bytes", text(latin, 1025), 0, false},
		{"257 emoji, 1028 bytes", text(emoji, 257), 0, false},
		{"spaces", "vjk qzx wmb pfg", 0, true},
		{"bad UTF-8", text(latin, 15) + "\xff", 0, false},
		{"empty", "", 0, false},
		{"8, where 8 are asked", text(latin, 8), 8, true},
		{"7, where 8 are asked", text(latin, 7), 8, false},
		{"7, where 1 is asked", text(latin, 7), 1, false},
		{"19, where 20 are asked", text(latin, 19), 20, false},
	} {
		d := &directory.Directory{MinPassword: c.least}
		if fault := d.CheckPassword(c.password, directory.User{Name: "Pat", Email: "pat@example.com"}); (fault == "") != c.taken {
			t.Errorf("%s (%q): fault %q", c.name, c.password, fault)
		}
	}
}

// what anybody would try first, and what is known about the owner.
func TestPasswordGuessable(t *testing.T) {
	t.Parallel()
	d := &directory.Directory{Product: "Arbor Cloud"}
	u := directory.User{Name: "Josephine Carberry", Email: "jo.carberry@brown-university.example"}
	for _, password := range []string{
		"aaaaaaaaaaaaaaaa", "abababababababab", "abcabcabcabcabcabc", "passwordpassword", "Password12345678", "P4ssw0rdP4ssw0rd", "password password",
		"123456789012345", "098765432109876", "abcdefghijklmnop", "qwertyuiopasdfgh", "letmeinletmein123", "correcthorsebatterystaple", "iloveyouiloveyou",
		"adminadminadmin1", "!!!!!!!!!!!!!!!!", "...............", "Welcome2026!!!!!!", "summerwinter2026",
		"josephinecarberry", "JosephineCarberry1", "carberry19840101", "jo.carberry@brown-university.example", "Josephine-Carberry-2026", "brown-university2026", "ArborCloud202612", "arbor cloud arbor cloud",
	} {
		if fault := d.CheckPassword(password, u); fault == "" {
			t.Errorf("%q is taken", password)
		}
	}
	for _, password := range []string{
		"vexing-umbrella-quartz", "seven small owls sing", "Ich mag keine Rosinen!", "тихая река зимой", "my dog ate josephine's hat", "x7Kp-92mQ-vT4z-LL81", "password manager made me",
	} {
		if fault := d.CheckPassword(password, u); fault != "" {
			t.Errorf("%q: %s", password, fault)
		}
	}
	if rule := d.PasswordRule(); !strings.Contains(rule, "15 characters") {
		t.Errorf("the rule reads %q", rule)
	}
}
