# midgate: everything that is built, run and checked. `make help` lists it.

.DEFAULT_GOAL := help
SHELL := /bin/bash

VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT   ?= $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
LDFLAGS  := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)
FUZZTIME ?= 30s
KILLS    ?= 1000
WORLDS   ?= 100000
# The version as packages write it: 1.2.3 at a tag, 1.2.3+5.gabc after it, 0.0.0+gabc without one.
NUMBER   := $(shell echo '$(VERSION)' | sed -E '/^v?[0-9]+\.[0-9]+\.[0-9]+/!s/^/v0.0.0+g/; s/^v//; s/-([0-9]+-g)/+\1/; s/\+(.*)-/+\1./; s/\+(.*)-/+\1./')
LINT     := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# What `make ship` builds and checks with. Nothing else needs them.
TOOLS       ?= $(HOME)/.cache/midgate-tools
CRANE       := $(TOOLS)/crane@v0.22.1
NFPM        := $(TOOLS)/nfpm@v2.44.2
HELM        := $(TOOLS)/helm@v3.22.0
KUBECONFORM := $(TOOLS)/kubeconform@v0.8.0
SBOM        := $(TOOLS)/cyclonedx-gomod@v1.9.0
KUBERNETES  := k8s.io/kubernetes@v1.37.2
FROM_crane           := github.com/google/go-containerregistry/cmd
FROM_nfpm            := github.com/goreleaser/nfpm/v2/cmd
FROM_helm            := helm.sh/helm/v3/cmd
FROM_kubeconform     := github.com/yannh/kubeconform/cmd
FROM_cyclonedx-gomod := github.com/CycloneDX/cyclonedx-gomod/cmd

# Debian packages that tests need, each with the program that shows whether it is there. While they are installed, a policy
# keeps what they bring from being started as a service.
NEEDED := gcc:gcc curl:curl sqlite3:sqlite3 chromium-headless-shell:chromium-headless-shell strace:strace /usr/sbin/nginx:nginx pg_ctlcluster:postgresql
# Packages that only compute: SQLite, codecs, checksums, JSON schemas, and of ours what paints pictures and takes their
# fingerprints, each on memory of its own. The race detector makes them ten times slower and has nothing to find in them, so it
# watches everything else. None of them may use sync.Map or another generic of sync: the linker keeps one copy of it for the
# whole program, and the detector would not see what an unwatched copy does.
CALM := modernc.org/sqlite/lib github.com/deepteams/webp/... github.com/andybalholm/brotli/... golang.org/x/image/... \
	image/... compress/... hash/... github.com/santhosh-tekuri/jsonschema/v6/... \
	midgate/adapter/pictures/fingerprint midgate/adapter/midjourney/simulator/paint
# Packages whose tests mostly wait go first, one more at once than there are processors: the others fill them meanwhile.
SLOW := midgate/cmd/midgate midgate/proxy midgate/proxy/playground
# Folders whose npm packages tests need. One is a newer Node, for machines whose own is older than some clients want.
NODE_IS_NEW := $(shell node -p 'const [a, b] = process.versions.node.split(".").map(Number); a > 22 || a == 22 && b >= 22' 2>/dev/null)
NODE_DIRS := $(filter-out $(if $(filter true,$(NODE_IS_NEW)),./proxy/testdata/clients/node/),$(dir $(shell find . -name node_modules -prune -o -name package-lock.json -print)))

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## the static binary, bin/midgate
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/midgate ./cmd/midgate

.PHONY: demo
demo: ## midgate and a simulated Midjourney, to try it out
	go run ./cmd/midgate demo

# One variant is compiled: everything with -race, the binaries of process tests too, without what debuggers read: it is a
# third of linking. All of vet runs on the way.
test chaos: export GOFLAGS += -ldflags=-s $(CALM:%=-gcflags=%=-race=false)
.PHONY: test
test: ## every check that needs no network: format, vet, all tests under the race detector
	@$(MAKE) --no-print-directory -j3 prepare compiled
	@go vet -tags ship ./cmd/midgate/deploy
	@unformatted=$$(gofmt -l $$(find . -name node_modules -prune -o -name '*.go' -print)); [ -z "$$unformatted" ] || { echo "not gofmt-ed: $$unformatted"; exit 1; }
	go test -race -vet=all -p $(shell echo $$(($$(nproc) + 1))) -timeout 40m $(SLOW) $(filter-out $(SLOW),$(shell go list ./...))
	@echo; echo 'What each client did, and what it cost at the simulated upstream:'; cat proxy/testdata/clients/operations.md
	@echo; echo 'What each client did when something broke:'; cat proxy/testdata/clients/broken.md
	@echo; echo 'What each client of the agents'\'' protocol did, and what it cost:'; cat proxy/testdata/clients/agents.md

