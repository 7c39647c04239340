// Package library knows a caller's pictures and files: their records, their bytes in the form that is wanted, what an
// upload is that comes back, and how a picture is given to Midjourney.
//
// It never shows an owner what is another's, except by the unguessable ID of a picture. It starts no job.
package library
