// Package prompt is Midjourney's prompt language: it reads what a client wrote, refuses what Midjourney would not
// understand or what would start jobs that nobody asked for, and writes the prompt that is submitted.
//
// It is pure: the same request gives the same prompt. It never sends anything, and never guesses: a parameter that cannot
// be honoured is refused by its name.
package prompt
