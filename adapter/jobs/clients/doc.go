// Package clients knows of a process's clients what no record says: who waits for a job at this moment, whose end is being
// waited for, and who was refused before there was a job.
//
// All of it is lost with the process, and may be: it decides when something is worth its money, never whether it was paid.
package clients
