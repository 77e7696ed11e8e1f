// Command bare is the limit: net/http with nothing behind it. /fixed answers
// with 200 bytes of JSON that stand in memory, /page with 50 users that
// encoding/json writes for each request.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
	"time"
)

// A user has the fields of the API's.
type user struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Email     string `json:"email"`
	CreatedAt string `json:"created_at"`
	Status    string `json:"status"`
	Role      struct {
		Type string `json:"type"`
		Name string `json:"name"`
	} `json:"role"`
	IsDeveloper bool `json:"is_developer"`
}

func main() {
	listen := flag.String("listen", "127.0.0.1:8091", "host and port")
	flag.Parse()
	server := &http.Server{Addr: *listen, Handler: handler(), ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}

func handler() http.Handler {
	const size = 200
	fixed := `{"id":"` + strings.Repeat("x", size-len(`{"id":""}`)) + `"}`
	var page struct {
		Users []user `json:"users"`
	}
	for i := range 50 {
		u := user{
			ID: fmt.Sprintf("VXNlcjp6TGlyR1Uya2tNa0x%03d==", i), Name: "Maria Wagner", Email: fmt.Sprintf("maria.wagner%d@mail7.example.com", i),
			CreatedAt: "2026-03-01T09:26:53.589793Z", Status: "ACTIVE", IsDeveloper: true,
		}
		u.Role.Type, u.Role.Name = "PREDEFINED", "MEMBER"
		page.Users = append(page.Users, u)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /fixed", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, fixed)
	})
	mux.HandleFunc("GET /page", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(page)
	})
	return mux
}
