// Package sharedpoll makes many replicas poll each upstream account as one process would: the replica that holds the
// account's lease asks for everybody's tasks and tells the others. It never submits anything, and never carries a
// client's own key.
package sharedpoll
