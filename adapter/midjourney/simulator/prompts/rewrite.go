package prompts

import "strings"

// Replace sets a parameter of a prompt, wherever it stood.
func Replace(prompt, name, value string) string {
	return Drop(prompt, name) + " --" + name + " " + value
}

// Drop is the prompt without a parameter.
func Drop(prompt, name string) string {
	if !strings.Contains(prompt, "--") {
		return prompt
	}
	p := Parse(prompt)
	parts := append([]string{}, p.Images...)
	if p.Text != "" {
		parts = append(parts, p.Text)
	}
	for _, have := range p.names {
		if have != name {
			parts = append(parts, strings.TrimSpace("--"+have+" "+p.Value(have)))
		}
	}
	return strings.Join(parts, " ")
}

func MotionOf(text string) string {
	if strings.EqualFold(text, "high") {
		return "high"
	}
	return "low"
}

// ClipsOf rounds a batch size to one that exists.
func ClipsOf(n float64) int {
	switch {
	case n >= 1 && n < 2:
		return 1
	case n >= 2 && n < 4:
		return 2
	}
	return 4
}

// Shorten are five ever shorter forms of a prompt.
func Shorten(p Prompt) []string {
	words := strings.Fields(p.Text)
	var forms []string
	for i := range 5 {
		n := max(1, len(words)*(6-i)/7)
		forms = append(forms, strings.TrimRight(strings.Join(words[:min(n, len(words))], " "), ","))
	}
	return forms
}
