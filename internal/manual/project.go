package manual

import (
	"io/fs"

	"github.com/spf13/cobra"

	"ax/internal/cli"
)

// Project is everything in the project that is made of the tree, by path from
// its folder.
func Project(project fs.FS, root *cobra.Command) (map[string]string, error) {
	text, err := fs.ReadFile(project, "docs/cli.md")
	if err != nil {
		return nil, err
	}
	guide, err := Guide(string(text), root)
	if err != nil {
		return nil, err
	}
	files := map[string]string{"docs/cli.md": guide}
	for name, text := range Reference(root) {
		files["docs/reference/"+name] = text
	}
	for _, t := range cli.Topics() {
		if files["internal/cli/topics/"+t.Name+".txt"], err = Topic(t.Name, guide, root); err != nil {
			return nil, err
		}
	}
	return files, nil
}
