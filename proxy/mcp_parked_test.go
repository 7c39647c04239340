//go:build !race

package proxy

// parkedMost is how many bytes a call may cost that waits.
const parkedMost = 64 << 10
