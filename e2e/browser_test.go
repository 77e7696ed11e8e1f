package e2e_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// chromium is the one browser of all tests that run at a time: started for the first, ended with the last.
var chromium struct {
	mu    sync.Mutex
	users int
	ctx   context.Context
	end   context.CancelFunc
	idle  []*window // a new one costs a second of a core, a used one a tenth
}

// browser keeps the browser running until the end of the test. Whoever opens tabs asks for it first, before it costs anything
// to find out that there is none.
func browser(t testing.TB) {
	t.Helper()
	path := findChromium(t)
	chromium.mu.Lock()
	defer chromium.mu.Unlock()
	if chromium.users == 0 {
		if err := startChromium(path); err != nil {
			t.Fatalf("%s does not start: %v", path, err)
		}
	}
	chromium.users++
	t.Cleanup(func() {
		chromium.mu.Lock()
		defer chromium.mu.Unlock()
		if chromium.users--; chromium.users == 0 {
			chromium.idle = nil
			chromium.end()
		}
	})
}

// findChromium skips the test where there is no browser. Under AX_TEST_REQUIRE=1, as `make test` sets it, that is a failure.
func findChromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const why = "NO PAGE WAS LOOKED AT: there is no Chromium in $PATH. Install it (on Debian: apt-get install chromium), or run scripts/needs.sh."
	if os.Getenv("AX_TEST_REQUIRE") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
	return ""
}

func startChromium(path string) error {
	folder, err := os.MkdirTemp(built.folder, "chromium-*")
	if err != nil {
		return err
	}
	alloc, endAlloc := chromedp.NewExecAllocator(context.Background(), chromiumOptions(path, folder)...)
	ctx, endBrowser := chromedp.NewContext(alloc)
	chromium.ctx, chromium.end = ctx, func() {
		endBrowser()
		endAlloc()
		_ = os.RemoveAll(folder) // what a late child writes goes with the run's folder
	}
	if err := chromedp.Do(ctx); err != nil {
		chromium.end()
		return err
	}
	return nil
}

func chromiumOptions(path, folder string) []chromedp.ExecAllocatorOption {
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(folder), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("lang", "en-US"),               // dates and the browser's own words are in the snapshots
		chromedp.Flag("font-render-hinting", "none"), // pictures look alike on machines with other settings
		chromedp.Flag("force-color-profile", "srgb"), // as above
		// No bars over the page, and no process ahead of need.
		chromedp.Flag("disable-features", "Translate,SpareRendererForSitePerProcess"),
		chromedp.Flag("password-store", "basic"),        // no keyring of the machine
		chromedp.Flag("host-resolver-rules", onlyLocal), // a page that loads from elsewhere fails, and is seen to
	}
	for _, quiet := range []string{
		"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-default-apps", "disable-extensions",
		"disable-dev-shm-usage", "disable-renderer-backgrounding", "disable-background-timer-throttling", "disable-backgrounding-occluded-windows",
	} {
		options = append(options, chromedp.Flag(quiet, true))
	}
	return options
}

const onlyLocal = "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"

// axeSource is axe-core, which npm has put beside this file.
var axeSource = sync.OnceValues(func() (string, error) {
	source, err := os.ReadFile(filepath.Join("browser", "node_modules", "axe-core", "axe.min.js"))
	return string(source), err
})

// axe skips the test where axe-core is missing, as findChromium does.
func axe(t testing.TB) string {
	t.Helper()
	source, err := axeSource()
	if err == nil {
		return source
	}
	why := "PAGES WERE NOT CHECKED FOR ACCESSIBILITY: axe-core is missing. Run npm ci in e2e/browser, or scripts/needs.sh. " + err.Error()
	if os.Getenv("AX_TEST_REQUIRE") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
	return ""
}

// literal is a text as JavaScript has it.
func literal(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // no text is too odd for JSON
	}
	return string(b)
}
