package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"path"
	"strings"
	"sync"
)

//go:embed assets
var assets embed.FS

// A file is an asset. The name it is served under changes with its content,
// so that browsers may keep it for good.
type file struct {
	served string
	kind   string
	text   []byte
}

// files are the assets, by their name in the folder.
var files = sync.OnceValue(func() map[string]*file {
	kinds := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	all := map[string]*file{}
	names, _ := fs.Glob(assets, "assets/*") // the pattern is well formed
	for _, name := range names {
		text, _ := assets.ReadFile(name) // it has just been listed
		sum := sha256.Sum256(text)
		base, ext := path.Base(name), path.Ext(name)
		served := strings.TrimSuffix(base, ext) + "." + hex.EncodeToString(sum[:8]) + ext
		all[base] = &file{served, kinds[ext], text}
	}
	return all
})

// assetPath is where an asset is served.
func assetPath(name string) string { return "/assets/" + files()[name].served }

func asset(c *call) (answer, error) {
	for _, f := range files() {
		if f.served == c.PathValue("name") {
			return answer{status: 200, raw: f}, nil
		}
	}
	return answer{}, errNoPage()
}
