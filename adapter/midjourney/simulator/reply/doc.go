// Package reply is an HTTP answer of the simulator as a value, and the ways not to give one: a connection that breaks,
// a body that ends too early, an answer that never comes. It sends one over a socket, and makes the response that a
// client without a socket receives.
//
// It never decides what is answered: it knows no dialect, no task and no fault.
package reply
