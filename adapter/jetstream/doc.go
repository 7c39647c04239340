// Package jetstream keeps midgate's state on NATS JetStream: picture records, the journal of runs,
// claims and leases (style.md, "How a paid sequence survives").
//
// By default the server runs inside the process, without a port, and every acknowledged write is
// synced to disk. With Config.URL the same code uses a cluster that many replicas share.
//
// State lives in key-value buckets. Keys are our own IDs or hex digests, never a user's text; values
// are JSON, compressed when they are large. Lists are answered from a memory index that every
// replica fills from a watch of the bucket.
package jetstream

import "midgate/adapter"

var (
	_ adapter.Store   = (*Store)(nil)
	_ adapter.Journal = (*Journal)(nil)
	_ adapter.Leases  = (*Leases)(nil)
)
