// Package profile answers one question: which server and which key does this
// command talk to?
//
//	--profile NAME          the file NAME.toml, or the built-in directory "local"
//	AX_PROFILE=NAME         the same
//	ARIZE_API_KEY=…         the key, with the ARIZE_* variables saying where; no file
//	~/.arize/.active_profile   names the file used otherwise
//
// The first that is there decides, alone: a file is never mixed with routing
// or a key from the environment. Two variables describe this machine's way
// out rather than a server, and hold for every remote profile:
// ARIZE_PROXY_URL and ARIZE_SSL_CA_CERT. A blank variable is an unset one.
//
// The base URL is made the same way from a file's [routing] as from the
// environment:
//
//	host    one of region, single_host, base_domain ("api." before it);
//	        without them api_host; without that the hosted service
//	port    api_port, else single_port, else the one in the host
//	scheme  api_scheme, else https
//
// Plain http therefore only happens when a scheme says so, and never to the
// hosted service. A host written as a URL is refused with the two values to
// write instead: the same variables and files are read by the Arize SDKs and
// CLI, which would make http://http://… of it.
//
// The package reads and writes ~/.arize as the existing CLI does, so that both
// may be used in turn. A text is edited in place: comments, order, unknown keys
// and references to variables stay (document.go). Writers wait for one another
// on ~/.arize/.profiles.lock, and every file is replaced as a whole (save.go).
package profile
