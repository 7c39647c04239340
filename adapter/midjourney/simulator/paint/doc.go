// Package paint draws the simulator's pictures: landscapes from the words of a prompt, the same for the same words and
// seed, and clips in which the camera moves across one. A Scene has no pixels until it is drawn, at any size and
// through any Frame, which is what zoom and pan need; the layers put pictures into pictures.
//
// It never knows tasks, prompts' parameters or the protocol, and keeps nothing: the simulator remembers what was drawn.
package paint
