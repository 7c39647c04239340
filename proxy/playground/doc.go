// Package playground is the page on which a person draws, edits and animates pictures and sees what each request
// became. It uses nothing but midgate's public API, by relative URLs: it works at /, at /playground/ and below
// whatever path a reverse proxy serves midgate under.
//
// Its sources are in web; what `npm run build` makes of them is committed in dist, so that building midgate needs no Node.
package playground
