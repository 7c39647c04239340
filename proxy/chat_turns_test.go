package proxy

import (
	"regexp"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// turn is one of a long conversation.
type turn struct {
	say   string
	pays  string // kinds of what is charged, in order
	shows string // "": no picture; "=G1.2": that one; "G2<G1.2": a new one, to be called G2, made from it
}

// story checks a conversation turn by turn: the picture that each acts on, and what it pays.
type story struct {
	parley
	names map[string]string
}

var quarterLink = regexp.MustCompile(`\[U([1-4])\]\([^)]*/images/(img_[A-Z2-7]{26})\.`)

func (s *story) tell(t *testing.T, turns []turn) {
	t.Helper()
	for i, step := range turns {
		before := len(s.h.sim.Ledger())
		answer := s.say(t, step.say)
		var paid []string
		for _, c := range s.h.sim.Ledger()[before:] {
			paid = append(paid, c.Kind)
		}
		if got := strings.Join(paid, " "); got != step.pays {
			t.Fatalf("turn %d, %q pays %q, want %q: %s", i+1, step.say, got, step.pays, answer)
		}
		name, from, made := strings.Cut(step.shows, "<")
		switch {
		case step.shows == "":
			if pictureLink.MatchString(answer) {
				t.Fatalf("turn %d, %q shows a picture: %s", i+1, step.say, answer)
			}
		case !made:
			if want := s.names[strings.TrimPrefix(name, "=")]; shownIn(t, answer) != want {
				t.Fatalf("turn %d, %q shows %s, want %s (%s)", i+1, step.say, shownIn(t, answer), want, name)
			}
		default:
			id := shownIn(t, answer)
			parent := s.h.image(t, id).Parent
			if (parent == nil) != (from == "") || parent != nil && *parent != s.names[from] {
				t.Fatalf("turn %d, %q is made from %v, want %s (%q)", i+1, step.say, parent, s.names[from], from)
			}
			s.names[name] = id
			for _, m := range quarterLink.FindAllStringSubmatch(answer, -1) {
				s.names[name+"."+m[1]] = m[2]
			}
		}
	}
}

// A person's conversation of twenty turns acts on the right picture at each of them, and pays for pictures only.
func TestChat_TwentyTurnsActOnTheRightPicture(t *testing.T) {
	for language, turns := range map[string][]turn{
		"German": {
			{"Hallo!", "", ""},
			{"ein roter Fuchs im Schnee", "imagine", "A<"},
			{"das zweite", "", "=A.2"},
			{"Danke, gefällt mir sehr!", "", ""},
			{"Mach den Himmel grün", "edits", "B<A.2"},
			{"Was kostet das eigentlich?", "", ""},
			{"das dritte bitte", "", "=B.3"},
			{"rückgängig", "", "=B"},
			{"nein, doch das vierte", "", "=B.4"},
			{"mit einem Mond am Himmel", "edits", "C<B.4"},
			{"Nummer 1", "", "=C.1"},
			{"Was ist auf dem Bild zu sehen?", "describe", ""},
			{"zeig mir alle vier", "", "=C"},
			{"V2", "variation", "D<C.2"},
			{"ein Leuchtturm im Sturm, dramatisches Licht", "imagine", "E<"},
			{"zurück zum vorigen", "", "=D"},
			{"unten rechts", "", "=D.4"},
			{"zoome raus", "upscale zoom", "F<D.4"},
			{"mach aus dem ersten ein Video", "video", ""},
			{"super, vielen Dank!", "", ""},
		},
		"Chinese": {
			{"你好", "", ""},
			{"雪地里的一只红狐狸", "imagine", "A<"},
			{"第二张", "", "=A.2"},
			{"谢谢，我很喜欢！", "", ""},
			{"把天空变成绿色", "edits", "B<A.2"},
			{"刚才花了多少钱？", "", ""},
			{"第3张", "", "=B.3"},
			{"撤销", "", "=B"},
			{"我选第四张", "", "=B.4"},
			{"加一个月亮", "edits", "C<B.4"},
			{"一号", "", "=C.1"},
			{"图里有什么？", "describe", ""},
			{"给我看那四张", "", "=C"},
			{"V2", "variation", "D<C.2"},
			{"暴风雨中的灯塔，戏剧性的光线，巨浪", "imagine", "E<"},
			{"回到上一张", "", "=D"},
			{"右下角那张", "", "=D.4"},
			{"镜头拉远", "upscale zoom", "F<D.4"},
			{"把第一张做成视频", "video", ""},
			{"太棒了，非常感谢！", "", ""},
		},
		"Spanish": {
			{"¡Hola!", "", ""},
			{"un zorro rojo en la nieve", "imagine", "A<"},
			{"la segunda", "", "=A.2"},
			{"Gracias, me encanta", "", ""},
			{"haz el cielo verde", "edits", "B<A.2"},
			{"¿Cuánto me costó?", "", ""},
			{"la tercera por favor", "", "=B.3"},
			{"deshacer", "", "=B"},
			{"me quedo con la cuarta", "", "=B.4"},
			{"con una luna en el cielo", "edits", "C<B.4"},
			{"número 1", "", "=C.1"},
			{"¿Qué hay en la imagen?", "describe", ""},
			{"muéstrame las cuatro", "", "=C"},
			{"V2", "variation", "D<C.2"},
			{"un faro en la tormenta, luz dramática", "imagine", "E<"},
			{"vuelve a la anterior", "", "=D"},
			{"abajo a la derecha", "", "=D.4"},
			{"aleja la cámara", "upscale zoom", "F<D.4"},
			{"convierte la primera en un vídeo", "video", ""},
			{"¡Qué bonito, muchas gracias!", "", ""},
		},
	} {
		t.Run(language, func(t *testing.T) {
			if len(turns) < 20 {
				t.Fatalf("%d turns, want twenty", len(turns))
			}
			s := &story{parley: parley{h: newHouse(t, simulator.Config{})}, names: map[string]string{}}
			s.tell(t, turns)
		})
	}
}

// Shapes, undone changes, and words that go on from a button.
func TestChat_ButtonsInWordsPressTheirButtons(t *testing.T) {
	s := &story{parley: parley{h: newHouse(t, simulator.Config{})}, names: map[string]string{}}
	s.tell(t, []turn{
		{"a red fox", "imagine", "A<"},
		{"U2", "", "=A.2"},
		{"wider", "upscale zoom", "B<A.2"},
		{"undo", "", "=A.2"},
		{"make it 16:9", "zoom", "C<A.2"},
		{"go back", "", "=A.2"},
		{"go back", "", "=A"},
		{"V3 but with snow", "edits", "D<A.3"},
		{"undo", "", "=A"},
		{"again, but at night", "imagine", "E<"},
		{"again", "reroll", "F<E"},
		{"the second one with a hat", "edits", "G<F.2"},
		{"left one", "", ""},
		{"blue hat", "", ""},
		{"as a cartoon", "edits", "H<G.1"},
		{"2", "", "=H.2"},
		{"animate it", "video", ""},
		{"longer", "extend", ""},
		{"back to the picture", "", "=H.2"},
	})
	ledger := s.h.sim.Ledger()
	for i, want := range map[int]string{2: "--ar 3:2", 3: "--ar 16:9", 5: "a red fox, at night"} {
		if !strings.Contains(ledger[i].Prompt, want) {
			t.Errorf("charge %d is %q, want %q in it", i, ledger[i].Prompt, want)
		}
	}
}

// What stands beside a choice, a shape or a button is wished, too; what cannot be done beside it is asked back, unpaid.
func TestChat_WhatStandsBesideAChoiceIsWished(t *testing.T) {
	s := &story{parley: parley{h: newHouse(t, simulator.Config{})}, names: map[string]string{}}
	s.tell(t, []turn{
		{"a red fox", "imagine", "A<"},
		{"what prompt did you use?", "", ""},
		{"2, at night", "edits", "B<A.2"},
		{"undo", "", "=A"},
		{"in watercolor style, 16:9", "edits", "C<A.1"},
		{"undo", "", "=A"},
		{"make it blue --ar 9:16", "edits", "D<A.1"},
		{"go back to the first picture", "", "=A"},
		{"thanks --ar 3:2", "", ""},
		{"V2 --stylize 5", "", ""},
		{"U2 --no hat", "", ""},
		{"make 1 and 3 darker", "", ""},
		{"pan left and right", "", ""},
		{"my daughter will love it, thanks", "", ""},
		{"I think I prefer the second one", "", "=A.2"},
		{"zoom out 1.5x on 3", "upscale zoom", "E<A.3"},
		{"animate 2, the fox jumps over a log", "video", ""},
		{"something else: a lighthouse", "imagine", "F<"},
	})
	ledger := s.h.sim.Ledger()
	for i, want := range map[int]string{1: "at night", 2: "--ar 16:9", 3: "--ar 9:16"} {
		if !strings.Contains(ledger[i].Prompt, want) {
			t.Errorf("charge %d is %q, want %q in it", i, ledger[i].Prompt, want)
		}
	}
	if last := ledger[len(ledger)-1].Prompt; last != "a lighthouse" {
		t.Errorf("the last charge is %q, want the new picture alone", last)
	}
}
