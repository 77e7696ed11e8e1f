// Package clitest runs whole command lines in a test: a World is somebody's
// machine, with a home of its own, an environment and a terminal if wanted; a
// Server is an API that answers what it was told to and remembers, byte for
// byte, what it was asked.
package clitest
