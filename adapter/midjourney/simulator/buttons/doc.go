// Package buttons is which buttons the simulator's pictures have, by the kind of job, the version of the model and what
// came before, and what a press of each one means: the job it makes, and whether a dialog asks for more first.
//
// It never knows tasks or who may press, and imports nothing of ours but prompts: what the client under test believes
// about buttons is written elsewhere, so that a mistake is not shared.
package buttons
