// Package codetest holds the code to rules that the compiler does not know: who may import whom (imports.go) and what may
// run before main (startup.go). Its tests read every Go file of the module; figures measures the same files.
package codetest
