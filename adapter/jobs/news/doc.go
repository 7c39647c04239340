// Package news is what replicas tell each other about jobs, so that those who wait for a job at one replica hear of it
// while another executes it.
//
// News wake and show; nothing is decided by them. Any may be lost: what they tell of is in the records, which are read now
// and then. Where there is one process only, nothing is told.
package news
