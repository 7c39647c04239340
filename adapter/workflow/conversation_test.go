package workflow_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"midgate/adapter/adaptertest/harness"

	openai "github.com/sashabaranov/go-openai"

	"midgate/adapter"
	"midgate/adapter/chat"
	"midgate/adapter/midjourney/simulator"
)

// dialogue is a conversation with the service as a client keeps it: its texts and the Markdown of the answers.
type dialogue struct {
	*harness.Harness
	said openai.ChatCompletionRequest
}

func (c *dialogue) say(t *testing.T, text string) []adapter.Image {
	t.Helper()
	c.said.Messages = append(c.said.Messages, openai.ChatCompletionMessage{Role: "user", Content: text})
	turn, err := chat.ReadTurn(c.said, chat.Options{})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Converse(t.Context(), c.Attempt("/v1/chat/completions", fmt.Sprint(len(c.said.Messages))), turn, adapter.Generation{}, nil)
	if err != nil {
		t.Fatalf("%q is refused: %v", text, err)
	}
	images := answer.Images
	if answer.Ticket != nil {
		images = c.Await(t, answer.Ticket, nil)
	}
	saying := chat.Answer{Images: images, URL: func(id string) string { return "http://h/images/" + id + ".png" }}
	if len(images) == 1 && images[0].IsGrid() {
		saying = chat.Answer{Whole: &images[0], URL: saying.URL}
	}
	c.said.Messages = append(c.said.Messages, openai.ChatCompletionMessage{Role: "assistant", Content: chat.Markdown(saying)})
	return images
}

func TestAConversationActsOnThePictureBeforeIt(t *testing.T) {
	for _, name := range harness.Buttoned {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := harness.Dialects[name]
				cfg.NoEdits = false
				c := &dialogue{Harness: harness.New(t, cfg, nil)}
				grid := c.say(t, "a red fox")
				if len(grid) != 1 || !grid[0].IsGrid() {
					t.Fatalf("the first answer shows %d pictures, want the whole grid", len(grid))
				}
				second := c.say(t, "U2")
				if second[0].ID != grid[0].Cells[1] || c.Charged() != "imagine" {
					t.Errorf("U2 is %q by %q, want the second quarter without a job", second[0].ID, c.Charged())
				}
				zoomed := c.say(t, "zoom out 2x")
				if zoomed[0].Parent != second[0].ID || c.Charged() != "imagine upscale zoom" {
					t.Errorf("zoom out 2x of %q by %q, want of the second quarter", zoomed[0].Parent, c.Charged())
				}
				snow := c.say(t, "add snow")
				if snow[0].Parent != zoomed[0].Cells[0] {
					t.Errorf("add snow changed %q, want the zoomed picture's first quarter %q", snow[0].Parent, zoomed[0].Cells[0])
				}
			})
		})
	}
}

func TestVariationsAreSaidByNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &dialogue{Harness: harness.New(t, simulator.Config{}, nil)}
		grid := c.say(t, "a red fox")[0]
		varied := c.say(t, "V3")[0]
		if varied.Parent != grid.Cells[2] || varied.Action != adapter.ActVary || !varied.IsGrid() {
			t.Errorf("V3 made %+v, want a grid of variations of the third quarter", varied)
		}
		if again := c.say(t, "reroll")[0]; again.Parent != varied.ID || again.Action != adapter.ActReroll {
			t.Errorf("reroll made %q of %q, want of the grid %q", again.Action, again.Parent, varied.ID)
		}
	})
}

// A button's name without a picture before it costs nothing: it is told what is missing, not drawn as words.
func TestAButtonWithoutAPictureIsToldAndNotDrawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		for _, words := range []string{"U2", "reroll", "zoom out 2x", "/imagine"} {
			turn, err := chat.ReadTurn(talk("user", words), chat.Options{})
			if err == nil {
				_, err = s.Converse(t.Context(), s.Attempt("/v1/chat/completions", words), turn, adapter.Generation{}, nil)
			}
			if e := harness.Refusal(t, err); e.Kind != adapter.Invalid || e.Param != "messages" {
				t.Errorf("%q = %v, want a refusal that names messages", words, err)
			}
		}
		if got := s.Charged(); got != "" {
			t.Errorf("charged: %s", got)
		}
	})
}

// talk is a conversation written as role, text, role, text …
func talk(said ...string) openai.ChatCompletionRequest {
	var req openai.ChatCompletionRequest
	for i := 0; i < len(said); i += 2 {
		req.Messages = append(req.Messages, openai.ChatCompletionMessage{Role: said[i], Content: said[i+1]})
	}
	return req
}

// More words stand before the parameters: some take all that is behind them.
func TestAgainWithMoreWordsKeepsTheParameters(t *testing.T) {
	for first, want := range map[string]string{
		"a quiet street --no cars": "a quiet street, snow --no cars",
		"a quiet street --ar 3:2":  "a quiet street, snow --ar 3:2",
		"a quiet street":           "a quiet street, snow",
	} {
		synctest.Test(t, func(t *testing.T) {
			s := harness.New(t, simulator.Config{}, nil)
			img := s.Draw(t, first, 1)[0]
			turn := chat.Turn{Way: chat.TurnAct, Action: adapter.ActReroll, Extra: "snow", Images: []string{img.ID}}
			answer, err := s.Converse(t.Context(), s.Attempt("/v1/chat/completions", "again"), turn, adapter.Generation{}, nil)
			s.Await(t, answer.Ticket, err)
			if jobs := s.Sim.Ledger(); len(jobs) != 2 || jobs[1].Prompt != want {
				t.Errorf("drawn after %q: %+v, want %q", first, jobs[len(jobs)-1].Prompt, want)
			}
		})
	}
}

// A shape that is asked for together with a change is the shape of the changed picture.
func TestAShapeWithMoreWordsIsKept(t *testing.T) {
	for words, want := range map[string]string{"make it square with a dragon": "--ar 1:1", "make it wider and add a dragon": "--ar 7:3", "make it 4:5 with a dragon": "--ar 4:5"} {
		synctest.Test(t, func(t *testing.T) {
			c := &dialogue{Harness: harness.New(t, simulator.Config{}, nil)}
			c.say(t, "a quiet street --ar 16:9")
			c.say(t, words)
			if jobs := c.Sim.Ledger(); len(jobs) != 2 || !strings.Contains(jobs[1].Prompt, "dragon") || strings.Count(jobs[1].Prompt, "--ar") != 1 || !strings.Contains(jobs[1].Prompt, want) {
				t.Errorf("%q drew %+v, want the dragon in %s", words, jobs[len(jobs)-1].Prompt, want)
			}
		})
	}
}
