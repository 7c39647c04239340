// Package sqlstore keeps midgate's state in a database: SQLite in a file of its own for one process, PostgreSQL for
// several. Both have the same tables and are asked with the same statements; what differs is in dialect.go.
//
// Everything changes in units of work (Write). With SQLite one connection writes: the units that wait together are run
// one after the other, each in a savepoint of its own, and one commit, with one sync, serves them all (sqlite.go). A
// unit that comes alone waits for nobody. With PostgreSQL every unit is a transaction (postgres.go).
//
// Times are columns of their own type in PostgreSQL and texts such as "2026-03-04 05:06:07.000000" (UTC) in SQLite,
// which sort and compare as times do and suit its date functions. JSON is kept for what is only carried along; what is
// asked for has columns. The package decides nothing about jobs.
package sqlstore
