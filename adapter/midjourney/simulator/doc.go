// Package simulator is a midjourney-proxy upstream in memory, as an http.Handler: imagine, action, modal and all the
// rest, with tasks that advance by the clock, buttons that work, pictures that can be looked at, a ledger of what was
// charged, and faults on demand. It is written from what the servers do (see ../PROTOCOL.md) and imports nothing of ours,
// so that a misunderstanding of the protocol is not shared with the client under test.
//
// A task's state is computed from the time since its submission at each request. Nothing runs in between, except
// webhooks; so a simulator works inside a testing/synctest bubble through Transport.
//
// Words in a prompt choose what goes wrong:
//
//	sim-banned      a banned word: refused at once (code 24) or failed soon, as the dialect does
//	sim-moderated   fails at 60 % because the picture is moderated
//	sim-fail        fails at half time
//	sim-fail-now    fails as soon as it starts
//	sim-cancel      is cancelled by the upstream at half time
//	sim-invalid     fails like an invalid parameter
//	sim-credits     fails because the account ran out of credits
//	sim-stuck       stays SUBMITTED for ever
//	sim-slow        takes ten times as long
//	sim-instant     is done at once
//	sim-no-image    SUCCESS comes a while before imageUrl
//	sim-no-buttons  SUCCESS without any buttons
//	sim-back        progress goes back once
//	sim-odd         an unknown status in the middle
//	sim-modal       the buttons of this picture open dialogs, as with remix on
//	sim-queue-full  refused: the queue is full
//	sim-no-account  refused: code 3, no usable account
//	sim-500         answer 500, nothing accepted
//	sim-429         answer 429, nothing accepted
//	sim-html        answer 502 with HTML, nothing accepted
//	sim-refuse      the connection breaks before anything is accepted
//	sim-garbage     accepted, but the answer is 200 with garbage
//	sim-no-id       accepted, but the answer has no task id
//	sim-drop        accepted, then the connection breaks
//	sim-hang        accepted, but the answer never comes
//
// Fail programmes the same and more for requests to come; over HTTP that is POST /sim/fail, and GET /sim/ explains
// all pages.
//
// Grids of version 7 and later are lossless WebP, older ones and single pictures PNG: a quarter cut out of a grid is
// the picture of its U button to the last bit. Config.Pixels is the edge of a square cell; a grid of 2048² pixels
// takes under a second, tests use 64.
package simulator
