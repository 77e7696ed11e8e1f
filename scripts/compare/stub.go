//go:build linux

package main

import (
	"context"
	"net"
	"net/http"
	"time"
)

// listen serves the answer on an address of its own until stop is called.
func (a *Answer) listen(ctx context.Context) (address string, stop func(), err error) {
	if a.Status < 0 {
		address, err = freeAddress(ctx)
		return address, func() {}, err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	s := &http.Server{Handler: a, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.Serve(l) }()
	return l.Addr().String(), func() { _ = s.Close() }, nil
}

func (a *Answer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	if a.Status == 0 {
		panic(http.ErrAbortHandler) // closes the connection and logs nothing
	}
	w.Header().Set("Content-Type", a.Type)
	w.WriteHeader(a.Status)
	_, _ = w.Write([]byte(a.Body))
}
