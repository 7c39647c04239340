package config

import (
	"errors"
	"strings"

	"midgate/adapter"
	"midgate/adapter/midjourney"
	"midgate/adapter/nearest"
)

// upstreamFields are the keys of an item of the file's list of upstreams. Their values are understood as those of the
// variables: each field's kind writes into the draft's upstream.
var upstreamFields = []Setting{
	{Name: "name", kind: text(upstreamName, func(d *draft) *string { return &d.upstream.Name })},
	{Name: "url", kind: text(baseURL, func(d *draft) *string { return &d.upstream.URL })},
	{Name: "key", Secret: true, kind: text(header, func(d *draft) *string { return &d.upstream.Key })},
	{Name: "key_file", kind: text(keyFile, func(d *draft) *string { return &d.upstream.Key })},
	{Name: "auth", kind: oneOf(func(d *draft) *midjourney.Auth { return &d.upstream.Auth }, midjourney.AuthBearer, midjourney.AuthSecret, midjourney.AuthRaw)},
	{Name: "speed", kind: oneOf(func(d *draft) *adapter.Speed { return &d.upstream.Speed }, speeds...)},
	{Name: "prefixes", kind: prefixes},
	{Name: "weight", kind: count(1, func(d *draft) *int { return &d.upstream.Weight })},
	{Name: "max_in_flight", kind: count(1, func(d *draft) *int { return &d.upstream.MaxInFlight })},
}

// upstreamName ends up in picture records and metrics.
var upstreamName = check{"up to 64 letters, digits and . _ @ -", func(v string) (string, error) {
	if !keyName.MatchString(v) {
		return "", errors.New("is no plain name")
	}
	return v, nil
}}

var keyFile = check{"a file with the key", readSecret}

// upstreamField reads one key of an item.
func (in *input) upstreamField(u *midjourney.UpstreamConfig, name, at, raw string) {
	known := make([]string, 0, len(upstreamFields))
	for _, f := range upstreamFields {
		known = append(known, f.Name)
		if f.Name != name {
			continue
		}
		if raw == "" {
			return
		}
		item := &draft{upstream: *u}
		if err := f.parse(item, raw); err != nil {
			in.mistakes.value(f, at+" in "+in.file.name, raw, err)
			return
		}
		*u = item.upstream
		return
	}
	near, _ := nearest.Of(strings.ToLower(name), known)
	in.mistakes.add("%s in %s is no setting; did you mean %s?", at, in.file.name, near)
}
