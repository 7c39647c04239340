package config

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// secretSize is how many bytes seal and sign, and how many characters a secret must have at least.
const secretSize = 32

// WithSecret returns c with the secret that seals and signs. Unless MIDGATE_SECRET gave one it is that of
// DATA_DIR/secret, which is made at the first start, readable by its owner alone. The folder must exist and be ours.
// MIDGATE_SECRET_FILE may name such a file: replicas go on with the secret of the midgate that was alone.
func (c Config) WithSecret() (Config, error) {
	if len(c.Jobs.Secret) > 0 {
		return c, nil
	}
	path := c.SecretPath()
	s, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		s, err = makeSecret(path)
	}
	if err != nil {
		return Config{}, fmt.Errorf("the secret in MIDGATE_DATA_DIR: %w", err)
	}
	text := bytes.TrimSpace(s)
	switch {
	case len(s) == secretSize: // as earlier versions made it
	case len(text) < secretSize:
		return Config{}, fmt.Errorf("%s is damaged: it must hold %d characters or more; without the right ones, keys of unfinished jobs cannot be read", path, secretSize)
	default:
		s = sealing(string(text))
	}
	setSecret(&c, s)
	return c, nil
}

// SecretPath is the file with the secret that is used where MIDGATE_SECRET gives none.
func (c Config) SecretPath() string { return filepath.Join(c.DataDir, "secret") }

// sealing is what seals and signs, made of a secret: its digest, unless it is what DATA_DIR/secret of an earlier version
// held, bytes that are no text.
func sealing(secret string) []byte {
	if len(secret) == secretSize && strings.ContainsFunc(secret, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsPrint(r) }) {
		return []byte(secret)
	}
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// makeSecret writes a new secret under another name first: a crash leaves none rather than half of one.
func makeSecret(path string) ([]byte, error) {
	random := make([]byte, secretSize)
	_, _ = rand.Read(random) // never fails
	s := []byte(hex.EncodeToString(random))
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
