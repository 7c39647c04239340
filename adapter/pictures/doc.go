// Package pictures keeps picture and video bytes in a bucket and hands them out in
// the form that is wanted: whole or a quarter of a grid, as PNG, JPEG or WebP.
//
// Most of its processor time goes into cutting 2×2 grids, so that is the one piece
// of image code of its own, in package png: rows are cut without decoding the picture,
// and what is decoded from WebP or JPEG leaves through the same PNG writer. Package
// format knows the files: what they are, whether they are whole, decoding, encoding. Package fingerprint says whether two pictures show the same. Everything else is the standard
// library's work, which is also the judge of ours in the tests.
//
// It never asks the upstream for a picture, and knows nothing of jobs or of requests.
package pictures
