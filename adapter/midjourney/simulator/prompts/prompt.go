package prompts

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Model is a Midjourney or Niji version.
type Model struct {
	Niji         bool
	Major, Minor int
}

// Style is what the version adds to the dice that draw a scene.
func (m Model) Style() uint64 {
	style := uint64(m.Major*10 + m.Minor)
	if m.Niji {
		style ^= 1 << 60
	}
	return style
}

// ParseVersion reads "7", "6.1", "v 7" or "niji 6"; ok is false for a version that does not exist.
func ParseVersion(name string) (m Model, ok bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	if rest, found := strings.CutPrefix(name, "niji"); found {
		m.Niji, name = true, strings.Trim(rest, " -")
	}
	name = strings.TrimSpace(strings.TrimPrefix(name, "v"))
	major, minor, _ := strings.Cut(name, ".")
	var err1, err2 error
	m.Major, err1 = strconv.Atoi(major)
	if minor != "" {
		m.Minor, err2 = strconv.Atoi(minor)
	}
	return m, err1 == nil && err2 == nil && m.exists()
}

func (m Model) exists() bool {
	if m.Niji {
		return m.Minor == 0 && m.Major >= 4 && m.Major <= 7
	}
	switch m.Major {
	case 1, 2, 3, 4, 7:
		return m.Minor == 0
	case 5:
		return m.Minor <= 2
	case 6:
		return m.Minor <= 1
	case 8:
		return m.Minor == 1 || m.Minor == 2
	}
	return false
}

// String is the version as T's task shows it: "v 7", "niji 6".
func (m Model) String() string {
	if m.Niji {
		return "niji " + strconv.Itoa(m.Major)
	}
	if m.Minor == 0 {
		return "v " + strconv.Itoa(m.Major)
	}
	return fmt.Sprintf("v %d.%d", m.Major, m.Minor)
}

// Flag is the parameter Midjourney writes into the prompt it ran: "--v 7.0", "--niji 6".
func (m Model) Flag() string {
	if m.Niji {
		return "--niji " + strconv.Itoa(m.Major)
	}
	return fmt.Sprintf("--v %d.%d", m.Major, m.Minor)
}

// Prompt is a prompt taken apart: leading picture addresses, text, parameters in order.
type Prompt struct {
	Images []string
	Text   string
	names  []string
	values map[string][]string
}

// Parse splits a prompt. Parameters begin at the first word that starts with two dashes.
func Parse(prompt string) Prompt {
	p := Prompt{values: map[string][]string{}}
	words := strings.Fields(prompt)
	for len(words) > 0 && IsLink(words[0]) {
		p.Images, words = append(p.Images, words[0]), words[1:]
	}
	n := 0
	for n < len(words) && !strings.HasPrefix(words[n], "--") {
		n++
	}
	p.Text = strings.Join(words[:n], " ")
	for _, word := range words[n:] {
		if name, ok := strings.CutPrefix(word, "--"); ok && name != "" {
			p.names = append(p.names, canonical(name))
			continue
		}
		if len(p.names) > 0 {
			last := p.names[len(p.names)-1]
			p.values[last] = append(p.values[last], word)
		}
	}
	return p
}

func IsLink(word string) bool {
	word = strings.TrimPrefix(strings.TrimSuffix(word, ">"), "<")
	return strings.HasPrefix(word, "http://") || strings.HasPrefix(word, "https://")
}

// canonical folds a parameter's long and short names.
func canonical(name string) string {
	name = strings.ToLower(name)
	if short, ok := shortNames[name]; ok {
		return short
	}
	return name
}

var shortNames = map[string]string{
	"version": "v", "aspect": "ar", "stylize": "s", "chaos": "c", "w": "weird",
	"quality": "q", "r": "repeat", "profile": "p", "motion": "motion",
}

func (p Prompt) Has(name string) bool {
	return slices.Contains(p.names, name)
}

func (p Prompt) Value(name string) string { return strings.Join(p.values[name], " ") }

// Number is a parameter's value as a number, or the fallback.
func (p Prompt) Number(name string, fallback float64) float64 {
	if n, err := strconv.ParseFloat(p.Value(name), 64); err == nil {
		return n
	}
	return fallback
}

// Aspect is the --ar of the prompt, 1:1 without one.
func (p Prompt) Aspect() (w, h int) {
	a, b, _ := strings.Cut(p.Value("ar"), ":")
	w, err1 := strconv.Atoi(a)
	h, err2 := strconv.Atoi(b)
	if err1 != nil || err2 != nil || w <= 0 || h <= 0 {
		return 1, 1
	}
	return w, h
}

// ModelOf is the version a prompt asks for; fallback when it names none or one that does not exist.
func (p Prompt) ModelOf(fallback Model, nijiBot bool) Model {
	if p.Has("niji") {
		if m, ok := ParseVersion("niji " + p.Value("niji")); ok {
			return m
		}
		return Model{Niji: true, Major: 7}
	}
	if m, ok := ParseVersion(p.Value("v")); ok {
		return m
	}
	if nijiBot {
		return Model{Niji: true, Major: 7}
	}
	return fallback
}

// Final is the prompt as Midjourney ran it: the version written out, speed flags gone.
func Final(p Prompt, m Model) string {
	parts := append([]string{}, p.Images...)
	if p.Text != "" {
		parts = append(parts, p.Text)
	}
	seen := map[string]bool{}
	for _, name := range p.names {
		switch name {
		case "v", "niji", "fast", "relax", "turbo", "zoom":
			continue
		}
		if seen[name] {
			continue
		}
		seen[name] = true
		parts = append(parts, strings.TrimSpace("--"+name+" "+p.Value(name)))
	}
	return strings.Join(append(parts, m.Flag()), " ")
}
