package config

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// secretSize is the length of the secret in DATA_DIR/secret, in bytes.
const secretSize = 32

// WithSecret returns c with the secret that seals and signs. Unless MIDGATE_SECRET gave one it is the content of
// DATA_DIR/secret, which is made at the first start, readable by its owner alone. The folder must exist and be ours.
func (c Config) WithSecret() (Config, error) {
	if len(c.Jobs.Secret) > 0 {
		return c, nil
	}
	path := filepath.Join(c.DataDir, "secret")
	s, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		s, err = makeSecret(path)
	}
	if err != nil {
		return Config{}, fmt.Errorf("the secret in MIDGATE_DATA_DIR: %w", err)
	}
	if len(s) != secretSize {
		return Config{}, fmt.Errorf("%s is damaged: it must hold %d bytes; without the right ones, keys of unfinished jobs cannot be read", path, secretSize)
	}
	setSecret(&c, s)
	return c, nil
}

// makeSecret writes a new secret under another name first: a crash leaves none rather than half of one.
func makeSecret(path string) ([]byte, error) {
	s := make([]byte, secretSize)
	_, _ = rand.Read(s) // never fails
	half := path + ".new"
	f, err := os.OpenFile(half, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.Write(s)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	return s, os.Rename(half, path)
}
