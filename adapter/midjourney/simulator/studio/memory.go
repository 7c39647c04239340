package studio

import (
	"container/list"
	"sync"
)

// memory keeps what was made last, up to a number of bytes. Two that want the same thing make it once.
type memory[T any] struct {
	mu    sync.Mutex
	limit int
	used  int
	size  func(T) int
	items map[string]*list.Element
	order *list.List
}

type item[T any] struct {
	key   string
	once  sync.Once
	value T
	size  int
	ready bool // guarded by memory.mu
}

func newMemory[T any](limit int, size func(T) int) *memory[T] {
	return &memory[T]{limit: limit, size: size, items: map[string]*list.Element{}, order: list.New()}
}

// get returns the value of a key, making it if it is not there.
func (m *memory[T]) get(key string, produce func() T) T {
	it := m.slot(key)
	it.once.Do(func() {
		it.value = produce()
		m.settle(it)
	})
	return it.value
}

// slot is the item of a key, fresh if there was none, and now the youngest.
func (m *memory[T]) slot(key string) *item[T] {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.items[key]
	if !ok {
		e = m.order.PushFront(&item[T]{key: key})
		m.items[key] = e
	}
	m.order.MoveToFront(e)
	return e.Value.(*item[T])
}

// peek returns a value that is there already.
func (m *memory[T]) peek(key string) (value T, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.items[key]
	if !ok || !e.Value.(*item[T]).ready {
		return value, false
	}
	m.order.MoveToFront(e)
	return e.Value.(*item[T]).value, true
}

// settle books a finished item's size and drops the oldest until the limit holds again.
func (m *memory[T]) settle(it *item[T]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.items[it.key]; !ok || e.Value.(*item[T]) != it {
		return
	}
	it.ready, it.size = true, m.size(it.value)
	m.used += it.size
	for m.used > m.limit && m.order.Len() > 1 {
		last := m.order.Back()
		old := last.Value.(*item[T])
		m.used -= old.size
		m.order.Remove(last)
		delete(m.items, old.key)
	}
}
