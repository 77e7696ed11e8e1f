package cli_test

import (
	"bufio"
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"ax/internal/cli/clitest"
)

// Nobody is asked but the profile's server: no package index for a newer version, nobody who counts. A proxy for everything
// else would have heard of it.
func TestWeaknessAsksOthers(t *testing.T) {
	t.Parallel()
	var others atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { others.Add(1) }))
	t.Cleanup(proxy.Close)
	server := clitest.NewServer(t).On(list, clitest.Page("", clitest.Member("ann")))
	w := profile(t, server, "table") // an update check is on unless a profile says otherwise
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"} {
		w.Env[name] = proxy.URL
	}
	for _, line := range []string{"--version", "--help", "profiles list", "profiles show", "users list", "users list -o json"} {
		if out, err := process(w, strings.Fields(line)...).CombinedOutput(); err != nil {
			t.Errorf("ax %s: %v\n%s", line, err, out)
		}
	}
	same(t, server.Requests(), []string{list, list})
	same(t, others.Load(), 0)
	// What is for another host goes to the proxy: it would have been seen.
	w.Write(t, ".arize/profiles/dev.toml", "[auth]\napi_key = \"k\"\n[routing]\napi_host = \"ax.example.com\"\napi_scheme = \"http\"\n")
	_ = process(w, "users", "list").Run() // it fails
	if others.Load() == 0 {
		t.Error("the proxy was not asked for another host either")
	}
}

// `ax users list | head -1`: who has read enough of a short list makes no failure of it, nor a word.
func TestWeaknessReaderLeavesEarly(t *testing.T) {
	t.Parallel()
	server := clitest.NewServer(t).On(list, clitest.Page("", clitest.Member("ann"), clitest.Member("bob")))
	for format, first := range map[string]string{"table": "┏━", "json": "{", "jsonl": `{"id":"id-ann"`, "csv": "id,name"} {
		cmd := process(clitest.On(t, server), "users", "list", "-o", format)
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line, _ := bufio.NewReaderSize(out, 16).ReadString('\n')
		_ = out.Close()
		if err := cmd.Wait(); err != nil || !strings.HasPrefix(line, first) || strings.Contains(errs.String(), "✗") {
			t.Errorf("%s: %q, %v\n%s", format, line, err, &errs)
		}
	}
}
