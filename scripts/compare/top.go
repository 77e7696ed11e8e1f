//go:build linux

package main

// firstUse is the note of the case whose home has not seen a group in BETA yet.
const firstUse = "the first use"

// topCases are command lines that name no group, or none that there is.
func topCases() []Case {
	return []Case{
		{Line: ""}, {Line: "--version"}, {Line: "--help"}, {Line: "-h"}, {Line: "--nope"}, {Line: "nope"}, {Line: "user list"},
		{Line: "users"}, {Line: "users --help"}, {Line: "users -h"}, {Line: "users ls"}, {Line: "users lst"}, {Line: "users --nope"},
		{Line: "profiles"}, {Line: "profiles --help"}, {Line: "profiles -h"}, {Line: "profiles ls"},
	}
}
