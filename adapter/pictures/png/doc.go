// Package png reads and writes 8-bit PNGs one row at a time, cuts a grid into its quarters that way, and puts an image's
// ID into a PNG while it is read.
//
// It exists because cutting 2×2 grids is most of the processor time that pictures cost: a row is inflated, cut, and its
// halves keep their filter, in about a third of the time in which image/png decodes and encodes them, and in the memory
// of a few rows. image/png is the judge of it in the tests: the same pixels, and as strict.
//
// It never decodes a PNG of another form (palette, grey, 16 bit, interlaced): those are ErrForm, and image/png's to
// decode. It knows neither files nor buckets, only io.Reader and io.Writer.
package png
