# Everything a contributor runs. `make` alone lists the targets.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

TESTFLAGS ?=
FUZZTIME  ?= 60s
STACKS    ?= 1,10,100,1000
RUNS      ?= 5
REQUESTS  ?= 500
RATED     ?= 5000
SOAK      ?= 20m

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## build bin/charmarr-lint
	go build -o bin/charmarr-lint ./cmd/charmarr-lint

.PHONY: test
test: ## run every test; needs Go and nothing else
	go test -timeout 15m $(TESTFLAGS) ./...

.PHONY: test-kube
test-kube: ## test against a real kube-apiserver; builds it first, about nine CPU minutes
	.ci/kube $(TESTFLAGS) ./...

.PHONY: test-chart
test-chart: ## test the chart and the manifests with Helm's and kustomize's libraries and a real kube-apiserver
	.ci/chart $(TESTFLAGS) ./...

.PHONY: test-istio
test-istio: ## hold mesh enrolment to Istio's own function
	go test -C test/istio $(TESTFLAGS) ./...

.PHONY: test-juju
test-juju: ## test against a real Juju controller; builds it first, about six CPU minutes
	.ci/juju $(TESTFLAGS) ./...

.PHONY: test-live
test-live: ## test audit against both at once; builds both first
	.ci/live $(TESTFLAGS) ./...

.PHONY: test-terraform
test-terraform: ## plan examples/terraform with OpenTofu and check the plans; builds it first, about nine CPU minutes
	.ci/terraform $(TESTFLAGS) ./...

.PHONY: plans
plans: ## write the plans under testdata/plans anew that have changed; read the diff before you commit it
	.ci/terraform -run 'TestPlans|TestAdopt|TestExisting|TestErrored' . -write

.PHONY: lint
lint: bin/golangci-lint bin/actionlint ## gofmt, go vet, staticcheck and the rest of .golangci.yml; workflows
	bin/golangci-lint run ./...
	cd tools/release && ../../bin/golangci-lint run ./...
	bin/actionlint -shellcheck= -pyflakes= .github/workflows/*.yml docs/examples/*.yml

.PHONY: lint-suites
lint-suites: bin/golangci-lint ## the same linters on the tests against real servers; fetches and types their modules first
	for suite in kube chart live juju terraform istio; do (cd "test/$$suite" && ../../bin/golangci-lint run ./...); done

bin/golangci-lint: tools/lint/go.mod tools/lint/go.sum
	go build -C tools/lint -o ../../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

bin/actionlint: tools/actionlint/go.mod tools/actionlint/go.sum
	go build -C tools/actionlint -o ../../$@ github.com/rhysd/actionlint/cmd/actionlint

.PHONY: policies
policies: ## test the Rego rules alone: fixtures, unit tests, format, types
	go test ./internal/evaluate ./internal/lint

.PHONY: generate
generate: ## rewrite schemas, compiled policies, rule pages and the deployments under testdata
	go run ./tools/gen
	go run ./test/deployment/gen -testdata testdata

.PHONY: golden
golden: ## rewrite the expected reports; read the diff before you commit it
	.ci/golden

.PHONY: check-generated
check-generated: ## fail if generate or golden would change a file
	.ci/check-generated

.PHONY: sarif
sarif: build ## hold SARIF to an independent parser and to Microsoft's validator; needs npm
	.ci/sarif

.PHONY: new-rule
new-rule: ## start a rule: make new-rule RULE=area/name
	go run ./tools/newrule $(RULE)

.PHONY: fuzz
fuzz: ## fuzz every target for FUZZTIME each (60s)
	FUZZTIME=$(FUZZTIME) .ci/fuzz

.PHONY: quality
quality: ## measure the rules: mutants, false alarms, costs; rewrites docs/quality.md
	go run ./tools/quality -min 95 -o docs/quality.md

.PHONY: bench
bench: build ## measure time, memory and growth over STACKS
	go run ./tools/bench -stacks $(STACKS) -runs $(RUNS)

.PHONY: bench-webhook
bench-webhook: ## measure the webhook beside one that does nothing, at a real kube-apiserver: REQUESTS of each kind
	.ci/kube -run '^$$' -bench 'Admission|Review|Cache' -benchtime 1x -timeout 60m . -requests $(REQUESTS)
	.ci/kube -run '^$$' -bench Rate -benchtime 1x -timeout 60m . -requests $(RATED)

.PHONY: soak
soak: ## look for growth under load, for SOAK (20m)
	CHARMARR_LINT_SOAK=$(SOAK) .ci/kube -run TestNothingGrows -v -timeout 120m .

.PHONY: image-binary
image-binary: ## build the program as the image does, twice, and compare; two CPU minutes an architecture
	.ci/image

.PHONY: image
image: ## build the image for amd64 and arm64, below dist/image; needs buildah and skopeo
	.ci/oci dist/image

.PHONY: test-release
test-release: ## test what makes a release
	go test -C tools/release $(TESTFLAGS) ./...

.PHONY: rehearsal
rehearsal: ## make all of a release of the last commit, below dist/rehearsal, and publish nothing; needs buildah and skopeo
	.ci/release --rehearse v0.0.0-rehearsal dist/rehearsal

.PHONY: bench-compare
bench-compare: build ## measure the same work with conftest and opa
	tools/compare/run

.PHONY: check
check: ## all that CI runs
	.ci/run
