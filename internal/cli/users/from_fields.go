package users

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The fields. Each set returns what is wrong with a value.

func idField() field {
	return field{name: "id", other: []string{"userid"}, set: func(i *item, v string) string {
		i.id = v
		return unfit(v)
	}}
}

func emailField() field {
	return field{name: "email", other: []string{"emailaddress"}, set: func(i *item, v string) string {
		i.email = v
		return unfitAddress(v)
	}}
}

func nameField() field {
	return field{name: "full_name", other: []string{"name"}, set: func(i *item, v string) string {
		i.name = v
		if utf8.RuneCountInString(v) > 255 {
			return "must be at most 255 characters"
		}
		return unfit(v)
	}}
}

func roleField(fallback string) field {
	return field{name: "role", other: []string{"rolename"}, fallback: fallback, flag: "--role", set: func(i *item, v string) (text string) {
		i.role, text = choice(v, roles())
		return text
	}}
}

func modeField(fallback string) field {
	return field{name: "invite_mode", fallback: fallback, flag: "--invite-mode", set: func(i *item, v string) (text string) {
		i.mode, text = choice(v, inviteModes())
		return text
	}}
}

func developerField(fallback string) field {
	return field{name: "is_developer", other: []string{"developer"}, fallback: fallback, flag: "--is-developer", set: func(i *item, v string) string {
		yes := false
		switch strings.ToLower(v) {
		case "true", "yes", "1":
			yes = true
		case "false", "no", "0":
		default:
			return fmt.Sprintf("%s is neither true nor false", sample(v))
		}
		i.developer = &yes
		return ""
	}}
}

func choice(value string, values []string) (string, string) {
	written := strings.ReplaceAll(strings.ReplaceAll(value, " ", "_"), "-", "_")
	for _, v := range values {
		if strings.EqualFold(written, v) {
			return v, ""
		}
	}
	return "", fmt.Sprintf("%s is not one of %s", sample(value), strings.ToLower(strings.Join(values, ", ")))
}

// sample is a value as a message shows it.
func sample(value string) string {
	const most = 60
	if utf8.RuneCountInString(value) > most {
		value = string([]rune(value)[:most]) + "…"
	}
	return fmt.Sprintf("%q", value)
}

// unfit says why no server would take a text.
func unfit(value string) string {
	switch {
	case !utf8.ValidString(value):
		return "the text is not UTF-8"
	case strings.ContainsFunc(value, unicode.IsControl):
		return fmt.Sprintf("%s has a line break or another control character in it", sample(value))
	}
	return ""
}

// unfitAddress finds what cannot be an address anywhere. The last word on it
// has the server.
func unfitAddress(value string) string {
	at := strings.LastIndexByte(value, '@')
	switch {
	case unfit(value) != "":
		return unfit(value)
	case len(value) > 254:
		return "must be at most 254 bytes"
	case at < 1 || at == len(value)-1 || strings.ContainsFunc(value, unicode.IsSpace) || strings.ContainsAny(value, "<>,;"):
		return fmt.Sprintf("%s is not an address like jane@example.com", sample(value))
	case !strings.Contains(value[at+1:], ".") || strings.HasSuffix(value, ".") || strings.Contains(value[at:], "@.") || strings.Contains(value[at:], ".."):
		return fmt.Sprintf("%s does not end in a domain like example.com", sample(value))
	}
	return ""
}
