package config

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// kind says how a setting's value is understood. An error of parse continues the sentence `NAME is "value", which …`
// and never holds the value.
type kind struct {
	allowed string // what is allowed, for messages
	parse   func(d *draft, value string) error
}

// check looks at one word of a value.
type check struct {
	allowed string
	clean   func(string) (string, error)
}

// text is a value that one check covers.
func text(c check, at func(*draft) *string) kind {
	return kind{c.allowed, func(d *draft, v string) (err error) {
		*at(d), err = c.clean(v)
		return err
	}}
}

// list is words with commas between them; "none" is the empty list.
func list(c check, at func(*draft) *[]string) kind {
	return kind{c.allowed + ", several with commas", func(d *draft, v string) error {
		words, err := split(v, c)
		*at(d) = words
		return err
	}}
}

func split(v string, c check) ([]string, error) {
	if v == "none" {
		return nil, nil
	}
	var words []string
	for part := range strings.SplitSeq(v, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		w, err := c.clean(part)
		if err != nil {
			return nil, err
		}
		words = append(words, w)
	}
	return words, nil
}

// oneOf is one of some words.
func oneOf[T ~string](at func(*draft) *T, words ...T) kind {
	names := make([]string, len(words))
	for i, w := range words {
		names[i] = string(w)
	}
	return kind{strings.Join(names, ", "), func(d *draft, v string) error {
		w := T(strings.ToLower(v))
		if !slices.Contains(words, w) {
			return errors.New("is not known")
		}
		*at(d) = w
		return nil
	}}
}

// duration is a time span from least to most; most 0 is no bound.
func duration(least, most time.Duration, at func(*draft) *time.Duration) kind {
	allowed := "a number with its unit, such as 90s, 10m or 24h"
	if least == 0 {
		allowed += ", or 0"
	}
	if most > 0 {
		allowed += ", at most " + most.String()
	}
	return kind{allowed, func(d *draft, v string) error {
		span, err := time.ParseDuration(v)
		switch {
		case err != nil:
			return errors.New("is no time span")
		case span < least || span < 0:
			return errors.New("is too short")
		case most > 0 && span > most:
			return errors.New("is too long")
		}
		*at(d) = span
		return nil
	}}
}

// count is a whole number, least or more.
func count(least int, at func(*draft) *int) kind {
	return kind{fmt.Sprintf("a whole number, %d or more", least), func(d *draft, v string) error {
		n, err := strconv.Atoi(v)
		switch {
		case err != nil:
			return errors.New("is no whole number")
		case n < least || n > math.MaxInt32:
			return errors.New("is out of range")
		}
		*at(d) = n
		return nil
	}}
}

// units of sizes; both spellings are powers of 1024.
var units = []struct {
	name  string
	bytes int64
}{{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"kb", 1 << 10}, {"mb", 1 << 20}, {"gb", 1 << 30}, {"b", 1}}

// size is a number of bytes, 1 or more.
func size(at func(*draft) *int64) kind {
	return kind{"a number of bytes, or one with KB, MB or GB (powers of 1024), such as 200MB", func(d *draft, v string) error {
		digits, unit := strings.ToLower(strings.ReplaceAll(v, " ", "")), int64(1)
		for _, u := range units {
			if rest, ok := strings.CutSuffix(digits, u.name); ok {
				digits, unit = rest, u.bytes
				break
			}
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		switch {
		case err != nil:
			return errors.New("is no size")
		case n < 1 || n > math.MaxInt64/unit:
			return errors.New("is out of range")
		}
		*at(d) = n * unit
		return nil
	}}
}

// logLevel is a level of log/slog.
var logLevel = kind{"debug, info, warn, error", func(d *draft, v string) error {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, strings.ToLower(v)) {
		return errors.New("is not known")
	}
	return d.LogLevel.UnmarshalText([]byte(v))
}}
