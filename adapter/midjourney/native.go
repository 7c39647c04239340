package midjourney

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"midgate/adapter"
)

// swapRoute is the one route of jobs that is not below /mj/submit/ (upstream-protocol.md §1.1 row 14).
const swapRoute = "insight-face/swap"

// uploadInJSON is the mark of a picture as it stands in a JSON text.
var uploadInJSON = regexp.MustCompile(`"\\u0000upload:([0-9]{1,3})"`)

// native adds the members of a client's own object; hooked reports whether a notifyHook is among them.
func native(b *body, cmd adapter.Native) (hooked bool) {
	members := object(cmd.Body)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if name == "state" {
			continue // one of ours follows
		}
		key, err := json.Marshal(name)
		if err != nil {
			continue // a string always has JSON
		}
		hooked = hooked || name == "notifyHook"
		b.key(string(key[1 : len(key)-1]))
		b.withPictures(members[name], cmd.Pictures)
	}
	return hooked
}

// withPictures adds JSON, with pictures in the places of their marks.
func (b *body) withPictures(raw json.RawMessage, pictures []adapter.Attachment) {
	from := 0
	for _, at := range uploadInJSON.FindAllSubmatchIndex(raw, -1) {
		n, err := strconv.Atoi(string(raw[at[2]:at[3]]))
		if err != nil || n >= len(pictures) {
			continue
		}
		b.literal(raw[from:at[0]])
		b.attach(pictures[n])
		from = at[1]
	}
	b.literal(raw[from:])
}
