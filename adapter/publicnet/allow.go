package publicnet

import (
	"fmt"
	"maps"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// Allow is what is reachable although it is not public. The zero value is nothing.
type Allow struct {
	networks []netip.Prefix
	hosts    map[string]bool
}

// plainHost is a name or an address, with or without a port.
var plainHost = regexp.MustCompile(`^[A-Za-z0-9._:\[\]-]{1,299}$`)

// ParseAllow reads a list of hosts (name or name:port), addresses and networks.
func ParseAllow(list []string) (Allow, error) {
	a := Allow{hosts: map[string]bool{}}
	for _, entry := range list {
		if p, err := netip.ParsePrefix(entry); err == nil {
			a.networks = append(a.networks, p.Masked())
		} else if ip, err := netip.ParseAddr(entry); err == nil {
			a.networks = append(a.networks, netip.PrefixFrom(ip, ip.BitLen()))
		} else if plainHost.MatchString(entry) {
			a.hosts[strings.ToLower(entry)] = true
		} else {
			return Allow{}, fmt.Errorf("%q is neither a host nor a network", entry)
		}
	}
	return a, nil
}

// With also allows hosts, each with its port, whatever their names are made of.
func (a Allow) With(hostPorts ...string) Allow {
	hosts := map[string]bool{}
	maps.Copy(hosts, a.hosts)
	for _, h := range hostPorts {
		hosts[strings.ToLower(h)] = true
	}
	return Allow{networks: a.networks, hosts: hosts}
}

// host reports whether all that a name resolves to is allowed; address is host:port.
func (a Allow) host(address string) bool {
	name, _, _ := net.SplitHostPort(address) // the transport always adds a port
	return a.hosts[strings.ToLower(name)] || a.hosts[strings.ToLower(address)]
}

// network reports whether an address is in an allowed network.
func (a Allow) network(ip netip.Addr) bool {
	return slices.ContainsFunc(a.networks, func(n netip.Prefix) bool { return n.Contains(ip) })
}
