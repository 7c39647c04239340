package pictures

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"midgate/adapter"
)

// made is the part of the bucket where everything lives that can be made again from
// the originals: what they are, renditions, fingerprints. Callers cannot name anything there.
const made = "made/"

const maxName = 200 // bytes

// validName reports whether a caller may store bytes under name. It is a path of
// ordinary segments: nothing that climbs, hides, or that a bucket driver keeps to itself.
func validName(name string) bool {
	if name == "" || len(name) > maxName || strings.HasPrefix(name, made) || name+"/" == made {
		return false
	}
	for _, c := range []byte(name) {
		if !isNameByte(c) && c != '/' && c != '.' {
			return false
		}
	}
	for segment := range strings.SplitSeq(name, "/") {
		if segment == "" || segment[0] == '.' || strings.HasSuffix(segment, ".attrs") || strings.HasSuffix(segment, ".tmp") {
			return false
		}
	}
	return true
}

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-'
}

// madeFrom is the folder of what is made from the original of this name. The digest
// keeps a name that is the beginning of another one apart from it, and spreads the
// folders evenly.
func madeFrom(name string) string {
	sum := sha256.Sum256([]byte(name))
	d := hex.EncodeToString(sum[:16])
	return made + d[:2] + "/" + d[2:] + "/"
}

// renditionKey is where a rendition is kept.
func renditionKey(name string, quarter int, f adapter.Format, quality, width int) string {
	if width > 0 {
		return fmt.Sprintf("%sq%d-%d-w%d.%s", madeFrom(name), quarter, quality, width, f)
	}
	if f == adapter.PNG {
		return fmt.Sprintf("%sq%d.png", madeFrom(name), quarter)
	}
	return fmt.Sprintf("%sq%d-%d.%s", madeFrom(name), quarter, quality, f)
}
