// Package spend says what jobs cost and what a key may spend: prices by kind and speed, budgets by calendar window, and
// the arithmetic between them.
//
// It is pure: it reads no clock, keeps no balance and asks no database. What was spent is kept where jobs are kept, and
// changes in the transactions that change them.
package spend
