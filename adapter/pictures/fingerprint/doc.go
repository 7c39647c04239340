// Package fingerprint says whether two pictures show the same, whatever was done to their files: it averages a picture
// into a thumbnail of 64×64 cells, and compares those. A perceptual hash and a coarser thumbnail find candidates among
// many. ../RECOGNITION.md has the measurements behind the thresholds.
//
// It never reads files, and never decides which of several pictures that show the same is meant: Recogniser does, in
// package pictures.
package fingerprint
