//go:build race

package proxy

// parkedMost is how many bytes a call may cost that waits: the race detector makes frames larger.
const parkedMost = 96 << 10
