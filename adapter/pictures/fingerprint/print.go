package fingerprint

// PrintEdge is how many parts to a side Light divides a picture into.
const PrintEdge = 4

const printCell = edge / PrintEdge

// Light is the mean light of the sixteen parts of a picture, row by row: candidates are found by it.
func (l *Fingerprint) Light() (parts [PrintEdge * PrintEdge]uint8) {
	for i := range parts {
		parts[i] = uint8(mean(l.luma[:], edge, i%PrintEdge*printCell, i/PrintEdge*printCell, printCell))
	}
	return parts
}

// OpaqueLight is Light of the parts in which nothing was erased, by their places.
func (l *Fingerprint) OpaqueLight() map[int]uint8 {
	all, seen := l.Light(), map[int]uint8{}
	for i, light := range all {
		if !l.holeIn(i%PrintEdge*printCell, i/PrintEdge*printCell, printCell) {
			seen[i] = light
		}
	}
	return seen
}