.PHONY: ship
ship: NEEDED := strace:strace rpm:rpm systemd-analyze:systemd update-ca-certificates:ca-certificates
ship: prepare-debian image packages chart ## the image, the packages and the chart, each built, installed and run as root on Linux; sizes and times
	go test -tags ship -count 1 -v -exec 'unshare -m' -run '^TestShip' ./cmd/midgate/deploy -args \
		-bin $(CURDIR)/bin -crane $(CRANE) -helm $(HELM) -kubeconform $(KUBECONFORM) -kubernetes $(KUBERNETES)
	@du -hL --apparent-size bin/linux-*/midgate bin/midgate-image-*.tar bin/packages/* bin/midgate-*.tgz && du -sh --apparent-size bin/image

.PHONY: image
image: $(CRANE) binaries ## the image for amd64 and arm64, without a container engine: bin/image and a tar for each
	@start=$$SECONDS; cmd/midgate/deploy/image.sh bin $(CRANE) '$(VERSION)' '$(COMMIT)' && echo "image: $$((SECONDS - start)) s"

.PHONY: packages
packages: $(NFPM) binaries ## .deb, .rpm and .apk for amd64 and arm64: bin/packages
	@rm -rf bin/packages && mkdir -p bin/packages; start=$$SECONDS; for arch in amd64 arm64; do for kind in deb rpm apk; do \
		VERSION='$(NUMBER)' ARCH=$$arch $(NFPM) package -f cmd/midgate/deploy/nfpm.yaml -p $$kind -t bin/packages >/dev/null || exit 1; done; done; \
	echo "packages: $$((SECONDS - start)) s"

.PHONY: chart
chart: $(HELM) $(KUBECONFORM) ## the Helm chart as one file: bin/midgate-VERSION.tgz
	@mkdir -p bin && rm -f bin/midgate-*.tgz && $(HELM) package cmd/midgate/deploy/chart -d bin --version '$(NUMBER)' --app-version '$(VERSION)' >/dev/null

# Static binaries for Linux, and what each is made of.
.PHONY: binaries
binaries: $(SBOM)
	@start=$$SECONDS; for arch in amd64 arm64; do mkdir -p bin/linux-$$arch && \
		CGO_ENABLED=0 GOOS=linux GOARCH=$$arch go build -trimpath -ldflags '$(LDFLAGS)' -o bin/linux-$$arch/midgate ./cmd/midgate && \
		$(SBOM) bin -json -noserial -output bin/linux-$$arch/midgate.cdx.json bin/linux-$$arch/midgate 2>/dev/null && \
		sed -i '/"timestamp":/d' bin/linux-$$arch/midgate.cdx.json || exit 1; done; \
	echo "binaries: $$((SECONDS - start)) s"

# Each tool is built once, into a file that has its version in its name. Helm takes ten minutes on two cores.
$(TOOLS)/%:
	@echo "building $*"; mkdir -p $(@D)/new && cd $(@D) && GOBIN=$(@D)/new nice go install -trimpath -ldflags '-s -w' $(FROM_$(firstword $(subst @, ,$*)))/$* && mv new/$(firstword $(subst @, ,$*)) $@

.PHONY: prepare
prepare: prepare-debian prepare-node ## what tests need beside Go and Node: Debian packages that are missing, npm packages of the client tests

.PHONY: prepare-debian prepare-node
prepare-debian:
	@missing=; for n in $(NEEDED); do command -v $${n%%:*} >/dev/null || missing="$$missing $${n##*:}"; done; \
	[ -z "$$missing" ] || { echo "installing$$missing"; policy=/usr/sbin/policy-rc.d; \
		[ -e $$policy ] || { printf '#!/bin/sh\nexit 101\n' >$$policy && chmod +x $$policy && trap "rm -f $$policy" EXIT; }; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; }

prepare-node:
	@for d in $(NODE_DIRS); do \
		[ "$$d/node_modules/.package-lock.json" -nt "$$d/package-lock.json" ] || \
		(cd "$$d" && npm ci --no-audit --no-fund --silent) || exit 1; done

# What tests are made of, while npm packages arrive. The race detector needs Debian's C compiler.
.PHONY: compiled
compiled: prepare-debian
	@go build -race ./...

.PHONY: lint
lint: ## golangci-lint, the walls between the packages included
	go run $(LINT) run

.PHONY: bench
bench: ## benchmarks, each with its baseline and the ratio to it
	go test -run '^$$' -bench . -timeout 60m ./...

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME (30s)
	@set -e; for p in $$(go list ./...); do for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
		echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 2s $$p; done; done

.PHONY: chaos
chaos: ## WORLDS (100000) simulated worlds, then KILLS (1000) kills of a loaded midgate at random instants and 200 repeats at another replica: what was paid is counted
	WORLDS=$(WORLDS) go test -count 1 -timeout 6h -run '^TestWorlds$$' ./adapter/jobs
	go test -race -count 1 -timeout 6h -run '^TestKills|^TestARequestAndItsRepeatAtTwoReplicas$$' ./cmd/midgate -args -kills $(KILLS) -rounds 34
