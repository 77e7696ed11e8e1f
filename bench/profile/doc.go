// Package profile runs the server's handler in this process, so that its
// processor time can be looked at without the network's:
//
//	go test -bench 'Get|List' -cpuprofile cpu.out && go tool pprof -top cpu.out
//
// It is a module of its own because it imports the product, whose
// dependencies the load generator does without.
package profile
