//go:build linux

package main

import "fmt"

func count(outcomes []Outcome) string {
	same := 0
	for _, o := range outcomes {
		if len(o.Rules) == 0 && o.Difference == "" {
			same++
		}
	}
	return fmt.Sprintf("%d command lines, %d the same", len(outcomes), same)
}

func writePage(string, []Outcome) error { return nil }
