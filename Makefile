# Everything that is built, checked and generated, by people and by CI alike. `make` lists the targets.

GOLANGCI_LINT = v2.15.0

# SQLite's driver is C turned into Go: with the race detector in it, tests took forty times as long. Our own code and all
# other packages are instrumented; `make long` instruments the driver too. Only what is C is left out: the driver's Go
# would bring uninstrumented copies of generic types like sync.Map into the binary, and reports of races that are none.
RACE = -race -gcflags='modernc.org/sqlite/lib=-race=false -d=checkptr=0' -gcflags='modernc.org/libc/...=-race=false -d=checkptr=0'

STRIPPED  = -trimpath -ldflags='-s -w'
PLATFORMS = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

# What a release is called, and the time that everything in it bears: those of the commit.
VERSION = $(shell git describe --tags --always --dirty)
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct)

# Who answers for the Debian packages. Whoever publishes them puts a real address here.
MAINTAINER ?= The authors of ax <ax@ax.example.com>

# What the stripped Linux binary may be, in bytes.
LARGEST = 40000000

.PHONY: help build test long lint generate man bench bench-quick figures cross size

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build dist/ax for this machine, static and stripped
	CGO_ENABLED=0 go build $(STRIPPED) -o dist/ax ./cmd/ax

test: ## install what the tests need, check format and vet, run all tests with the race detector
	@sh scripts/needs.sh
	@sources=$$(go list -f '{{.Dir}}/*.go' ./...) && unformatted=$$(gofmt -l $$sources) || exit 1; \
	if [ -n "$$unformatted" ]; then echo "not formatted, run gofmt -w on:"; echo "$$unformatted"; exit 1; fi
	go vet ./... && go vet -tags=testclock ./internal/server
	AX_TEST_REQUIRE=1 CGO_ENABLED=1 go test -vet=off -count=1 -timeout=30m $(RACE) ./...

long: ## run all tests with everything instrumented, and those that take minutes
	@sh scripts/needs.sh
	AX_TEST_REQUIRE=1 AX_TEST_LONG=1 CGO_ENABLED=1 go test -count=1 -timeout=6h -race -tags=long ./...

lint: .cache/bin/golangci-lint-$(GOLANGCI_LINT) ## run the linters of .golangci.yaml
	$< run ./...

# The version is in the file's name, so that a new one replaces the old.
.cache/bin/golangci-lint-$(GOLANGCI_LINT):
	GOBIN=$(CURDIR)/.cache/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT)
	mv .cache/bin/golangci-lint $@

generate: ## write the generated files again, from openapi/ax.yaml, the commands and docs/cli.md
	go generate ./...

man: ## write the man pages into dist/man
	go run ./internal/manual/write -man dist/man

bench: ## measure beside PocketBase, net/http, curl and the Python CLI, and write docs/performance.md (ten minutes; BENCH="-million -soak 5m": 25)
	cd bench && go build -o ../.cache/bench/bin/bench . && exec ../.cache/bench/bin/bench $(BENCH)

bench-quick: ## the same with few users and short runs, into .cache/bench/quick.md
	cd bench && go build -o ../.cache/bench/bin/bench . && exec ../.cache/bench/bin/bench -quick $(BENCH)

figures: ## print how long functions and files are, and renew the table in docs/architecture.md
	@go run ./internal/codetest/figures
	@go run ./internal/codetest/figures -write docs/architecture.md

.PHONY: dist dist-check compare

dist: ## make a release in dist/: binaries for each platform, Debian packages, an OCI image, checksums, bill of materials
	@SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) go run ./scripts/dist -o dist -version $(VERSION) -at $(SOURCE_DATE_EPOCH) -maintainer '$(MAINTAINER)'

dist-check: ## make the release of the last commit twice, in two folders and with two caches, and compare
	@sh scripts/dist-check.sh

cross: ## vet the code as each platform sees it
	@for platform in $(PLATFORMS); do \
		echo $$platform; \
		CGO_ENABLED=0 GOOS=$${platform%/*} GOARCH=$${platform#*/} go vet ./... || exit 1; \
	done

compare: ## run the existing CLI's command lines beside ours and write the table in docs/compatibility.md (twelve minutes)
	@sh scripts/needs.sh
	go run ./scripts/compare $(COMPARE)

size: ## fail when the stripped Linux binary is over 40 MB
	@CGO_ENABLED=0 GOOS=linux GOARCH=amd64 go build $(STRIPPED) -o .cache/ax-linux-amd64 ./cmd/ax
	@size=$$(($$(wc -c < .cache/ax-linux-amd64))); echo "linux/amd64: $$size bytes of $(LARGEST)"; test $$size -le $(LARGEST)
