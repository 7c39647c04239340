// Package ledger keeps the books of what jobs cost: what a job holds of its key's budgets, what its steps have spent, and
// the difference that every unit of work books which changes them. The ledger is the sum of the jobs at every moment,
// whatever is killed and whatever is written twice.
//
// It decides by rows that it is given or reads in somebody else's unit: it never opens one of its own, begins no job and
// submits nothing. What things cost is adapter/spend's to say.
package ledger
