// Package intent decides what the words of a chat ask for: a new picture, one of the pictures shown, a button, a change of
// the picture shown last, a description, or nothing that costs money.
//
// It reads words and nothing else: no picture, no history beyond what was shown last, no network. What it knows of a
// language stands in languages/, one file each; the order in which the rules are asked stands in Decide.
//
// Two rules bind all others. A long description is a new picture, whatever words it holds: small talk, choices and
// buttons are recognised only where every word of the text belongs to them. And what stays short and unclear after a
// picture is asked back, because asking is free and drawing is not.
package intent
