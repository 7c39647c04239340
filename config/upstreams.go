package config

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"midgate/adapter"
	"midgate/adapter/midjourney"
)

const prefixesAllowed = "speed=/path pairs with commas, such as relax=,fast=/mj-fast,turbo=/mj-turbo"

// prefixes are the upstream's path prefixes per speed.
var prefixes = kind{prefixesAllowed, func(d *draft, v string) (err error) {
	d.upstream.Prefixes, err = parsePrefixes(v)
	return err
}}

func parsePrefixes(v string) (map[adapter.Speed]string, error) {
	out := map[adapter.Speed]string{}
	for part := range strings.SplitSeq(v, ",") {
		name, p, ok := strings.Cut(strings.TrimSpace(part), "=")
		speed := adapter.Speed(strings.TrimSpace(name))
		p = strings.TrimRight(strings.TrimSpace(p), "/")
		_, twice := out[speed]
		switch {
		case !ok || !slices.Contains(speeds, speed):
			return nil, errors.New("has a part that is no speed=/path")
		case twice:
			return nil, fmt.Errorf("names %s twice", speed)
		case p != "" && (!strings.HasPrefix(p, "/") || strings.ContainsAny(p, "?# ")):
			return nil, errors.New("has a path that does not begin with / or is no plain path")
		}
		out[speed] = p
	}
	return out, nil
}

// aliases are patterns of model names: those before a "=" share the name behind it.
var aliases = kind{"patterns=model, such as dall-e-*,gpt-image-*=midjourney, or none", func(d *draft, v string) error {
	d.Workflow.Aliases = map[string]string{}
	if v == "none" {
		return nil
	}
	var open []string
	for part := range strings.SplitSeq(v, ",") {
		pattern, target, ends := strings.Cut(strings.TrimSpace(part), "=")
		pattern, target = strings.TrimSpace(pattern), strings.TrimSpace(target)
		if _, err := path.Match(pattern, ""); err != nil || pattern == "" || ends && target == "" {
			return errors.New("has a part that is no pattern or no pattern=model")
		}
		open = append(open, pattern)
		if ends {
			for _, p := range open {
				d.Workflow.Aliases[p] = target
			}
			open = nil
		}
	}
	if len(open) > 0 {
		return errors.New("ends with a pattern that has no =model")
	}
	return nil
}}

// upstreams settles the list of upstreams: the one that variables describe, or the file's.
func (d *draft) upstreams(src Source, in *input) {
	d.Workflow.DefaultSpeed = d.upstream.Speed
	d.upstream.MaxInFlight = d.Jobs.MaxInFlight
	switch {
	case len(in.file.upstreams) == 0 && d.upstream.URL != "":
		d.Midjourney.Upstreams = []midjourney.UpstreamConfig{d.upstream}
	case len(in.file.upstreams) == 0:
		if !src.NoUpstream && !in.bad("MIDGATE_UPSTREAM_URL") {
			in.mistakes.add("MIDGATE_UPSTREAM_URL is missing; allowed: %s (midgate demo needs no settings)", baseURL.allowed)
		}
	case d.given["MIDGATE_UPSTREAM_URL"] || d.given["MIDGATE_UPSTREAM_KEY"]:
		in.mistakes.add("MIDGATE_UPSTREAM_URL or MIDGATE_UPSTREAM_KEY is given beside upstreams in %s; set one of them", in.file.name)
	default:
		for i, item := range in.file.upstreams {
			d.listed(i, item, in)
		}
	}
	d.Jobs.InFlightAt = map[string]int{}
	for _, u := range d.Midjourney.Upstreams {
		d.Jobs.InFlightAt[u.Name] = u.MaxInFlight
		d.affordable(u, in)
	}
}

// affordable checks an upstream's default speed: it must be offered there, and be within the limit.
func (d *draft) affordable(u midjourney.UpstreamConfig, in *input) {
	if _, ok := u.Prefixes[u.Speed]; !ok && !in.bad("MIDGATE_UPSTREAM_PREFIXES") && !in.bad("MIDGATE_UPSTREAM_SPEED") {
		in.mistakes.add("MIDGATE_UPSTREAM_PREFIXES has no prefix for the default speed %s of upstream %q; add %s=", u.Speed, u.Name, u.Speed)
	}
	if slices.Index(speeds, u.Speed) > slices.Index(speeds, d.Workflow.SpeedLimit) && !in.bad("MIDGATE_SPEED_LIMIT") {
		in.mistakes.add("MIDGATE_SPEED_LIMIT is %q, cheaper than the default speed %s of upstream %q; allowed: that speed or a dearer one",
			d.Workflow.SpeedLimit, u.Speed, u.Name)
	}
}

// listed reads one item of the file's list. What it leaves out is as the variables say.
func (d *draft) listed(i int, item any, in *input) {
	u := d.upstream
	u.Name, u.Prefixes = "", maps.Clone(u.Prefixes)
	where := fmt.Sprintf("upstreams[%d]", i)
	fields, ok := item.(yaml.MapSlice)
	if !ok {
		in.mistakes.add("%s in %s is no mapping; allowed: name, url, key and more", where, in.file.name)
		return
	}
	for _, f := range fields {
		at := where + "." + fmt.Sprint(f.Key)
		raw, err := flat(f.Value, "=")
		if err != nil {
			in.mistakes.add("%s in %s %v", at, in.file.name, err)
			continue
		}
		in.upstreamField(&u, fmt.Sprint(f.Key), at, strings.TrimSpace(raw))
	}
	for _, other := range d.Midjourney.Upstreams {
		if other.Name == u.Name && u.Name != "" {
			in.mistakes.add("%s.name in %s is %q, which another upstream has; allowed: a name of its own", where, in.file.name, u.Name)
		}
	}
	if u.Name == "" || u.URL == "" {
		in.mistakes.add("%s in %s has no name or no url; both are needed", where, in.file.name)
	}
	d.Midjourney.Upstreams = append(d.Midjourney.Upstreams, u)
}
