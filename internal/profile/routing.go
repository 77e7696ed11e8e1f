package profile

import (
	"cmp"
	"slices"
	"strings"
)

const (
	hostedHost = "api.arize.com"
	noPort     = "0" // the SDK's own default, an absent port
)

// routing is what a file's [routing] or the ARIZE_* variables say about the
// API's address. Absent settings have an empty value; their from is always set.
type routing struct {
	region, singleHost, singlePort, baseDomain setting
	apiHost, apiPort, apiScheme                setting
}

// endpoint is the API's address, each part with its origin. The port is
// empty when it is the scheme's own; the host has brackets if it needs them.
type endpoint struct{ scheme, host, port setting }

func (e endpoint) url() string {
	u := e.scheme.value + "://" + e.host.value
	if e.port.value != "" {
		u += ":" + e.port.value
	}
	return u
}

// endpoint follows the SDK (arize 8.61.0): scheme and port hold whichever way
// the host was chosen, and the port meant for the API beats the one for all.
func (r routing) endpoint() (endpoint, error) {
	if err := r.exclusive(); err != nil {
		return endpoint{}, err
	}
	scheme, err := r.scheme()
	if err != nil {
		return endpoint{}, err
	}
	host, inHost, err := r.host()
	if err != nil {
		return endpoint{}, err
	}
	port, err := r.port()
	if err != nil {
		return endpoint{}, err
	}
	if port.value != "" && inHost.value != "" && port.value != inHost.value {
		return endpoint{}, errTwoPorts(inHost, port)
	}
	if scheme.value == "http" && hosted(host.value) {
		return endpoint{}, errHostedInClear(scheme, host)
	}
	port = cmp.Or(port, inHost)
	if port.value == map[string]string{"http": "80", "https": "443"}[scheme.value] {
		port = setting{}
	}
	return endpoint{scheme, host, port}, nil
}

// exclusive allows one of region, single host or port, base domain.
func (r routing) exclusive() error {
	var given []setting
	single := r.singleHost
	if single.value == "" && r.singlePort.value != noPort {
		single = r.singlePort
	}
	for _, s := range []setting{r.region, single, r.baseDomain} {
		if s.value != "" {
			given = append(given, s)
		}
	}
	if len(given) > 1 {
		return errExclusive(given)
	}
	return nil
}

func (r routing) scheme() (setting, error) {
	s := setting{strings.ToLower(r.apiScheme.value), r.apiScheme.from}
	switch s.value {
	case "":
		return setting{"https", "default"}, nil
	case "http", "https":
		return s, nil
	}
	return setting{}, errBadScheme(r.apiScheme)
}

// host returns the host and the port written with it, if any.
func (r routing) host() (host, port setting, err error) {
	switch {
	case r.region.value != "":
		host, err = regionHost(r.region)
		return host, setting{}, err
	case r.baseDomain.value != "":
		return splitDomain(r.baseDomain, r.apiScheme.from)
	case r.singleHost.value != "":
		return splitHost(r.singleHost, r.apiScheme.from)
	case r.apiHost.value != "":
		return splitHost(r.apiHost, r.apiScheme.from)
	}
	return setting{hostedHost, "default"}, setting{}, nil
}

func (r routing) port() (setting, error) {
	for _, s := range []setting{r.apiPort, r.singlePort} {
		if s.value == "" || s.value == noPort {
			continue
		}
		port, ok := canonicalPort(s.value)
		if !ok {
			return setting{}, errBadPort(s)
		}
		return setting{port, s.from}, nil
	}
	return setting{}, nil
}

// Regions are those of the hosted service.
func Regions() []string {
	return []string{"us-east-1b", "us-central-1a", "eu-west-1a", "ca-central-1a"}
}

// Region is the full name of a region, in the case it is stored in; anything
// else comes back as it is.
func Region(name string) string {
	lower := strings.ToLower(name)
	alias := map[string]string{"us": "us-east-1b", "eu": "eu-west-1a", "ca": "ca-central-1a"}
	lower = cmp.Or(alias[lower], lower)
	if slices.Contains(Regions(), lower) {
		return lower
	}
	return name
}

func regionHost(region setting) (setting, error) {
	name := Region(region.value)
	if !slices.Contains(Regions(), name) {
		return setting{}, errBadRegion(region)
	}
	return setting{"api." + name + ".arize.com", region.from}, nil
}

// hosted tells the service's own hosts: no key goes there in the clear, say
// after a test's ARIZE_API_SCHEME=http outlived its ARIZE_API_HOST.
func hosted(host string) bool {
	return host == "arize.com" || strings.HasSuffix(host, ".arize.com")
}
