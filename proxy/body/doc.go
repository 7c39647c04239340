// Package body reads a request's body, JSON or multipart, and takes the pictures out of it while they arrive: whatever
// their size, they go to a Receiver and are never held here. Read gives a Body, whose fields are read in all the ways in
// which clients write them, and refused with the parameter's name where they make no sense.
//
// It bounds what a body may cost: its bytes and their pace (limit.go), what its compression unpacks to (encoding.go), its
// values and depth (json.go), its parts and texts (multipart.go and beside it). What is no Unicode is refused (spelling.go), and a form's
// headers are read as leniently as servers do (disposition.go).
//
// It never answers a request, looks a picture up, fetches an address or knows what a route does with a field.
package body
