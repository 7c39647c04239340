package deploy

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// release is all that .goreleaser.yaml says; a word that is not here is a misspelt one, or wants a check below.
type release struct {
	Version int    `yaml:"version"`
	Name    string `yaml:"project_name"`
	Before  struct {
		Hooks []string `yaml:"hooks"`
	} `yaml:"before"`
	Builds []struct {
		Main    string   `yaml:"main"`
		Env     []string `yaml:"env"`
		Goos    []string `yaml:"goos"`
		Goarch  []string `yaml:"goarch"`
		Flags   []string `yaml:"flags"`
		Ldflags []string `yaml:"ldflags"`
		Time    string   `yaml:"mod_timestamp"`
	} `yaml:"builds"`
	Archives []struct {
		Formats []string `yaml:"formats"`
		Files   []string `yaml:"files"`
	} `yaml:"archives"`
	Source struct {
		Enabled bool `yaml:"enabled"`
	} `yaml:"source"`
	Checksum struct {
		Name  string     `yaml:"name_template"`
		Extra []madeFile `yaml:"extra_files"`
	} `yaml:"checksum"`
	Sboms []struct {
		Artifacts string   `yaml:"artifacts"`
		Cmd       string   `yaml:"cmd"`
		Args      []string `yaml:"args"`
		Documents []string `yaml:"documents"`
	} `yaml:"sboms"`
	Nfpms   []parcel `yaml:"nfpms"` // compared with nfpm.yaml elsewhere
	Release struct {
		Draft bool       `yaml:"draft"`
		Extra []madeFile `yaml:"extra_files"`
	} `yaml:"release"`
}

// madeFile is what a hook has made.
type madeFile struct {
	Glob string `yaml:"glob"`
}

// released reads the file, strictly.
func released(t *testing.T) (r release) {
	t.Helper()
	if err := yaml.UnmarshalWithOptions([]byte(read(t, ".goreleaser.yaml")), &r, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if r.Version != 2 || r.Name != "midgate" || len(r.Builds) != 1 || len(r.Archives) != 1 || len(r.Sboms) != 1 {
		t.Fatalf("the release is %+v", r)
	}
	return r
}

// TestReleaseBuildsWhatIsBuilt: the program, for systems that Go knows, with what the Makefile tells its linker.
func TestReleaseBuildsWhatIsBuilt(t *testing.T) {
	b := released(t).Builds[0]
	variables := textsOf(t, filepath.Join(top, b.Main))
	flags := strings.Join(b.Ldflags, " ")
	told := map[string]string{}
	for _, x := range regexp.MustCompile(`-X (\S+?)=(\{\{.+?\}\}|\S+)`).FindAllStringSubmatch(flags, -1) {
		told[x[1]] = x[2]
		if name, inMain := strings.CutPrefix(x[1], "main."); !inMain || !slices.Contains(variables, name) {
			t.Errorf("the linker sets %s, which is no variable of %s: %v", x[1], b.Main, variables)
		}
	}
	ours := map[string]bool{}
	for _, x := range regexp.MustCompile(`-X (\S+?)=`).FindAllStringSubmatch(only(t, read(t, "Makefile"), `^LDFLAGS +:= (.*)`), -1) {
		ours[x[1]] = true
		if told[x[1]] == "" {
			t.Errorf("the Makefile sets %s, a release does not", x[1])
		}
	}
	if len(ours) != len(told) || len(told) == 0 || !strings.HasPrefix(flags, "-s -w ") || !slices.Equal(b.Env, []string{"CGO_ENABLED=0"}) || !slices.Equal(b.Flags, []string{"-trimpath"}) {
		t.Errorf("it is built with %+v", b)
	}
	out, err := exec.Command("go", "tool", "dist", "list").Output()
	if err != nil {
		t.Fatal(err)
	}
	systems := strings.Fields(string(out))
	for _, goos := range b.Goos {
		for _, arch := range b.Goarch {
			if !slices.Contains(systems, goos+"/"+arch) {
				t.Errorf("Go knows no %s/%s", goos, arch)
			}
		}
	}
	if !slices.Contains(b.Goos, "linux") || !slices.Equal(b.Goarch, []string{"amd64", "arm64"}) {
		t.Errorf("it is built for %v on %v; the packages are for Linux on amd64 and arm64", b.Goos, b.Goarch)
	}
}

// textsOf are the package-level variables of a program that the linker can set: texts.
func textsOf(t *testing.T, dir string) (names []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil || parsed.Name.Name != "main" {
			t.Fatalf("%s is of no program (%v)", file, err)
		}
		for _, d := range parsed.Decls {
			if vars, is := d.(*ast.GenDecl); is && vars.Tok == token.VAR {
				for _, spec := range vars.Specs {
					v := spec.(*ast.ValueSpec)
					if len(v.Values) != len(v.Names) {
						continue
					}
					for i, value := range v.Values {
						if text, is := value.(*ast.BasicLit); is && text.Kind == token.STRING {
							names = append(names, v.Names[i].Name)
						}
					}
				}
			}
		}
	}
	return names
}

