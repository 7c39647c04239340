package config

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// The checks of single words. Their errors continue the sentence `…, which …`.
var (
	word        = check{"a name without blanks", plainWord}
	anyPath     = check{"a folder", func(v string) (string, error) { return v, nil }}
	anyFile     = check{"a file", func(v string) (string, error) { return v, nil }}
	header      = check{"a key without blanks or line breaks", plainWord}
	address     = check{"host:port, such as :8080 or 127.0.0.1:8080", listenAddress}
	baseURL     = check{"a base URL without a query, such as https://api.cometapi.com", parseBaseURL}
	databaseURL = check{"an address such as postgres://user:password@host:5432/database", parseDatabase}
	network     = check{"an address or a network, such as 10.0.0.0/8", parseNetwork}
	origin      = check{"*, none, or an origin such as https://chat.example.com", parseOrigin}

	bucketURL     = check{"a bucket URL such as s3://bucket?region=eu-central-1 or file:///absolute/folder", parseBucket}
	hostOrNetwork = check{"a host, host:port or network, such as files.lan or 10.0.0.0/8", parseHost}
)

func plainWord(v string) (string, error) {
	if strings.ContainsFunc(v, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return "", errors.New("has a blank or a line break in it")
	}
	return v, nil
}

func listenAddress(v string) (string, error) {
	_, port, err := net.SplitHostPort(v)
	if err != nil {
		return "", errors.New("is no host:port")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return "", errors.New("has no port from 0 to 65535")
	}
	return v, nil
}

// parseBaseURL cuts slashes off the end. Everything behind the host is kept: servers may live under a path.
func parseBaseURL(v string) (string, error) {
	u, err := url.Parse(v)
	switch {
	case err != nil:
		return "", errors.New("is no URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return "", errors.New("does not begin with http:// or https://")
	case u.Hostname() == "":
		return "", errors.New("names no host")
	case u.User != nil:
		return "", errors.New("has a user or password in it")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", errors.New("has a ? or # in it")
	}
	return strings.TrimRight(v, "/"), nil
}

func parseDatabase(v string) (string, error) {
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || strings.Trim(u.Path, "/") == "" {
		return "", errors.New("is no PostgreSQL address")
	}
	return v, nil
}

func parseNetwork(v string) (string, error) {
	if _, err := netip.ParsePrefix(v); err == nil {
		return v, nil
	}
	if _, err := netip.ParseAddr(v); err == nil {
		return v, nil
	}
	return "", errors.New("is no network")
}

func parseOrigin(v string) (string, error) {
	if v == "*" {
		return v, nil
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme == "" || u.Host == "" || u.Scheme+"://"+u.Host != strings.TrimRight(v, "/") {
		return "", errors.New("is no origin")
	}
	return strings.ToLower(strings.TrimRight(v, "/")), nil
}

func parseBucket(v string) (string, error) {
	u, err := url.Parse(v)
	switch {
	case err != nil || u.Scheme == "":
		return "", errors.New("is no URL")
	case u.Scheme == "file" && (u.Host != "" || !strings.HasPrefix(u.Path, "/")):
		return "", errors.New("is no absolute folder")
	}
	return v, nil
}

var plainHost = regexp.MustCompile(`^[A-Za-z0-9._:\[\]-]+$`)

func parseHost(v string) (string, error) {
	if _, err := parseNetwork(v); err == nil {
		return v, nil
	}
	if !plainHost.MatchString(v) {
		return "", errors.New("is no host or network")
	}
	if !strings.Contains(v, ":") {
		return v, nil
	}
	host, port, _ := net.SplitHostPort(v)
	if n, err := strconv.Atoi(port); host == "" || err != nil || n < 1 || n > 65535 {
		return "", errors.New("has no host or no port from 1 to 65535")
	}
	return v, nil
}
