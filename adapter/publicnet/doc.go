// Package publicnet is HTTP that reaches public addresses and what an operator allows, nothing else. Pictures that clients
// name, their webhooks, and the files that the upstream names all go through it: neither a client nor the upstream may make
// midgate look around in the network that it stands in.
//
// It never adds a key or a header, never retries, and does not know what is fetched.
package publicnet
