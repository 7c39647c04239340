package metrics

import "sync"

const (
	// maxKeys is how many keys have series of their own.
	maxKeys = 200
	// otherKeys stands for all further ones.
	otherKeys = "other"
)

// keyLabels bounds how many names of keys there are in labels: the first ones keep theirs.
type keyLabels struct {
	mu    sync.Mutex
	known map[string]bool
}

// label is the name, or what stands for it.
func (k *keyLabels) label(name string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.known[name]:
		return name
	case len(k.known) >= maxKeys:
		return otherKeys
	case k.known == nil:
		k.known = map[string]bool{}
	}
	k.known[name] = true
	return name
}
