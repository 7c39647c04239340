// Package harness puts a whole midgate together for tests, without HTTP, on state and pictures in memory: everything runs
// inside a testing/synctest bubble. Harness works over the simulated upstream, Engine over an upstream of which a test
// decides every answer. It is used by tests alone, and decides nothing that the
// parts decide.
package harness
