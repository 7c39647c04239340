package body

import (
	"bytes"
	"slices"
)

// isPicture looks at the first bytes: PNG, JPEG, GIF or WebP.
func isPicture(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")) || bytes.HasPrefix(head, []byte("\xff\xd8\xff")) ||
		bytes.HasPrefix(head, []byte("GIF8")) || len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP"
}

// seemsPicture is isPictureHead for all kinds of pictures, also those that are not taken.
func seemsPicture(head []byte) bool {
	if len(head) >= 12 && string(head[4:8]) == "ftyp" {
		return slices.Contains([]string{"avif", "avis", "heic", "heix", "heif", "mif1", "msf1"}, string(head[8:12]))
	}
	return isPicture(head) || bytes.HasPrefix(head, []byte("II*\x00")) || bytes.HasPrefix(head, []byte("MM\x00*"))
}
