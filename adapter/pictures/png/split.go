package png

import (
	"fmt"
	"image"
	"io"
)

// Quarter is where quarter 1–4 lies in a picture of this size: 1 top left, 2 top
// right, 3 bottom left, 4 bottom right. An odd column or row goes to the right or the
// bottom; 0 is the whole.
func Quarter(width, height, quarter int) image.Rectangle {
	r := image.Rect(0, 0, width, height)
	if quarter == 0 {
		return r
	}
	if (quarter-1)%2 == 0 {
		r.Max.X = width / 2
	} else {
		r.Min.X = width / 2
	}
	if quarter <= 2 {
		r.Max.Y = height / 2
	} else {
		r.Min.Y = height / 2
	}
	return r
}

// SplitQuarters cuts the PNG that src yields into its quarters, written to dst[0] to dst[3],
// without ever holding the picture: a row is inflated, cut, and its halves keep its
// filter. see is told every row of the whole, and may be nil. ErrForm, before anything
// is written, if the PNG is of another form.
func SplitQuarters(src io.Reader, dst [4]io.Writer, see RowFunc) error {
	rows, err := newRows(src)
	if err != nil {
		return err
	}
	if rows.width < 2 || rows.height < 2 {
		return ErrForm
	}
	rows.see = see
	half := rows.height / 2
	if err := splitRows(rows, half, dst[0], dst[1]); err != nil {
		return fmt.Errorf("upper half: %w", err)
	}
	if err := splitRows(rows, rows.height-half, dst[2], dst[3]); err != nil {
		return fmt.Errorf("lower half: %w", err)
	}
	return rows.finish()
}

// splitRows cuts the next rows into a left and a right tile.
func splitRows(rows *rows, height int, left, right io.Writer) error {
	cut := rows.width / 2
	l, err := NewWriter(left, cut, height, rows.bpp)
	if err != nil {
		return err
	}
	r, err := NewWriter(right, rows.width-cut, height, rows.bpp)
	if err != nil {
		return err
	}
	at := cut * rows.bpp
	bufL, bufR := make([]byte, 1+at), make([]byte, 1+rows.width*rows.bpp-at)
	for y := range height {
		filter, filtered, err := rows.next()
		if err != nil {
			return err
		}
		if y == 0 {
			firstRow(bufL, rows.pixels[:at], rows.bpp)
			firstRow(bufR, rows.pixels[at:], rows.bpp)
		} else {
			bufL[0], bufR[0] = filter, filter
			copy(bufL[1:], filtered[:at])
			copy(bufR[1:], filtered[at:])
			firstPixel(bufR, rows.pixels[at:], rows.above[at:], rows.bpp)
		}
		if err := l.writeFiltered(bufL); err != nil {
			return err
		}
		if err := r.writeFiltered(bufR); err != nil {
			return err
		}
	}
	if err := l.Close(); err != nil {
		return err
	}
	return r.Close()
}

// firstRow filters a tile's first row anew: in the source it may have leant on a row
// that the tile does not have.
func firstRow(dst, pixels []byte, bpp int) {
	dst[0] = filterSub
	filterRow(filterSub, dst[1:], pixels, nil, bpp)
}

// firstPixel filters a right tile's first pixel anew: its left neighbour is gone,
// which a reader takes for zero.
func firstPixel(dst, pixels, above []byte, bpp int) {
	filterRow(dst[0], dst[1:1+bpp], pixels[:bpp], above[:bpp], bpp)
}
