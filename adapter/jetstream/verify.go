package jetstream

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/minio/highwayhash"
)

// verify reads the whole state of an embedded server before it is started, because the server repairs what it finds
// damaged by cutting off everything behind it, acknowledged or not. Only a last record whose writing was interrupted
// is fine: nobody was told that it is stored. torn names the files that end with one.
func verify(dir string) (torn []string, err error) {
	streams := filepath.Join(dir, "jetstream", "$G", "streams")
	entries, err := os.ReadDir(streams)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if !entry.IsDir() || strings.HasPrefix(entry.Name(), ".") { // a dot marks what is being deleted
			continue
		}
		cut, err := verifyStream(filepath.Join(streams, entry.Name()), entry.Name())
		if err != nil {
			return nil, err
		}
		if cut != "" {
			torn = append(torn, cut)
		}
	}
	return torn, nil
}

// damage is the one sentence about a damaged file.
func damage(file, what string) error {
	return fmt.Errorf("the stored state is damaged: %s %s; restore the folder from a copy, or move it away to begin without it", file, what)
}

func verifyStream(dir, name string) (torn string, err error) {
	blocks, err := blocksOf(filepath.Join(dir, "msgs"))
	if err != nil {
		return "", err
	}
	if err := verifyMeta(dir, name, len(blocks) > 0); err != nil {
		return "", err
	}
	for i, b := range blocks {
		data, err := os.ReadFile(b.file)
		if err != nil {
			return "", err
		}
		at, found := scan(data, newChecker(name, b.index))
		if found == unfinished && i == len(blocks)-1 {
			return b.file, nil
		}
		if found != sound {
			return "", damage(b.file, fmt.Sprintf("cannot be read from byte %d on", at))
		}
	}
	return "", nil
}

type blockFile struct {
	file  string
	index int
}

// blocksOf lists the files with a stream's records, oldest first.
func blocksOf(dir string) ([]blockFile, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var blocks []blockFile
	for _, entry := range entries {
		number, is := strings.CutSuffix(entry.Name(), ".blk")
		index, err := strconv.Atoi(number)
		if is && err == nil {
			blocks = append(blocks, blockFile{filepath.Join(dir, entry.Name()), index})
		}
	}
	slices.SortFunc(blocks, func(a, b blockFile) int { return cmp.Compare(a.index, b.index) })
	return blocks, nil
}

// verifyMeta makes sure that the server will recognise a stream: one without a description that it believes is left
// out without an error, with all its records. A checksum that a crash left behind its file is written anew.
func verifyMeta(dir, name string, records bool) error {
	meta, sum := filepath.Join(dir, "meta.inf"), filepath.Join(dir, "meta.sum")
	data, err := os.ReadFile(meta)
	if errors.Is(err, fs.ErrNotExist) && !records {
		return nil // its making was interrupted
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var described struct {
		Name string `json:"name"`
	}
	if json.Unmarshal(data, &described) != nil || described.Name != name {
		return damage(meta, "cannot be read")
	}
	key := sha256.Sum256([]byte(name))
	hash, err := highwayhash.New64(key[:])
	if err != nil {
		return err
	}
	_, _ = hash.Write(data) // a hash never fails
	want := hex.EncodeToString(hash.Sum(nil))
	if got, err := os.ReadFile(sum); err == nil && string(got) == want {
		return nil
	}
	return os.WriteFile(sum, []byte(want), 0o600)
}
