package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// model is a Midjourney or Niji version.
type model struct {
	niji         bool
	major, minor int
}

// style is what the version adds to the dice that draw a scene.
func (m model) style() uint64 {
	style := uint64(m.major*10 + m.minor)
	if m.niji {
		style ^= 1 << 60
	}
	return style
}

// parseVersion reads "7", "6.1", "v 7" or "niji 6"; ok is false for a version that does not exist.
func parseVersion(name string) (m model, ok bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	if rest, found := strings.CutPrefix(name, "niji"); found {
		m.niji, name = true, strings.Trim(rest, " -")
	}
	name = strings.TrimSpace(strings.TrimPrefix(name, "v"))
	major, minor, _ := strings.Cut(name, ".")
	var err1, err2 error
	m.major, err1 = strconv.Atoi(major)
	if minor != "" {
		m.minor, err2 = strconv.Atoi(minor)
	}
	return m, err1 == nil && err2 == nil && m.exists()
}

func (m model) exists() bool {
	if m.niji {
		return m.minor == 0 && m.major >= 4 && m.major <= 7
	}
	switch m.major {
	case 1, 2, 3, 4, 7:
		return m.minor == 0
	case 5:
		return m.minor <= 2
	case 6:
		return m.minor <= 1
	case 8:
		return m.minor == 1 || m.minor == 2
	}
	return false
}

// String is the version as T's task shows it: "v 7", "niji 6".
func (m model) String() string {
	if m.niji {
		return "niji " + strconv.Itoa(m.major)
	}
	if m.minor == 0 {
		return "v " + strconv.Itoa(m.major)
	}
	return fmt.Sprintf("v %d.%d", m.major, m.minor)
}

// flag is the parameter Midjourney writes into the prompt it ran: "--v 7.0", "--niji 6".
func (m model) flag() string {
	if m.niji {
		return "--niji " + strconv.Itoa(m.major)
	}
	return fmt.Sprintf("--v %d.%d", m.major, m.minor)
}

// params is a prompt taken apart: leading picture addresses, text, parameters in order.
type params struct {
	images []string
	text   string
	names  []string
	values map[string][]string
}

// parsePrompt splits a prompt. Parameters begin at the first word that starts with two dashes.
func parsePrompt(prompt string) params {
	p := params{values: map[string][]string{}}
	words := strings.Fields(prompt)
	for len(words) > 0 && isLink(words[0]) {
		p.images, words = append(p.images, words[0]), words[1:]
	}
	n := 0
	for n < len(words) && !strings.HasPrefix(words[n], "--") {
		n++
	}
	p.text = strings.Join(words[:n], " ")
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

func isLink(word string) bool {
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

func (p params) has(name string) bool {
	return slices.Contains(p.names, name)
}

func (p params) value(name string) string { return strings.Join(p.values[name], " ") }

// number is a parameter's value as a number, or the fallback.
func (p params) number(name string, fallback float64) float64 {
	if n, err := strconv.ParseFloat(p.value(name), 64); err == nil {
		return n
	}
	return fallback
}

// aspect is the --ar of the prompt, 1:1 without one.
func (p params) aspect() (w, h int) {
	a, b, _ := strings.Cut(p.value("ar"), ":")
	w, err1 := strconv.Atoi(a)
	h, err2 := strconv.Atoi(b)
	if err1 != nil || err2 != nil || w <= 0 || h <= 0 {
		return 1, 1
	}
	return w, h
}

// modelOf is the version a prompt asks for; fallback when it names none or one that does not exist.
func (p params) modelOf(fallback model, nijiBot bool) model {
	if p.has("niji") {
		if m, ok := parseVersion("niji " + p.value("niji")); ok {
			return m
		}
		return model{niji: true, major: 7}
	}
	if m, ok := parseVersion(p.value("v")); ok {
		return m
	}
	if nijiBot {
		return model{niji: true, major: 7}
	}
	return fallback
}

// finalPrompt is the prompt as Midjourney ran it: the version written out, speed flags gone.
func finalPrompt(p params, m model) string {
	parts := append([]string{}, p.images...)
	if p.text != "" {
		parts = append(parts, p.text)
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
		parts = append(parts, strings.TrimSpace("--"+name+" "+p.value(name)))
	}
	return strings.Join(append(parts, m.flag()), " ")
}
