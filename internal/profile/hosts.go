package profile

import (
	"net/netip"
	"strconv"
	"strings"
)

// splitHost takes a name or address, with or without a port: example.com,
// 127.0.0.1:8080, ::1, [::1]:8080. The host comes back in lower case and with
// brackets if it is IPv6. schemeAt says where a scheme would be written.
func splitHost(s setting, schemeAt string) (host, port setting, err error) {
	if strings.Contains(s.value, "://") {
		return host, port, errHostIsURL(s, schemeAt)
	}
	name, digits, ok := cutPort(strings.TrimRight(s.value, "/"))
	if name, ok = canonicalHost(name, ok); !ok {
		return host, port, errBadHost(s)
	}
	host = setting{name, s.from}
	if digits != "" {
		number, ok := canonicalPort(digits)
		if !ok {
			return host, port, errBadPort(s)
		}
		port = setting{number, s.from}
	}
	return host, port, nil
}

// SplitPort parts a host from the port written with it, if any. A reference to
// a variable stays whole.
func SplitPort(host string) (name, port string) {
	if strings.Contains(host, "${") || strings.Contains(host, "://") {
		return host, ""
	}
	name, port, ok := cutPort(strings.TrimRight(host, "/"))
	if !ok {
		return host, ""
	}
	return name, port
}

// splitDomain is splitHost for the host that a base domain stands for.
func splitDomain(s setting, schemeAt string) (host, port setting, err error) {
	if strings.Contains(s.value, "://") {
		return host, port, errHostIsURL(s, schemeAt)
	}
	name, _, _ := cutPort(strings.TrimRight(s.value, "/"))
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return host, port, errDomainIsAddress(s)
	}
	return splitHost(setting{"api." + s.value, s.from}, schemeAt)
}

// cutPort splits at the colon before a port. A bare IPv6 address has none;
// ok is false when a colon is left dangling.
func cutPort(s string) (host, port string, ok bool) {
	colon := strings.LastIndexByte(s, ':')
	if colon < 0 || strings.HasSuffix(s, "]") {
		return s, "", true
	}
	if _, err := netip.ParseAddr(s); err == nil {
		return s, "", true
	}
	return s[:colon], s[colon+1:], colon < len(s)-1
}

// canonicalHost is false for anything that is neither an address nor a host
// name in ASCII; ok false stays false.
func canonicalHost(s string, ok bool) (string, bool) {
	inner, bracketed := strings.CutPrefix(s, "[")
	if bracketed {
		var closed bool
		inner, closed = strings.CutSuffix(inner, "]")
		ok = ok && closed
	}
	if addr, err := netip.ParseAddr(inner); err == nil {
		// A zone names an interface of this machine and has no place in a URL's host.
		ok = ok && addr.Zone() == "" && (addr.Is6() || !bracketed)
		if addr.Is6() {
			return "[" + addr.String() + "]", ok
		}
		return addr.String(), ok
	}
	name := strings.ToLower(strings.TrimSuffix(s, "."))
	return name, ok && hostName(name)
}

func hostName(s string) bool {
	if len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.ContainsFunc(label, notInNames) {
			return false
		}
	}
	return true
}

// canonicalPort takes 1 to 65535 in plain digits.
func canonicalPort(s string) (string, bool) {
	n, err := strconv.ParseUint(s, 10, 16)
	return strconv.FormatUint(n, 10), err == nil && n > 0
}
