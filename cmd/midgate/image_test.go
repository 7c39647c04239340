package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The container image cannot be built where there is no Docker engine; what can be checked without one is checked here.

// root reads a file of the repository.
func root(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// only returns what a pattern's group matches in the only place where it matches.
func only(t *testing.T, text, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)`+pattern).FindAllStringSubmatch(text, -1)
	if len(found) != 1 {
		t.Fatalf("%s matches %d times, want once", pattern, len(found))
	}
	return found[0][1]
}

func TestDockerfileBuildsWithTheGoOfTheModule(t *testing.T) {
	module := only(t, root(t, "go.mod"), `^go (\d+\.\d+)`)
	if image := only(t, root(t, "Dockerfile"), `^FROM golang:(\S+) AS build$`); image != module {
		t.Errorf("the image is built with Go %s, want the module's %s", image, module)
	}
}

func TestDockerfileMakesASmallSafeImage(t *testing.T) {
	build, last, found := strings.Cut(root(t, "Dockerfile"), "\nFROM scratch\n")
	if !found || strings.Contains(last, "FROM ") {
		t.Fatal("the last stage does not begin from scratch")
	}
	if user := only(t, last, `^USER (\S+)$`); strings.HasPrefix(user, "0") || strings.HasPrefix(user, "root") {
		t.Errorf("the image runs as %s", user)
	}
	if port := only(t, last, `^EXPOSE (\d+)$`); !strings.HasSuffix(loaded(t).Listen, ":"+port) {
		t.Errorf("the image exposes %s, but midgate listens on %s", port, loaded(t).Listen)
	}
	for _, want := range []string{
		`HEALTHCHECK .* CMD \["(/midgate)", "healthcheck"\]`, `^ENTRYPOINT \["(/midgate)"\]`, `^CMD \["(serve)"\]`,
		`^(STOPSIGNAL) SIGTERM`, `^ENV (MIDGATE_DATA_DIR)=/data TMPDIR=/data$`, `(ca-certificates\.crt) /etc/ssl/certs/`, `--chown=65532:65532 (/out/data) /data`,
	} {
		only(t, last, want)
	}
	if strings.Contains(last, "VOLUME") {
		t.Error("the image declares a volume: some platforms refuse to build it then")
	}
	for _, want := range []string{"CGO_ENABLED=0", "-trimpath", "-X main.version=${VERSION}", "-X main.commit=${COMMIT}"} {
		if !strings.Contains(build, want) {
			t.Errorf("the build lacks %s", want)
		}
	}
}
