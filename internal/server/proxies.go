package server

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// parseProxies reads a list of networks, like 10.0.0.0/8,::1.
func parseProxies(list string) (nets []netip.Prefix, err error) {
	for s := range strings.SplitSeq(list, ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		p, err := netip.ParsePrefix(s)
		if a, failed := netip.ParseAddr(s); failed == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("--trusted-proxies %q: give addresses or networks like 10.0.0.0/8, separated by commas", s)
		}
		nets = append(nets, p.Masked())
	}
	return nets, nil
}

// behind makes RemoteAddr the client's address where requests come through
// trusted proxies: of X-Forwarded-For the last address that is not one of
// them. What anybody else writes into that header counts for nothing.
func behind(proxies []netip.Prefix, next http.Handler) http.Handler {
	if len(proxies) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if client := forwarded(r, proxies); client != "" {
			r.RemoteAddr = net.JoinHostPort(client, "0")
		}
		next.ServeHTTP(w, r)
	})
}

func forwarded(r *http.Request, proxies []netip.Prefix) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || !within(host, proxies) {
		return ""
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	client := ""
	for _, text := range slices.Backward(hops) {
		hop, err := netip.ParseAddr(strings.TrimSpace(text))
		if err != nil {
			break // whatever stands to the left was not written by a proxy of ours
		}
		client = hop.Unmap().String()
		if !within(client, proxies) {
			break
		}
	}
	return client
}

func within(host string, nets []netip.Prefix) bool {
	a, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	for _, n := range nets {
		if n.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}
