package jetstream

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

const (
	plainLimit   = 32 << 10  // larger records are compressed
	valueLimit   = 900 << 10 // of a stored value: NATS refuses messages of more than 1 MiB
	inflateLimit = 64 << 20  // of a record in memory
)

// zstdMagic begins every zstd frame; no JSON text begins with it.
var zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}

// Both are safe for concurrent use through EncodeAll and DecodeAll; their options are constants.
var (
	deflater, _ = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	inflater, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(inflateLimit))
)

// encode writes a record as JSON, compressed if that is large.
func encode(record any) ([]byte, error) {
	data, err := json.Marshal(record)
	if err != nil {
		return nil, err
	}
	if len(data) > plainLimit {
		data = deflater.EncodeAll(data, nil)
	}
	if len(data) > valueLimit {
		return nil, fmt.Errorf("the record has %d bytes, at most %d can be stored", len(data), valueLimit)
	}
	return data, nil
}

// decode reads what encode wrote.
func decode(data []byte, into any) error {
	if bytes.HasPrefix(data, zstdMagic) {
		plain, err := inflater.DecodeAll(data, nil)
		if err != nil {
			return fmt.Errorf("unpack a record: %w", err)
		}
		data = plain
	}
	return json.Unmarshal(data, into)
}
