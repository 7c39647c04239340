package main

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// frame writes a picture that nobody has drawn here, 96 by 64 pixels.
func frame(t *testing.T) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 96, 64))
	for i := range 96 * 64 {
		img.Set(i%96, i/96, color.RGBA{uint8(i), uint8(i / 24), 90, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "frame.png")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// demonstrate starts a demo and returns the addresses of the gate and of the simulated upstream.
func demonstrate(t *testing.T) (gate, upstream string) {
	t.Helper()
	p := start(t, []string{"MIDGATE_LISTEN=127.0.0.1:0"}, "demo", "--pace", "200ms", "--pixels", "64")
	p.until(p.out, "Ctrl+C")
	urls := regexp.MustCompile(`http://[0-9.:]+`)
	return urls.FindString(p.until(p.out, "the page")), urls.FindString(p.until(p.out, "/sim/"))
}

// TestDemoMakesVideosForTheSDK does every call of the official library's videos.
func TestDemoMakesVideosForTheSDK(t *testing.T) {
	t.Parallel()
	gate, upstream := demonstrate(t)
	cmd := exec.CommandContext(t.Context(), "node", "../videos.mjs", gate+"/v1", frame(t))
	cmd.Dir, cmd.Stderr = filepath.Join("..", "..", "proxy", "testdata", "clients", "openai-7"), os.Stderr
	raw, err := cmd.Output()
	var got struct {
		Outcome map[string]struct {
			ID, Before, Status, Seconds, Size string
			From                              *string
			Error                             any
			Film, Still                       struct {
				Kind, Mark string
				Size       int
			}
		}
		Listed  []string
		Deleted struct{ Deleted bool }
		Gone    int
	}
	if err != nil || json.Unmarshal(raw, &got) != nil {
		t.Fatalf("the library: %v, %s", err, raw)
	}
	want := map[string]string{ // size, then seconds; what goes on from a still has the still's size
		"words": "1280x720 4", "own picture, by address": "64x64 4", "own picture, as its bytes": "64x64 4",
		"upload, as a file": "96x64 4", "upload, by file_id": "96x64 4", "remix": "92x52 4", "longer": "1280x720 8",
	}
	for name, shape := range want {
		v := got.Outcome[name]
		if v.Before == "completed" || v.Status != "completed" || v.Error != nil || v.Size+" "+v.Seconds != shape ||
			v.Film.Kind != "video/mp4" || v.Film.Mark != "ftyp" || v.Film.Size < 1000 || !strings.HasPrefix(v.Still.Kind, "image/") {
			t.Errorf("%s = %+v, want a finished video of %s", name, v, shape)
		}
	}
	words := got.Outcome["words"].ID
	if from := got.Outcome["remix"].From; from == nil || *from != words {
		t.Errorf("the remix is from %v, want %s", from, words)
	}
	if len(got.Listed) != len(want) || !slices.Contains(got.Listed, words) || !got.Deleted.Deleted || got.Gone != 404 {
		t.Errorf("listed %q, deleted %v, then %d; want %d, true, 404", got.Listed, got.Deleted.Deleted, got.Gone, len(want))
	}
	paidAre(t, upstream, "extend", "imagine", "imagine", "video", "video", "video", "video", "video", "video")
}

// paidAre compares the kinds of jobs that were paid, in any order; every video was one clip.
func paidAre(t *testing.T, upstream string, want ...string) {
	t.Helper()
	var paid []string
	for _, c := range charges(t, upstream) {
		paid = append(paid, c.Kind)
		if c.Kind == "video" && c.Clips != 1 {
			t.Errorf("%d clips of %q were paid, want one", c.Clips, c.Prompt)
		}
	}
	slices.Sort(paid)
	if !slices.Equal(paid, want) {
		t.Errorf("paid %q, want %q", paid, want)
	}
}

// curled is a script over the demo: $GATE is its API, $FRAME a picture. It prints one line for each video.
const curled = `
wait_for() {
	while :; do
		got=$(curl -sS "$GATE/videos/$1")
		case $got in *'"status":"completed"'*) break ;; *'"status":"failed"'*) echo "failed: $got"; exit 1 ;; esac
		sleep 0.1
	done
	curl -sS -o film.mp4 -w '%{http_code} %{content_type} ' "$GATE/videos/$1/content"
	curl -sS -o part -w '%{http_code} %{size_download} ' -r 4-7 "$GATE/videos/$1/content"
	curl -sS -o still -w '%{http_code} ' "$GATE/videos/$1/content?variant=thumbnail"
	cat part; echo
}
id() { sed 's/.*"id":"\(video_[A-Z0-9]*\)".*/\1/'; }
picture=$(curl -sS "$GATE/images/generations" -H 'Content-Type: application/json' -d '{"prompt":"a lighthouse","response_format":"url"}' | sed 's/.*"id":"\(img_[A-Z0-9]*\)".*/\1/')
videos="$videos $(curl -sS "$GATE/videos" -H 'Content-Type: application/json' -d '{"prompt":"a fox walks","seconds":"4"}' | id)"
videos="$videos $(curl -sS "$GATE/videos" -F prompt='a fox sits' | id)"
videos="$videos $(curl -sS "$GATE/videos" -H 'Content-Type: application/json' -d '{"prompt":"the beam turns","input_reference":{"file_id":"'"$picture"'"}}' | id)"
videos="$videos $(curl -sS "$GATE/images/$picture/actions" -H 'Content-Type: application/json' -d '{"action":"animate_high"}' | id)"
videos="$videos $(curl -sS "$GATE/videos" -F prompt='it waves' -F input_reference=@"$FRAME" | id)"
videos="$videos $(curl -sS "$GATE/videos" -H 'Content-Type: application/json' -d '{"prompt":"it jumps","input_reference":{"image_url":"data:image/png;base64,'"$(base64 < "$FRAME" | tr -d '\n')"'"}}' | id)"
for v in $videos; do wait_for "$v"; done
`

func TestDemoMakesVideosForCurl(t *testing.T) {
	t.Parallel()
	gate, upstream := demonstrate(t)
	sh := exec.CommandContext(t.Context(), "sh", "-e", "-c", curled)
	sh.Env, sh.Dir, sh.Stderr = append(os.Environ(), "GATE="+gate+"/v1", "FRAME="+frame(t)), t.TempDir(), os.Stderr
	out, err := sh.Output()
	if want := strings.Repeat("200 video/mp4 206 4 200 ftyp\n", 6); err != nil || string(out) != want {
		t.Errorf("the script prints\n%s%v; want\n%s", out, err, want)
	}
	paidAre(t, upstream, "imagine", "imagine", "imagine", "video", "video", "video", "video", "video", "video")
}
