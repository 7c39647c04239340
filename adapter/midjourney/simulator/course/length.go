package course

import (
	"encoding/binary"

	"midgate/adapter/midjourney/simulator/paint"
)

// ShareOf is a job's length relative to a fast imagine.
func ShareOf(kind string) float64 {
	switch kind {
	case "upscale", "clip":
		return 1. / 4
	case "describe", "shorten":
		return 1. / 3
	case "variation", "zoom", "pan", "square", "inpaint", "upscale_hd", "vary_subtle", "vary_strong":
		return 1. / 2
	case "video", "extend":
		return 2
	}
	return 1
}

// SpeedShare slows and hastens by speed.
func SpeedShare(speed string) float64 {
	switch speed {
	case "relax":
		return 1.5
	case "turbo":
		return .5
	}
	return 1
}

// JitterOf is a factor around 1 that only the seed decides.
func JitterOf(seed uint32, share float64) float64 {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], seed)
	unit := float64(paint.Hash(string(b[:]))) / (1 << 32)
	return 1 + share*(2*unit-1)
}
