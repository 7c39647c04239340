// Command midgate lets programs that speak OpenAI's image API draw with Midjourney, through a midjourney-proxy server.
//
// This package only wires: it loads the settings, builds the parts in one straight list (open.go), serves and drains.
// One file per command.
package main
