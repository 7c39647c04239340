package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"midgate/adapter/midjourney/simulator"
	"midgate/config"
)

// demo is midgate in front of a Midjourney that is simulated in the same process: no key, no settings, no costs.
func demo(ctx context.Context, p program, args []string) (err error) {
	fs := p.flags("demo")
	var sim simulator.Config
	fs.DurationVar(&sim.Pace, "pace", 4*time.Second, "how long a fast imagine takes")
	fs.IntVar(&sim.Pixels, "pixels", 1024, "edge of one picture of a grid")
	if err := parse(fs, args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "midgate-demo-")
	if err != nil {
		return fmt.Errorf("no temporary folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()

	upstream, err := startSimulator(ctx, "127.0.0.1:0", sim)
	if err != nil {
		return err
	}
	defer background(ctx, func(ctx context.Context) { _ = upstream.until(ctx) })() // the upstream outlives the drain

	cfg, err := config.Load(config.Source{Environ: demoEnviron(p.environ, upstream.url, dir), Terminal: p.terminal})
	if err != nil {
		return err
	}
	g, err := open(ctx, cfg, newLog(p.err, cfg))
	if err != nil {
		return err
	}
	defer g.close()
	invite(p.out, "http://"+reachable(g.listen.Addr().String()), upstream.url)
	return g.serve(ctx, cfg.Grace)
}

// demoEnviron is the demo's configuration. Of the environment only the address and the log's settings count.
func demoEnviron(environ []string, upstream, dir string) []string {
	own := []string{
		"MIDGATE_LISTEN=127.0.0.1:8080", "MIDGATE_UPSTREAM_URL=" + upstream, "MIDGATE_AUTH=none", "MIDGATE_DATA_DIR=" + dir,
		"MIDGATE_LOG_LEVEL=error", "MIDGATE_SHUTDOWN_GRACE=1s",
	}
	for _, e := range environ {
		switch name, value, _ := strings.Cut(e, "="); name {
		case "MIDGATE_LISTEN", "MIDGATE_LOG_LEVEL", "MIDGATE_LOG_FORMAT":
			if value != "" {
				own = append(own, e)
			}
		}
	}
	return own
}

// invitation is what a demo prints; every line that begins with "  curl" works as it stands, one after the other.
const invitation = `midgate is serving, in front of a simulated Midjourney: nothing here costs money.

  the page      GATE/   (draw, edit and look under the hood in a browser)
  the API       GATE/v1
  Midjourney    UPSTREAM/sim/   (what the simulation can do, and what it would have charged)

Four pictures of one prompt, as addresses to open in a browser:

  curl -s GATE/v1/images/generations -d '{"prompt": "a red fox in the snow", "n": 4, "response_format": "url"}'

One wide picture into a file, then changed as you say:

  curl -s GATE/v1/images/generations -d '{"prompt": "a lighthouse at night", "size": "1536x1024", "response_format": "b64_json"}' | sed 's/.*"b64_json": *"\([^"]*\)".*/\1/' | base64 -d > lighthouse.png
  curl -s GATE/v1/images/edits -F image=@lighthouse.png -F prompt='the same lighthouse in a storm' -F response_format=url

A video that begins with it; when its status is completed, its url plays in a browser:

  curl -s GATE/v1/videos -F prompt='the beam of light turns' -F input_reference=@lighthouse.png
  curl -s 'GATE/v1/videos?limit=1'

Everything that was drawn, and what each request cost:

  curl -s 'GATE/v1/images?limit=5'
  curl -s 'GATE/v1/jobs?limit=5'

Any OpenAI SDK: export OPENAI_BASE_URL=GATE/v1 OPENAI_API_KEY=anything
Ctrl+C ends the demo and removes its pictures.
`

func invite(w io.Writer, gate, upstream string) {
	_, _ = io.WriteString(w, strings.NewReplacer("GATE", gate, "UPSTREAM", upstream).Replace(invitation))
}
