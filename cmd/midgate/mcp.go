package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"midgate/config"
	"midgate/proxy/web"
)

// agents speaks the Model Context Protocol on standard input and output: a bridge to a midgate that serves it over HTTP,
// at --url, else in this process, else in the process that has the data folder.
func agents(ctx context.Context, p program, args []string) error {
	fs := p.flags("mcp")
	address := fs.String("url", "", "a running midgate; without it, one is run here with the settings that there are")
	save := fs.String("save", "", "folder into which pictures and videos are stored in full size")
	file := fs.String("config", "", "YAML file with settings (MIDGATE_CONFIG), without --url")
	if err := parse(fs, args); err != nil {
		return err
	}
	b := &bridge{key: variable(p.environ, "MIDGATE_KEY"), save: *save, client: &http.Client{}, out: p.out, say: p.say}
	if *address != "" {
		if u, err := url.Parse(*address); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("--url is %q; allowed: the address of a running midgate, such as http://localhost:8080", *address)
		}
		b.url = toolsAt(*address)
		return b.run(ctx, p.in)
	}
	return b.runHere(ctx, p, *file)
}

// toolsAt is where a midgate's tools are; its address may end with the path, and have a query.
func toolsAt(address string) string {
	base, query, _ := strings.Cut(address, "?")
	base = strings.TrimRight(base, "/")
	if !strings.HasSuffix(base, "/mcp") {
		base = strings.TrimSuffix(base, "/v1") + "/mcp"
	}
	if query != "" {
		base += "?" + query
	}
	return base
}

// variable is an environment variable's value; the last one counts.
func variable(environ []string, name string) (value string) {
	for _, e := range environ {
		if v, ok := strings.CutPrefix(e, name+"="); ok {
			value = v
		}
	}
	return value
}

// socketName is where a midgate that was started by an agent serves others that find its data folder taken: desktop
// programs start one for each window.
const socketName = "mcp.sock"

// runHere bridges to a midgate in this process, or to the one that has the folder already.
func (b *bridge) runHere(ctx context.Context, p program, file string) error {
	cfg, err := config.Load(config.Source{Environ: append(slices.Clip(p.environ), "MIDGATE_LISTEN=127.0.0.1:0"), File: file, Terminal: p.terminal})
	if err != nil {
		return err
	}
	if b.key == "" && cfg.Proxy.Auth == web.AuthKeys {
		b.key = cfg.Proxy.Keys[0].Secret
	}
	socket := filepath.Join(cfg.DataDir, socketName)
	g, err := open(ctx, cfg, newLog(p.err, cfg))
	if locked, taken := errors.AsType[lockedDir](err); taken {
		if _, missing := os.Stat(socket); missing != nil {
			return errors.New(locked.Error() + "; say where it serves: midgate mcp --url http://HOST:PORT")
		}
		b.url = "http://localhost/mcp"
		b.client.Transport = &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		}}
		return b.run(ctx, p.in)
	}
	if err != nil {
		return err
	}
	defer g.close()
	defer b.others(ctx, g, socket)()
	b.url = "http://" + g.listen.Addr().String() + "/mcp"
	serving, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- g.serve(serving, cfg.Grace) }()
	err = b.run(ctx, p.in)
	stop()
	return errors.Join(err, <-ended)
}

// others serves the processes that find the folder taken. Without that they say so.
func (b *bridge) others(ctx context.Context, g *gate, socket string) (end func()) {
	_ = os.Remove(socket) // of a process that was killed: the folder is ours
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", socket)
	if err == nil {
		err = os.Chmod(socket, 0o600)
	}
	if err != nil {
		g.log.Warn("other agents cannot use this midgate", "error", err)
		return func() {}
	}
	server := g.face.HTTP()
	face, at := server.Handler, g.listen.Addr().String()
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = at // pictures are fetched there: nothing but midgate mcp opens a socket
		face.ServeHTTP(w, r)
	})
	return background(ctx, func(ctx context.Context) {
		go func() { _ = server.Serve(l) }() // ErrServerClosed
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
		defer cancel()
		if server.Shutdown(last) != nil {
			_ = server.Close()
		}
		_ = os.Remove(socket)
	})
}

// atEnd is how long calls under way are waited for once standard input is over.
const atEnd = 60 * time.Second
