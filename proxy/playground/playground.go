package playground

import (
	"embed"
	"io/fs"
)

//go:embed dist
var dist embed.FS

// ContentSecurityPolicy goes with index.html. Everything comes from the page's own origin; data: and blob: are partial
// pictures and those that the visitor brings.
const ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
	"media-src 'self' blob:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

// Files returns the page: index.html, which must be asked for anew, and what it loads, below assets/, whose names change
// with their contents. Serve them at the root and again below playground/.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the name is a constant
	}
	return files
}
