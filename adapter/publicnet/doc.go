// Package publicnet is HTTP that reaches public addresses and an allow list, nothing else. It is for addresses that
// somebody else names: a client of the API, or an upstream. The check sits where a connection is made, on the address
// it is really made to, so that neither a name that resolves differently the second time nor a redirect gets around it.
package publicnet
