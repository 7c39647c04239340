// Package nearest finds what was meant by a name with typing mistakes. It knows nothing of what the names are for.
package nearest
