package png

import (
	"image"
	"io"
)

// RowFunc is told one row of a picture: 3 bytes a pixel where all is opaque, else 4
// with alpha not multiplied in. The bytes are its own only during the call.
type RowFunc func(y int, row []byte, bpp int) error

// EachRow walks the rows of a PNG as they come; ErrForm before the first one if
// the PNG is of another form. An error of see ends the walk and is returned.
func EachRow(r io.Reader, see RowFunc) error {
	rows, err := newRows(r)
	if err != nil {
		return err
	}
	rows.see = see
	for range rows.height {
		if _, _, err := rows.next(); err != nil {
			return err
		}
	}
	return rows.finish()
}

// EachImageRow walks the rows of a decoded picture.
func EachImageRow(img image.Image, see RowFunc) error {
	bpp := 4
	if opaque(img) {
		bpp = 3
	}
	b := img.Bounds()
	row, strip := make([]byte, b.Dx()*bpp), newStrip(img)
	for y := range b.Dy() {
		strip.row(row, b.Min.Y+y, bpp)
		if err := see(y, row, bpp); err != nil {
			return err
		}
	}
	return nil
}
