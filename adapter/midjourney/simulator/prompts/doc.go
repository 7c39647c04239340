// Package prompts reads prompts as Midjourney does: text, picture addresses and parameters apart, which version is
// asked for, what would be refused and why, how large the pictures become, and the prompt as it is shown afterwards.
//
// It never knows tasks, pictures or the protocol, and imports nothing of ours: what the client under test believes
// about prompts is written elsewhere, so that a mistake is not shared.
package prompts
