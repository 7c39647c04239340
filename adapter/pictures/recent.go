package pictures

import (
	"maps"
	"strings"
	"sync"
)

// recent keeps a bounded number of values in memory; when there are too many it drops
// any, which only costs finding one out again.
type recent[V any] struct {
	max int
	mu  sync.Mutex
	m   map[string]V
}

func newRecent[V any](max int) *recent[V] { return &recent[V]{max: max, m: map[string]V{}} }

func (c *recent[V]) get(key string) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := c.m[key]
	return v, ok
}

func (c *recent[V]) put(key string, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k := range c.m {
		if len(c.m) < c.max {
			break
		}
		delete(c.m, k)
	}
	c.m[key] = v
}

// dropFolder drops all keys under a folder.
func (c *recent[V]) dropFolder(folder string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.m, func(key string, _ V) bool { return strings.HasPrefix(key, folder) })
}
