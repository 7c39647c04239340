// Package buttons reads the buttons of a finished task, in whatever form a server sends them, and names the action of
// each that it knows: by its customId, else by its label, its emoji or its place among the others.
//
// It never presses one, and never invents one: a button without a customId cannot be pressed and is left out.
package buttons
