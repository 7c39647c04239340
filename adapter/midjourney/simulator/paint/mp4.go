package paint

import (
	"bytes"
	"encoding/binary"
	"image"

	"github.com/Eyevinn/mp4ff/mp4"
)

// The clips' length: about what Midjourney's have, with far fewer frames.
const (
	filmRate   = 12 // frames a second
	filmFrames = 60
)

// Clip is a small MP4 in which the camera moves slowly across a picture; n and motion decide where to and how fast.
// It is H.264 baseline with the index in front, so it plays in browsers while it loads. nil means it could not be made.
func Clip(img *image.RGBA, motion string, n int) []byte {
	f := newFilm(img, motion, n)
	sps, pps := f.headers()
	var samples [][]byte
	for i := range filmFrames {
		samples = append(samples, lengthPrefixed(f.frame(i)))
	}
	out, err := mux(f.w, f.h, sps, pps, samples)
	if err != nil {
		return nil
	}
	return out
}

// lengthPrefixed is a NAL unit as MP4 stores it.
func lengthPrefixed(nal []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(nal))), nal...)
}

// mux writes one video track: ftyp, moov, mdat.
func mux(w, h int, sps, pps []byte, samples [][]byte) ([]byte, error) {
	init := mp4.CreateEmptyInit()
	init.AddEmptyTrack(filmRate, "video", "und")
	init.Ftyp = mp4.NewFtyp("isom", 0x200, []string{"isom", "iso2", "avc1", "mp41"})
	moov := init.Moov
	moov.Mvex, moov.Children = nil, withoutFragments(moov.Children)
	trak := moov.Trak
	if err := trak.SetAVCDescriptor("avc1", [][]byte{sps}, [][]byte{pps}, true); err != nil {
		return nil, err
	}
	moov.Mvhd.Timescale, moov.Mvhd.Duration = filmRate, uint64(len(samples))
	trak.Tkhd.Duration, trak.Mdia.Mdhd.Duration = uint64(len(samples)), uint64(len(samples))
	trak.Tkhd.Width, trak.Tkhd.Height = mp4.Fixed32(w<<16), mp4.Fixed32(h<<16)
	offset := indexSamples(trak.Mdia.Minf.Stbl, samples)

	mdat := &mp4.MdatBox{Data: bytes.Join(samples, nil)}
	offset.ChunkOffset = []uint32{uint32(init.Ftyp.Size() + moov.Size() + mdat.HeaderSize())}
	var out bytes.Buffer
	for _, box := range []mp4.Box{init.Ftyp, moov, mdat} {
		if err := box.Encode(&out); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

// withoutFragments drops the box that says more is to come.
func withoutFragments(children []mp4.Box) []mp4.Box {
	var kept []mp4.Box
	for _, box := range children {
		if box.Type() != "mvex" {
			kept = append(kept, box)
		}
	}
	return kept
}

// indexSamples fills the sample table for one chunk whose offset the caller sets: it depends on the table's own size.
func indexSamples(table *mp4.StblBox, samples [][]byte) *mp4.StcoBox {
	table.Stts.SampleCount, table.Stts.SampleTimeDelta = []uint32{uint32(len(samples))}, []uint32{1}
	table.Stsz.SampleNumber = uint32(len(samples))
	for _, sample := range samples {
		table.Stsz.SampleSize = append(table.Stsz.SampleSize, uint32(len(sample)))
	}
	table.Stsc.Entries = []mp4.StscEntry{{FirstChunk: 1, SamplesPerChunk: uint32(len(samples)), FirstSampleNr: 1}}
	table.Stsc.SetSingleSampleDescriptionID(1)
	table.AddChild(&mp4.StssBox{SampleNumber: []uint32{1}})
	table.Stco.ChunkOffset = []uint32{0}
	return table.Stco
}
