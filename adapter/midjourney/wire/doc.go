// Package wire reads the JSON of midjourney-proxy servers, who disagree about its types: a number may come as a text, a
// list as a single value, an error in one of three shapes. An Answer is what a server says to a submission; the rest are
// the pieces that tasks and buttons are read from.
//
// It never fails because of one odd field, and never judges: what a refusal comes to is in package outcomes.
package wire
