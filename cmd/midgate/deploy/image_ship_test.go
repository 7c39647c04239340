//go:build ship

package deploy

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// imageConfig is the part of an image's configuration that a container is run by.
type imageConfig struct {
	Architecture, OS string
	Config           struct {
		User            string
		Env, Entrypoint []string
		Cmd             []string
		ExposedPorts    map[string]any
		Healthcheck     struct {
			Test                           []string
			Interval, Timeout, StartPeriod int64
		}
	}
}

// blob reads one of the image's parts by its digest.
func blob(t *testing.T, digest string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(*bin, "image", "blobs", strings.ReplaceAll(digest, ":", "/")))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func decoded[T any](t *testing.T, raw []byte) (v T) {
	t.Helper()
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return v
}

// image is one architecture of the built image.
type image struct {
	config imageConfig
	layers []string
}

// images reads the layout: an index of indices of manifests.
func images(t *testing.T) map[string]image {
	t.Helper()
	type index struct {
		Manifests []struct{ MediaType, Digest string }
	}
	raw, err := os.ReadFile(filepath.Join(*bin, "image", "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]image{}
	for todo := decoded[index](t, raw).Manifests; len(todo) > 0; todo = todo[1:] {
		part := blob(t, todo[0].Digest)
		if strings.Contains(todo[0].MediaType, "index") {
			todo = append(todo, decoded[index](t, part).Manifests...)
			continue
		}
		manifest := decoded[struct {
			Config struct{ Digest string }
			Layers []struct{ Digest string }
		}](t, part)
		i := image{config: decoded[imageConfig](t, blob(t, manifest.Config.Digest))}
		for _, l := range manifest.Layers {
			i.layers = append(i.layers, l.Digest)
		}
		found[i.config.Architecture] = i
	}
	return found
}

// unpacked is a machine whose root is an image.
func unpacked(t *testing.T, i image) machine {
	t.Helper()
	m := emptyMachine(t)
	for _, layer := range i.layers {
		z, err := gzip.NewReader(bytes.NewReader(blob(t, layer)))
		if err != nil {
			t.Fatal(err)
		}
		for r := tar.NewReader(z); ; {
			h, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(m.dir, h.Name)
			if h.Typeflag == tar.TypeDir {
				err = os.MkdirAll(path, 0o755)
			} else {
				var content []byte
				if content, err = io.ReadAll(r); err == nil {
					err = os.WriteFile(path, content, 0o600)
				}
			}
			if err != nil || os.Chown(path, h.Uid, h.Gid) != nil || os.Chmod(path, h.FileInfo().Mode().Perm()) != nil {
				t.Fatalf("%s cannot be unpacked: %v", h.Name, err)
			}
		}
	}
	return m
}

// TestShipImageIsWhatTheDockerfileSays: whoever has an engine and whoever has not get the same.
func TestShipImageIsWhatTheDockerfileSays(t *testing.T) {
	_, last, _ := strings.Cut(read(t, "Dockerfile"), "\nFROM scratch\n")
	both := images(t)
	if len(both) != 2 {
		t.Fatalf("the image is for %d architectures, want amd64 and arm64", len(both))
	}
	for arch, i := range both {
		c := i.config.Config
		if i.config.OS != "linux" || (arch != "amd64" && arch != "arm64") {
			t.Errorf("an image is for %s/%s", i.config.OS, arch)
		}
		for pattern, got := range map[string]string{
			`^USER (.*)$`:              c.User,
			`^ENV (.*)$`:               strings.Join(slices.DeleteFunc(c.Env, func(e string) bool { return strings.HasPrefix(e, "PATH=") }), " "),
			`^ENTRYPOINT \["(.*)"\]$`:  strings.Join(c.Entrypoint, `", "`),
			`^CMD \["(.*)"\]$`:         strings.Join(c.Cmd, `", "`),
			`^HEALTHCHECK .* CMD (.*)`: fmt.Sprintf("[%q, %q]", c.Healthcheck.Test[1], c.Healthcheck.Test[2]),
			`^HEALTHCHECK (.*) CMD`:    fmt.Sprintf("--interval=%ds --timeout=%ds --start-period=%ds", c.Healthcheck.Interval/1e9, c.Healthcheck.Timeout/1e9, c.Healthcheck.StartPeriod/1e9),
		} {
			if want := only(t, last, pattern); got != want {
				t.Errorf("%s: the image has %q, the Dockerfile %q", arch, got, want)
			}
		}
		if _, open := c.ExposedPorts[only(t, last, `^EXPOSE (\d+)$`)+"/tcp"]; !open {
			t.Errorf("%s exposes %v", arch, c.ExposedPorts)
		}
		sbom, err := os.ReadFile(filepath.Join(unpacked(t, i).dir, "midgate.cdx.json"))
		if err != nil {
			t.Fatal(err)
		}
		if parts := decoded[struct{ Components []struct{ Name string } }](t, sbom).Components; len(parts) < 50 {
			t.Errorf("%s: the SBOM has %d components", arch, len(parts))
		}
	}
	if a, b := images(t)["amd64"].layers, images(t)["arm64"].layers; slices.Equal(a, b) {
		t.Error("both architectures have the same files")
	}
}

// TestShipImageRuns: as its user, in a root that holds nothing but the image.
func TestShipImageRuns(t *testing.T) {
	i, there := images(t)[runtime.GOARCH]
	if !there {
		t.Fatalf("there is no image for this machine's %s", runtime.GOARCH)
	}
	m, c := unpacked(t, i), i.config.Config
	if c.User != "65532:65532" {
		t.Fatalf("it runs as %s", c.User)
	}
	address := free(t)
	environ := append(c.Env, "MIDGATE_LISTEN="+address, "MIDGATE_UPSTREAM_URL=http://127.0.0.1:1")
	midgate := m.start(t, 65532, 65532, environ, "http://"+address+"/healthz", append(c.Entrypoint, c.Cmd...)...)
	if out, err := m.command(t.Context(), 65532, 65532, environ, c.Healthcheck.Test[1:]...).CombinedOutput(); err != nil {
		t.Errorf("its health check fails: %v: %s", err, out)
	}
	if code := midgate.stop(t, midgate.cmd.Process.Pid); code != 0 {
		t.Errorf("it ends with %d after SIGTERM\n%s", code, &midgate.log)
	}
	if _, err := os.Stat(filepath.Join(m.dir, "data", "midgate.db")); err != nil {
		t.Errorf("it kept no state: %v", err)
	}
	if out, err := m.command(t.Context(), 65532, 65532, environ, c.Healthcheck.Test[1:]...).CombinedOutput(); err == nil {
		t.Errorf("its health check says that a stopped midgate is well: %s", out)
	}
}

// TestShipImageTrustsMozillaAlone: the certificates of whoever owns the building machine stay there.
func TestShipImageTrustsMozillaAlone(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(unpacked(t, images(t)["amd64"]).dir, "etc/ssl/certs/ca-certificates.crt"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(raw), "BEGIN CERTIFICATE"); n < 100 || !x509.NewCertPool().AppendCertsFromPEM(raw) {
		t.Fatalf("%d certificates", n)
	}
	local, err := filepath.Glob("/usr/local/share/ca-certificates/*.crt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range local {
		own, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, bytes.TrimSpace(own)) {
			t.Errorf("the image trusts %s", file)
		}
	}
}

// TestShipImageLoads: the tar of each architecture is what `docker load` reads, and has a name there.
func TestShipImageLoads(t *testing.T) {
	for _, arch := range []string{"amd64", "arm64"} {
		file := filepath.Join(*bin, "midgate-image-"+arch+".tar")
		output(t, *crane, "validate", "--tarball", file)
		list := decoded[[]struct{ RepoTags []string }](t, output(t, "tar", "-xOf", file, "manifest.json"))
		if len(list) != 1 || len(list[0].RepoTags) != 2 || list[0].RepoTags[0] != "midgate:latest" || !strings.HasPrefix(list[0].RepoTags[1], "midgate:") {
			t.Errorf("%s is loaded as %v", file, list)
		}
	}
}
