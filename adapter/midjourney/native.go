package midjourney

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"midgate/adapter"
	"midgate/adapter/midjourney/wire"
)

// swapRoute is the one route of jobs that is not below /mj/submit/.
const swapRoute = "insight-face/swap"

// uploadInJSON is the mark of a picture as it stands in a JSON text.
var uploadInJSON = regexp.MustCompile(`"\\u0000upload:([0-9]{1,3})"`)

// native adds the members of a client's own object. A state and a notifyHook of ours follow.
func native(b *body, cmd adapter.Native) {
	members := wire.Object(cmd.Body)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if name == "state" || name == "notifyHook" {
			continue
		}
		key, err := json.Marshal(name)
		if err != nil {
			continue // a string always has JSON
		}
		b.key(string(key[1 : len(key)-1]))
		b.withPictures(members[name], cmd.Pictures)
	}
}

// withPictures adds JSON, with pictures in the places of their marks.
func (b *body) withPictures(raw json.RawMessage, pictures []adapter.Attachment) {
	from := 0
	for _, at := range uploadInJSON.FindAllSubmatchIndex(raw, -1) {
		n, err := strconv.Atoi(string(raw[at[2]:at[3]]))
		if err != nil || n >= len(pictures) {
			continue
		}
		b.Text(string(raw[from:at[0]]))
		b.attach(pictures[n])
		from = at[1]
	}
	b.Text(string(raw[from:]))
}
