// Package jsonstream writes JSON documents that have files in them, as base64. A document is never put together in memory:
// the four pictures of a grid are 20 MB of base64. Its length is known before anything is written. Answers to clients and
// requests to the upstream are both such documents.
//
// It never reads JSON, and does not know what the files are.
package jsonstream
