package publicnet

import (
	"fmt"
	"maps"
	"net"
	"net/netip"
	"strings"
)

// Allow lists what may be reached although it is not public. The zero value allows nothing.
type Allow struct {
	networks []netip.Prefix
	hosts    map[string]bool // in lower case, with or without a port
}

// ParseAllow reads a list of hosts (name or name:port), addresses and networks.
func ParseAllow(list []string) (Allow, error) {
	a := Allow{hosts: map[string]bool{}}
	for _, entry := range list {
		if p, err := netip.ParsePrefix(entry); err == nil {
			a.networks = append(a.networks, p.Masked())
		} else if ip, err := netip.ParseAddr(entry); err == nil {
			a.networks = append(a.networks, netip.PrefixFrom(ip, ip.BitLen()))
		} else if PlainHost(entry) {
			a.hosts[strings.ToLower(entry)] = true
		} else {
			return Allow{}, fmt.Errorf("%q is neither a host nor a network", entry)
		}
	}
	return a, nil
}

// With is the list and one more host, as name:port.
func (a Allow) With(host string) Allow {
	hosts := map[string]bool{strings.ToLower(host): true}
	maps.Copy(hosts, a.hosts)
	return Allow{networks: a.networks, hosts: hosts}
}

// host reports whether a host is allowed by its name; a transport always adds the port.
func (a Allow) host(address string) bool {
	address = strings.ToLower(address)
	host, _, _ := net.SplitHostPort(address)
	return a.hosts[host] || a.hosts[address]
}

// address reports whether an address is in an allowed network.
func (a Allow) address(ip netip.Addr) bool {
	for _, n := range a.networks {
		if n.Contains(ip.Unmap()) {
			return true
		}
	}
	return false
}

// PlainHost reports whether a text is a host with nothing but letters, digits and the marks of addresses.
func PlainHost(h string) bool {
	return h != "" && len(h) < 300 && strings.IndexFunc(h, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-_:[]", r))
	}) < 0
}
