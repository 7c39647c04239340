// Package pgtest runs PostgreSQL for tests: a cluster of its own in a temporary folder, as an ordinary user, on a free
// port of the loopback interface, ended with the tests. It needs Debian's package postgresql, of which no cluster has to
// run.
//
// It is used by tests alone, makes no tables and never touches a cluster that is not its own.
package pgtest
