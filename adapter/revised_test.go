package adapter

import "testing"

func TestRevisedPromptsHaveNoAddressesOfUploads(t *testing.T) {
	for name, tt := range map[string]struct{ asked, ran, want string }{
		"a plain prompt":                  {"a fox", "a fox --v 7", "a fox --v 7"},
		"a blend":                         {"", "https://cdn.test/a.png https://cdn.test/b.png --v 7 --ar 1:1", "--v 7 --ar 1:1"},
		"nothing but pictures":            {"", "https://cdn.test/a.png", ""},
		"pictures and words":              {"together", "https://cdn.test/a.png together --v 7", "together --v 7"},
		"an address that the client sent": {"https://x.test/me.png a fox", "https://cdn.test/a.png https://x.test/me.png a fox", "https://x.test/me.png a fox"},
		"a style reference":               {"a fox", "a fox --sref https://x.test/s.png", "a fox --sref https://x.test/s.png"},
	} {
		if got := (Image{Prompt: tt.asked, RevisedPrompt: tt.ran}).Revised(); got != tt.want {
			t.Errorf("%s: Revised(%q) = %q, want %q", name, tt.ran, got, tt.want)
		}
	}
}
