# Everything here needs Go, Python 3.11 or newer and their package registries, and nothing else.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help up down test bench lint build fmt generate inventory conformance k8s-validate image release importer importer-test venv overlay go

GO ?= go
export PORT ?= 5000
export TLS GO

# The race detector needs a C compiler; without one the tests run without it.
RACE := $(if $(shell command -v $${CC:-cc} 2>/dev/null),-race)
GO_FILES = $(shell find . -name '*.go' -not -name '*.pb.go' -not -path './var/*')
GENERATORS := $(wildcard api/proto/generate.sh)

help: ## List the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  make \1 \t/' | expand -t 22

up: build venv ## Start MLflow, extauthz and Envoy in the background (PORT=5000, TLS=1 for https); state stays in var/stack
	@e2e/lib/stack.sh up

down: ## Stop them; users, grants and experiments stay
	@e2e/lib/stack.sh down

test: build overlay ## Run every test, those with the real Envoy and MLflow as well
	$(GO) test $(RACE) -vet=off -count=1 -timeout 20m $$($(GO) list ./... | grep -v /internal/migrate$$)
	$(GO) test -vet=off -count=1 ./internal/migrate # hashes hundreds of passwords, which the race detector makes five times slower

bench: go venv ## Measure what extauthz costs: through Envoy, and a decision alone
	$(GO) run ./internal/bench

lint: go ## Check with vet, staticcheck and gofumpt, the import rules, and that generated code is fresh
	$(GO) vet ./...
	cd e2e/oidc && $(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) test -count=1 ./internal/rules
	@unformatted=$$($(GO) tool gofumpt -l $(GO_FILES)); \
		[ -z "$$unformatted" ] || { echo "not formatted; run make fmt:"; echo "$$unformatted"; exit 1; }
	@for script in e2e/*.sh e2e/lib/*.sh k8s/*.sh k8s/lib/*.sh .ci/run; do bash -n "$$script"; done
	@for generator in $(GENERATORS); do "$$generator" --check; done

build: go ## Build bin/extauthz
	@CGO_ENABLED=0 $(GO) build -trimpath -o bin/extauthz ./cmd/extauthz || \
		{ echo "make: the build failed; if modules could not be fetched: is a Go module proxy reachable?" >&2; exit 1; }
	@touch bin/extauthz # internal/testbed compares its age with the sources'

importer: go ## Build bin/extauthz-import, with which `extauthz import` reads the databases of MLflow's basic-auth
	@cd cmd/extauthz-import && CGO_ENABLED=0 $(GO) build -trimpath -o ../../bin/extauthz-import .

fmt: go ## Format the Go code
	$(GO) tool gofumpt -w $(GO_FILES)

generate: go ## Generate code from api/proto, the golden files of rendered configuration, and reference pages
	@for generator in $(GENERATORS); do "$$generator"; done
	$(GO) test ./envoy/bootstrap -run TestGolden -update
	$(GO) test ./k8s -run TestGolden -update
	$(GO) test ./internal/app -run TestMetricsReference -update
	$(GO) test ./k8s/monitoring -run TestPrometheusRule -update
	$(GO) test ./internal/config -run Fresh -update
	$(GO) test ./api -run TestOpenAPIFresh -update
	$(GO) test ./authz -run TestReasonsReference -update
	$(GO) test ./cmd/extauthz -run Documented -update

conformance: build ## Compare with MLflow's own basic-auth on five releases (an hour), and write docs/compatibility.md
	@for release in 2.22.5 3.4.0 3.8.1 3.17.2 3.18.0; do e2e/lib/release.sh $$release >/dev/null; done
	@var/venv/bin/python e2e/conformance --write $(CONFORMANCE)

k8s-validate: build venv ## Check every manifest with the programs that read them, and tell stories through what they make (30 minutes more, the first time)
	@k8s/validate.sh

image: go ## Build the container image (linux/amd64 and arm64) in dist, without a container engine
	@$(GO) run ./internal/release image $(if $(VERSION),-version $(VERSION))

release: go ## Build what a release hands out in dist (VERSION=1.2.3): binaries, image, bills of materials, checksums
	@[ -n "$(VERSION)" ] || { echo "make: which version? make release VERSION=1.2.3" >&2; exit 1; }
	@$(GO) run ./internal/release all -version $(VERSION)

inventory: ## Write down what a release of MLflow serves (MLFLOW=3.4.0), or every supported one
	@e2e/lib/inventory.sh $(MLFLOW)

importer-test: importer build venv ## Test extauthz-import, which has its own module (its drivers take minutes to compile), also on PostgreSQL and MariaDB
	cd cmd/extauthz-import && $(GO) vet ./... && $(GO) test -count=1 ./...
	@e2e/lib/databases.sh
	@e2e/lib/venv.sh overlay
	@e2e/lib/venv.sh databases
	var/venv/bin/python e2e/migration/databases.py

venv:
	@e2e/lib/venv.sh

overlay: go
	@e2e/lib/venv.sh overlay
	@e2e/lib/browser.sh
	@e2e/lib/provider.sh
	@e2e/lib/ingress.sh
	@e2e/lib/promtool.sh

go:
	@command -v $(GO) >/dev/null || { echo "make: Go is needed (see go.mod for its version), as \"$(GO)\" on the PATH" >&2; exit 1; }
