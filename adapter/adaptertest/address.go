package adaptertest

import (
	"fmt"
	"math/rand/v2"
	"net"
)

// Address is an address of this machine that nobody listens at, and that the system gives nobody by itself: its own choice
// begins at port 32768. What a test takes away for a while finds its place free again.
func Address() string {
	const first, last = 20000, 32000
	for {
		address := fmt.Sprintf("127.0.0.1:%d", first+rand.IntN(last-first))
		if l, err := net.Listen("tcp", address); err == nil {
			_ = l.Close() // it was only to see that it is free
			return address
		}
	}
}
