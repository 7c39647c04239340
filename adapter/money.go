package adapter

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Money is an amount of US dollars in millionths: prices have up to six decimals, and sums are exact.
type Money int64

// Dollar is one US dollar.
const Dollar Money = 1_000_000

// maxMoney keeps sums far from the largest integer.
const maxMoney = 1_000_000_000 * Dollar

var (
	errNoAmount  = errors.New("is no amount of dollars, such as 0.056")
	errDecimals  = errors.New("has more than six decimals")
	errTooMuch   = errors.New("is more than a billion dollars")
	errBelowZero = errors.New("is below zero")
)

// ParseMoney reads an amount of dollars in decimal notation, such as "0.056", "$30" or "1e-3", exactly.
func ParseMoney(text string) (Money, error) {
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), "$"))
	if f, err := strconv.ParseFloat(text, 64); err != nil || math.IsNaN(f) || math.IsInf(f, 0) || strings.ContainsAny(text, "xXpP_") {
		return 0, errNoAmount
	} else if f < 0 {
		return 0, errBelowZero
	} else if f > float64(maxMoney/Dollar) {
		return 0, errTooMuch
	} else if strings.ContainsAny(text, "eE") {
		text = strconv.FormatFloat(f, 'f', -1, 64)
	}
	whole, decimals, _ := strings.Cut(strings.TrimPrefix(text, "+"), ".")
	decimals = strings.TrimRight(decimals, "0")
	if len(decimals) > 6 {
		return 0, errDecimals
	}
	n, err := strconv.ParseInt(whole+decimals+strings.Repeat("0", 6-len(decimals)), 10, 64)
	if err != nil {
		return 0, errNoAmount
	}
	return Money(n), nil
}

// String writes the amount as people do: "$0.056", "$30.00".
func (m Money) String() string {
	sign, n := "", int64(m)
	if n < 0 {
		sign, n = "-", -n
	}
	text := strings.TrimRight(fmt.Sprintf("%d.%06d", n/int64(Dollar), n%int64(Dollar)), "0")
	for len(text)-strings.IndexByte(text, '.') < 3 {
		text += "0"
	}
	return sign + "$" + text
}

// Float is the amount in dollars, for JSON and metrics. It is never added up.
func (m Money) Float() float64 { return float64(m) / float64(Dollar) }

// Amount is what some jobs cost: how many they are, and their price.
type Amount struct {
	Jobs  int   `json:"jobs,omitempty"`
	Money Money `json:"micros,omitempty"`
}

// Plus is the sum of two amounts.
func (a Amount) Plus(b Amount) Amount { return Amount{a.Jobs + b.Jobs, a.Money + b.Money} }

// Minus is their difference.
func (a Amount) Minus(b Amount) Amount { return Amount{a.Jobs - b.Jobs, a.Money - b.Money} }
