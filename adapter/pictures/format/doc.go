// Package format knows the files that pictures come in: PNG, JPEG, WebP, GIF and AVIF, and clips, MP4 and WebM. It tells
// from the bytes what they are, how large and how turned, whether they are whole and whether they would keep a decoder
// busy for long; it decodes a still picture and encodes one.
//
// It goes by the bytes, never by a name or a type that somebody claims, and holds nothing but the file it is given.
package format
