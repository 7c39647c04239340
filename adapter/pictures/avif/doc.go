// Package avif decodes AVIF pictures, which some servers hand out in place of the PNG or WebP that Midjourney made.
//
// The decoder is libavif as a WebAssembly module (LICENSE.decode says whose), run by wazero: no C library is needed, and
// broken bytes cannot harm the process. It is compiled when the first such picture comes. The package knows nothing of
// what the pictures are for.
package avif
