package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The sizes to aim at, as median, ninetieth percentile and largest.
var (
	functionAim = [3]int{12, 40, 80}
	fileAim     = [3]int{120, 300, 450}
)

const heading = `| package | files | lines | file median / p90 / max | functions | function median / p90 / max | code per comment | test lines per line |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
`

// render writes a row per package, one for all and one with the aims. What is over its aim is bold. Packages that only
// tests use have no row of their own; their lines count as tests in the last.
func render(tallies map[string]*tally) string {
	var table strings.Builder
	table.WriteString(heading)
	for _, name := range slices.Sorted(maps.Keys(tallies)) {
		if t := tallies[name]; len(t.files) > 0 {
			table.WriteString(row("`"+name+"`", t))
		}
	}
	table.WriteString(row("all", sum(tallies)))
	fmt.Fprintf(&table, "| aim | | | %d / %d / %d | | %d / %d / %d | 6–8 | about 1 |\n",
		fileAim[0], fileAim[1], fileAim[2], functionAim[0], functionAim[1], functionAim[2])
	return table.String()
}

func row(name string, t *tally) string {
	length := 0
	for _, n := range t.files {
		length += n
	}
	return fmt.Sprintf("| %s | %d | %d | %s | %d | %s | %s | %s |\n", name,
		len(t.files), length, spread(t.files, fileAim), len(t.functions), spread(t.functions, functionAim),
		ratio(t.code, t.comments), ratio(t.tests, length))
}

// spread writes median, ninetieth percentile and largest.
func spread(lengths []int, aim [3]int) string {
	if len(lengths) == 0 {
		return ""
	}
	sorted := slices.Sorted(slices.Values(lengths))
	var cells []string
	for i, percent := range []int{50, 90, 100} {
		n := rank(sorted, percent)
		cell := fmt.Sprint(n)
		if n > aim[i] {
			cell = "**" + cell + "**"
		}
		cells = append(cells, cell)
	}
	return strings.Join(cells, " / ")
}

// rank is the smallest length that a share of all lengths does not exceed.
func rank(sorted []int, percent int) int {
	return sorted[(len(sorted)*percent+99)/100-1]
}

func ratio(of, per int) string {
	if per == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", float64(of)/float64(per))
}
