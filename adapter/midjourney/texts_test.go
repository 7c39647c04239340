package midjourney

import (
	"slices"
	"strings"
	"testing"
)

func TestDescriptionsAreParted(t *testing.T) {
	four := []string{"a lighthouse --ar 3:2", "a tower in a storm", "a storm", "the sea"}
	for name, c := range map[string]struct {
		answer string
		want   []string
	}{
		"numbered blocks":           {"1️⃣ a lighthouse --ar 3:2\n\n2️⃣ a tower in a storm\n\n3️⃣ a storm\n\n4️⃣ the sea", four},
		"blocks of two lines":       {"1️⃣ a lighthouse\n--ar 3:2\n\n2️⃣ a tower\nin a storm\n\n3️⃣ a storm\n\n4️⃣ the sea", four},
		"blocks with blank lines":   {"1️⃣ a lighthouse\n\n--ar 3:2\n2️⃣ a tower in\n\na storm\n3️⃣ a storm\n4️⃣ the sea", four},
		"all on one line":           {"1️⃣ a lighthouse --ar 3:2 2️⃣ a tower in a storm 3️⃣ a storm 4️⃣ the sea", four},
		"without the selector":      {"1⃣ a lighthouse --ar 3:2 2⃣ a tower in a storm 3⃣ a storm 4⃣ the sea", four},
		"with points":               {"1. a lighthouse --ar 3:2\n2. a tower in a storm\n3. a storm\n4. the sea", four},
		"with points on one line":   {"1. a lighthouse --ar 3:2 2. a tower in a storm 3. a storm 4. the sea", four},
		"with brackets":             {"1) a lighthouse\r\n--ar 3:2\r\n2) a tower\r\nin a storm\r\n3) a storm\r\n4) the sea", four},
		"in bold":                   {"**1.** a lighthouse --ar 3:2\n**2.** a tower\nin a storm\n**3.** a storm\n**4.** the sea", four},
		"with wide points":          {"1．a lighthouse --ar 3:2\n2．a tower in a storm\n3．a storm\n4．the sea", four},
		"with wide brackets":        {"1）a lighthouse --ar 3:2\n2）a tower\nin a storm\n3）a storm\n4）the sea", four},
		"with their names":          {"Prompt 1: a lighthouse --ar 3:2\nPrompt 2: a tower\nin a storm\nPrompt 3: a storm\nPrompt 4: the sea", four},
		"after a heading":           {"Here are four prompts:\n\n1. a lighthouse --ar 3:2\n2. a tower in a storm\n3. a storm\n4. the sea", four},
		"lines":                     {"a lighthouse --ar 3:2\r\na tower in a storm\r\na storm\r\nthe sea", four},
		"blocks without numbers":    {"a lighthouse\n--ar 3:2\n\na tower\nin a storm\n\na storm\n\nthe sea", four},
		"a JSON list":               {`["a lighthouse --ar 3:2","a tower in a storm","a storm","the sea"]`, four},
		"a JSON list with numbers":  {`["1️⃣ a lighthouse --ar 3:2","2️⃣ a tower in a storm","3️⃣ a storm","4️⃣ the sea"]`, four},
		"a JSON list of objects":    {`[{"prompt":"a lighthouse --ar 3:2"},{"prompt":"a tower in a storm"},{"text":"a storm"},{"prompt":"the sea"}]`, four},
		"a list in an object":       {`{"prompts":["a lighthouse --ar 3:2","a tower in a storm","a storm","the sea"]}`, four},
		"with links":                {"1️⃣ a [lighthouse](<https://a.example/x>) --ar 3:2\n\n2️⃣ a tower in a storm\n\n3️⃣ a storm\n\n4️⃣ the sea", four},
		"a number within a prompt":  {"1️⃣ a sign with 2. on it\n\n2️⃣ b", []string{"a sign with 2. on it", "b"}},
		"numbers out of order":      {"1. a race with place 3. taken\n2. b", []string{"a race with place 3. taken", "b"}},
		"one prompt":                {"1️⃣ a lighthouse", []string{"a lighthouse"}},
		"one prompt without number": {"a lighthouse", []string{"a lighthouse"}},
		"nothing":                   {" \n ", nil},
	} {
		if got := texts(c.answer); !slices.Equal(got, c.want) {
			t.Errorf("%s: texts(%q) = %q, want %q", name, c.answer, got, c.want)
		}
	}
}

func TestTextsLoseTheirNumbersAndLinks(t *testing.T) {
	for answer, want := range map[string][]string{
		"1️⃣ a cat --ar 5:4\n\n2️⃣ a dog":                     {"a cat --ar 5:4", "a dog"},
		"a cat\r\na dog\r\n":                                  {"a cat", "a dog"},
		"1. one\n2) two\n3、three":                             {"one", "two", "three"},
		"by [Greg](<https://x.example/greg>) and [Ann](ann) ": {"by Greg and Ann"},
		"1️⃣   \n\n":                                          nil,
		"":                                                    nil,
	} {
		if got := texts(answer); !slices.Equal(got, want) {
			t.Errorf("texts(%q) = %q, want %q", answer, got, want)
		}
	}
	if got := texts(strings.Repeat("[", 1<<16)); len(got) != 1 {
		t.Errorf("texts(many brackets) has %d lines, want 1", len(got))
	}
}
