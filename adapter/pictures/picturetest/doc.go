// Package picturetest draws pictures for tests, encodes them and compares their pixels.
//
// It is used by tests alone and knows nothing of stores, jobs or upstreams.
package picturetest
