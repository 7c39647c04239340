package pictures

import (
	"maps"

	"midgate/adapter"
	"midgate/adapter/pictures/format"
)

// metadata is what was found out about stored bytes, kept beside them as a small JSON
// object. It is a memory aid: whatever is lost is found out again.
type metadata struct {
	format.Header
	Size int64 `json:"size"`
	// Digests holds the SHA-256 of what is handed out, by the ID that is written into it;
	// "" is for the bytes as they are stored.
	Digests map[string]string `json:"digests,omitempty"`
}

// maxDigests bounds Digests; a picture has one ID as a rule.
const maxDigests = 8

func (f metadata) picture(name string) adapter.Picture {
	return adapter.Picture{Name: name, Format: f.Format, Width: f.Width, Height: f.Height, Moving: f.Moving(), Size: f.Size, SHA256: f.Digests[""]}
}

// with returns the metadata with one more digest.
func (f metadata) with(id, digest string) metadata {
	d := map[string]string{id: digest}
	if len(f.Digests) < maxDigests {
		maps.Copy(d, f.Digests)
	} else if plain, ok := f.Digests[""]; ok {
		d[""] = plain
	}
	f.Digests = d
	return f
}

// metadataKey is where the metadata of an original, or of the rendition under key, is kept.
func metadataKey(name string) string { return madeFrom(name) + "original.json" }

func renditionMetadataKey(key string) string { return key + ".json" }
