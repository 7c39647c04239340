package studio

import (
	"fmt"

	"midgate/adapter/midjourney/simulator/paint"
	"midgate/adapter/midjourney/simulator/prompts"
)

// Impressions are four prompts that fit a picture's colours and shape.
func (s *Studio) Impressions(p *Picture, key string) []string {
	w, h := prompts.ShapeOf(p.W, p.H)
	color := "muted"
	if mean, ok := s.tint(key); ok {
		color = paint.NearestColour(mean)
	}
	scenes := [][]string{
		{"a lighthouse above a %s sea", "a tower on a cliff, %s sky", "waves under %s clouds", "a lonely %s coast, minimal"},
		{"a %s valley with a small house", "rolling hills in %s light", "a cottage at dawn, %s tones", "%s mountains, matte painting"},
		{"a %s balloon over hills", "an airship in a %s sky", "a quiet %s landscape from above", "drifting clouds, %s palette"},
	}[paint.Hash(key)%3]
	var found []string
	for _, text := range scenes {
		found = append(found, fmt.Sprintf(text+" --ar %d:%d", color, w, h))
	}
	return found
}
