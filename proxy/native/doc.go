// Package native serves the upstream's own API, /mj/…, on what midgate knows: the same paths, codes and tasks as a
// midjourney-proxy server has, for programs that speak to one.
//
// Every address in its answers is one of midgate's own. What fails is told in the relays' words (routes.go). It never
// speaks to an upstream itself, but through its Natives and Jobs; a client's own webhook (webhook.go) is reached at public
// addresses only.
package native
