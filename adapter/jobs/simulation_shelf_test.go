package jobs_test

import (
	"bytes"
	"context"
	"io"
	"sync"

	"midgate/adapter"
)

// shelf keeps pictures in memory, for all processes.
type shelf struct {
	mu    sync.Mutex
	bytes map[string][]byte
}

// picture is what a task's picture looks like when it is whole.
func picture(task string) []byte { return []byte("picture of " + task + "!") }

func (s *shelf) get(name string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, ok := s.bytes[name]
	return data, ok
}

// shelfOf is a process's way to the shelf.
type shelfOf struct {
	*shelf
	p *process
}

func (s shelfOf) Save(ctx context.Context, name string, r io.Reader, _ int64) (adapter.Picture, error) {
	if err := s.p.await(); err != nil {
		return adapter.Picture{}, err
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return adapter.Picture{}, err
	}
	if !bytes.HasSuffix(data, []byte("!")) {
		return adapter.Picture{}, adapter.Errorf(adapter.Failed, "The picture's file is not whole.")
	}
	s.mu.Lock()
	s.bytes[name] = data
	s.mu.Unlock()
	return stored(name, data), s.p.await()
}

func stored(name string, data []byte) adapter.Picture {
	return adapter.Picture{Name: name, Format: adapter.PNG, Width: 64, Height: 64, Size: int64(len(data))}
}

func (s shelfOf) Receive(context.Context, io.Reader, int64) (adapter.Picture, error) {
	panic("no client sends a picture")
}

func (s shelfOf) Stat(_ context.Context, name string) (adapter.Picture, error) {
	if err := s.p.await(); err != nil {
		return adapter.Picture{}, err
	}
	data, ok := s.get(name)
	if !ok {
		return adapter.Picture{}, adapter.ErrNotFound
	}
	return stored(name, data), nil
}

func (s shelfOf) Open(_ context.Context, r adapter.Rendition) (*adapter.Blob, error) {
	if err := s.p.await(); err != nil {
		return nil, err
	}
	data, ok := s.get(r.Name)
	if !ok {
		return nil, adapter.ErrNotFound
	}
	return &adapter.Blob{ReadSeekCloser: open{bytes.NewReader(data)}, Format: adapter.PNG, Size: int64(len(data))}, nil
}

func (s shelfOf) Delete(_ context.Context, name string) error {
	if err := s.p.await(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.bytes, name)
	return nil
}

type open struct{ *bytes.Reader }

func (open) Close() error { return nil }