// TestReleaseFindsWhatItNames: files of the repository, what its hook makes, and nothing twice under one name.
func TestReleaseFindsWhatItNames(t *testing.T) {
	r := released(t)
	files := slices.Clone(r.Archives[0].Files)
	for _, p := range r.Nfpms {
		for _, c := range p.Contents {
			files = append(files, c.Src)
		}
		for _, script := range p.Scripts {
			files = append(files, script.(string))
		}
	}
	if len(files) < 15 {
		t.Errorf("only %d files are named: %v", len(files), files)
	}
	for _, file := range files {
		if _, err := os.Stat(filepath.Join(top, file)); err != nil {
			t.Error(err)
		}
	}
	if !slices.Equal(r.Archives[0].Formats, []string{"tar.gz"}) || !r.Source.Enabled || r.Checksum.Name != "checksums.txt" || !r.Release.Draft {
		t.Errorf("the release is %+v", r)
	}

	// What one of each system is called differs by its system, or one would overwrite the other. Archives have it by themselves.
	s := r.Sboms[0]
	if s.Artifacts != "binary" || len(s.Documents) != 1 || !strings.Contains(s.Documents[0], "{{ .Os }}_{{ .Arch }}") ||
		!slices.Contains(s.Args, "$document") || !slices.Contains(s.Args, "$artifact") || !strings.Contains(read(t, "Makefile"), s.Cmd+"@") {
		t.Errorf("lists of what is in it come from %+v", s)
	}
	fields := []string{".Version", ".ShortCommit", ".CommitTimestamp", ".Binary", ".Os", ".Arch"} // of those that goreleaser has
	for _, used := range regexp.MustCompile(`\{\{(.*?)\}\}`).FindAllStringSubmatch(read(t, ".goreleaser.yaml"), -1) {
		if !slices.Contains(fields, strings.TrimSpace(used[1])) {
			t.Errorf("it uses %s", used[0])
		}
	}

	// The image and the chart are made before, by targets that there are, where they are looked for.
	makefile := read(t, "Makefile")
	if !slices.Equal(r.Before.Hooks, []string{"make image chart VERSION=v{{ .Version }}"}) {
		t.Errorf("before it are %q", r.Before.Hooks)
	}
	for _, target := range []string{"image", "chart"} {
		only(t, makefile, `^(`+target+`):`)
	}
	if !slices.Equal(r.Checksum.Extra, r.Release.Extra) {
		t.Errorf("%v are released, %v have checksums", r.Release.Extra, r.Checksum.Extra)
	}
	only(t, read(t, "cmd/midgate/deploy/image.sh"), `"\$bin/(midgate-image-\$arch\.tar)"$`)
	only(t, makefile, `package cmd/midgate/deploy/(chart) -d bin `)
	for _, made := range []string{"bin/midgate-image-amd64.tar", "bin/midgate-image-arm64.tar", "bin/midgate-1.2.3.tgz"} {
		n := 0
		for _, extra := range r.Release.Extra {
			if fits, err := path.Match(extra.Glob, made); err != nil {
				t.Error(err)
			} else if fits {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s is released %d times", made, n)
		}
	}
	for _, pushed := range []string{"push bin/image ", "push bin/midgate-*.tgz "} {
		if !strings.Contains(read(t, ".github/workflows/release.yml"), pushed) {
			t.Errorf("the workflow lacks %q", pushed)
		}
	}
}
