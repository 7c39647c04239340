// Package memstore is the records of pictures as the workflows and the library see them: the state, with a near cache in
// front. Follow-up actions on a fresh picture find its buttons without asking the database, and so does the answer of the
// job that made it. Entries live for ten minutes.
//
// It decides nothing and holds nothing that is not in the state: losing it costs a question to the database.
package memstore
