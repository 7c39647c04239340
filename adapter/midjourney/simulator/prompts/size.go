package prompts

import "math"

// tabled are the cells whose size is known, at 1024 for a square.
var tabled = map[[2]int][2]int{
	{1, 1}: {1024, 1024}, {16, 9}: {1456, 816}, {4, 3}: {1232, 928}, {3, 2}: {1344, 896},
}

// widest is the most extreme shape that is drawn; prompts that ask for more fail anyway.
const widest = 14.

// CellSize is a grid cell's size for an aspect ratio: about edge² pixels, both sides even.
func CellSize(arW, arH, edge int) (w, h int) {
	arW, arH = Reduce(max(arW, 1), max(arH, 1))
	if size, ok := tabled[[2]int{arW, arH}]; ok {
		return scaled(size[0], edge), scaled(size[1], edge)
	}
	if size, ok := tabled[[2]int{arH, arW}]; ok {
		return scaled(size[1], edge), scaled(size[0], edge)
	}
	ratio := math.Sqrt(min(max(float64(arW)/float64(arH), 1./widest), widest))
	return scaled(sixteenths(1024*ratio), edge), scaled(sixteenths(1024/ratio), edge)
}

// scaled brings a side at 1024 to the configured edge, even and at least 2.
func scaled(side, edge int) int { return max(2, (side*edge/1024+1)/2*2) }

func sixteenths(side float64) int { return max(16, int(math.Round(side/16))*16) }

// ShapeOf is the aspect ratio a cell of this size was made for: a tabled one, or the reduced sides.
func ShapeOf(w, h int) (arW, arH int) {
	ratio := float64(w) / float64(h)
	for shape, size := range tabled {
		wide := float64(size[0]) / float64(size[1])
		if math.Abs(ratio/wide-1) < .02 {
			return shape[0], shape[1]
		}
		if math.Abs(ratio*wide-1) < .02 {
			return shape[1], shape[0]
		}
	}
	return Reduce(w, h)
}

func Reduce(w, h int) (int, int) {
	a, b := w, h
	for b != 0 {
		a, b = b, a%b
	}
	return w / a, h / a
}
