package proxy

import (
	"encoding/base64"
	"strings"
	"testing"

	"midgate/proxy/chat"
	"midgate/proxy/responses"
)

// rawForm is a form whose parts are written as they are given: header lines, a blank line, a value.
func rawForm(parts ...string) (body, contentType string) {
	return "--bound\r\n" + strings.Join(parts, "\r\n--bound\r\n") + "\r\n--bound--\r\n", "multipart/form-data; boundary=bound"
}

// The parts of an edit but for its mask.
var (
	imagePart  = "Content-Disposition: form-data; name=\"image\"; filename=\"fox.png\"\r\n\r\n" + string(picture("fox"))
	promptPart = "Content-Disposition: form-data; name=\"prompt\"\r\n\r\nsnow"
)

// A mask is read however its header is written: left out, the whole picture would be drawn anew, and paid.
func TestNamesAreReadAsServersReadThem(t *testing.T) {
	const d = "Content-Disposition: form-data; "
	for name, header := range map[string]string{
		"by the standard":                    d + `name="mask"; filename="mask.png"`,
		"quotes in the file name":            d + `name="mask"; filename="my "best" mask.png"`,
		"a quote in the file name":           d + `name="mask"; filename="12" mask.png"`,
		"quotes at the file name's end":      d + `name="mask"; filename="mask "best""`,
		"escaped quotes":                     d + `name="mask"; filename="my \"best\" mask.png"`,
		"a semicolon in the file name":       d + `name="mask"; filename="a; b "c" d.png"`,
		"a path of Windows":                  d + `name="mask"; filename="C:\new\mask.png"`,
		"a folder of Windows":                d + `name="mask"; filename="C:\new\"`,
		"an unquoted file name with blanks":  d + `name="mask"; filename=my best mask.png`,
		"an unquoted file name in UTF-8":     d + `name="mask"; filename=маска.png`,
		"a quoted file name in UTF-8":        d + `name="mask"; filename="面具 🎭.png"`,
		"a file name in Latin-1":             d + "name=\"mask\"; filename=\"m\xe1scara.png\"",
		"an unquoted file name in Latin-1":   d + "name=mask; filename=m\xe1scara.png",
		"an unquoted name":                   d + `name=mask; filename=mask.png`,
		"single quotes":                      d + `name='mask'; filename='my mask.png'`,
		"an extended file name":              d + `name="mask"; filename*=UTF-8''%D0%BC.png`,
		"both file names":                    d + `name="mask"; filename="m.png"; filename*=UTF-8''%D0%BC.png`,
		"both file names, badly":             d + `name="mask"; filename="my "m.png"; filename*=UTF-8''%D0%BC.png`,
		"an extended file name in Latin-1":   d + `name="mask"; filename*=ISO-8859-1'en'm%E1scara.png`,
		"an extended name":                   d + `name*=UTF-8''mask; filename="mask.png"`,
		"an extended name in another":        d + `name*=ISO-8859-1''mask; filename="mask.png"`,
		"a name in pieces":                   d + `name*0="ma"; name*1="sk"; filename="mask.png"`,
		"no semicolon before the name":       `Content-Disposition: form-data name="mask"; filename="mask.png"`,
		"no semicolon before the file name":  d + `name="mask" filename="mask.png"`,
		"nothing at all before it":           d + `name="mask"filename="mask.png"`,
		"the file name first":                d + `filename="my "best" mask.png"; name="mask"`,
		"the name twice":                     d + `name="mask"; name="mask"; filename="mask.png"`,
		"the file name twice":                d + `name="mask"; filename="a.png"; filename="b.png"`,
		"no closing quote":                   d + `filename="mask.png"; name="mask`,
		"no closing quote before the next":   d + `name="mask; filename="mask.png"`,
		"semicolons at the end":              d + `name="mask"; filename="mask.png";;`,
		"other parameters":                   d + `name="mask"; size=12; filename="my "best" mask.png"; creation-date="today"`,
		"odd case":                           `CONTENT-disposition: FORM-DATA; NAME="mask"; FileName="mask.png"`,
		"odd case, badly":                    `content-Disposition: Form-Data; Name="mask"; FILENAME="my "best" mask.png"`,
		"blanks everywhere":                  `Content-Disposition :   form-data ;  name = "mask" ;  filename = "mask.png" `,
		"blanks everywhere, badly":           "Content-Disposition:\tform-data ;\tname = mask ; filename = my mask.png ",
		"a blank in the name's quotes":       d + `name=" mask "; filename="mask.png"`,
		"a folded header":                    "Content-Disposition: form-data;\r\n name=\"mask\";\r\n\tfilename=\"mask.png\"",
		"a folded header, badly":             "Content-Disposition: form-data;\r\n name=\"mask\";\r\n filename=\"my \"best\" mask.png\"",
		"another disposition":                `Content-Disposition: attachment; name="mask"; filename="mask.png"`,
		"the header twice":                   d + "name=\"mask\"\r\n" + d + `name="mask"; filename="mask.png"`,
		"the header behind another":          "Content-Type: image/png\r\n" + d + `name="mask"; filename="my "best" mask.png"`,
		"a type that cannot be read":         d + "name=\"mask\"; filename=\"mask.png\"\r\nContent-Type: ;;;",
		"in base64":                          d + "name=\"mask\"; filename=\"mask.png\"\r\nContent-Transfer-Encoding: Base64",
		"in binary, as it is written anyway": d + "name=\"mask\"; filename=\"mask.png\"\r\nContent-Transfer-Encoding: binary",
		"no file name":                       d + `name="mask"`,
		"an empty file name":                 d + `name="mask"; filename=""`,
	} {
		t.Run(name, func(t *testing.T) {
			value := string(picture("mask"))
			if strings.Contains(header, "Base64") {
				value = base64.StdEncoding.EncodeToString([]byte(value))[:8] + "\r\n" + base64.StdEncoding.EncodeToString([]byte(value))[8:]
			}
			f := newFake()
			body, contentType := rawForm(imagePart, promptPart, header+"\r\n\r\n"+value)
			w := send(newServer(t, f), "POST", "/v1/images/edits", body, "Content-Type", contentType)
			if w.Code != 200 {
				t.Fatalf("status = %d, want 200: %s", w.Code, w.Body)
			}
			if e := f.edited[0]; e.Mask == nil || len(f.uploads) != 2 || string(f.uploads[1]) != string(picture("mask")) {
				t.Errorf("mask %v, uploads %q; want the mask too", e.Mask, f.uploads)
			}
		})
	}
}

// What a part is cannot be guessed: the request is refused, and the part named by its number or its name.
func TestAPartThatCannotBeReadIsRefused(t *testing.T) {
	const d = "Content-Disposition: form-data; "
	mask := "\r\n\r\n" + string(picture("mask"))
	for name, tt := range map[string]struct{ part, says string }{
		"two names":                       {d + `name="image"; name="mask"; filename="m.png"` + mask, "Part 3"},
		"two names in two headers":        {d + "name=\"image\"\r\n" + d + `name="mask"` + mask, "Part 3"},
		"a name within a file name":       {d + `name="image"; filename="my "; name="mask".png"` + mask, "Part 3"},
		"no name":                         {d + `filename="mask.png"` + mask, "Part 3"},
		"an empty name":                   {d + `name=""; filename="mask.png"` + mask, "Part 3"},
		"a blank name":                    {d + `name=" "; filename="mask.png"` + mask, "Part 3"},
		"a text without a name":           {"Content-Disposition: form-data\r\n\r\n?", "Part 3"},
		"a name with quotes":              {d + `name="my "mask""; filename="mask.png"` + mask, "Part 3"},
		"a name in Latin-1":               {d + "name=\"m\xe1scara\"; filename=\"mask.png\"" + mask, "Part 3"},
		"no disposition":                  {"Content-Type: image/png" + mask, "Part 3"},
		"no header at all":                {"\r\n" + string(picture("mask")), "Part 3"},
		"a misspelt header":               {"Content-Dispositon: form-data; name=\"mask\"; filename=\"mask.png\"" + mask, "Part 3"},
		"a header that is none":           {"Content-Disposition form-data; name=\"mask\"; filename=\"mask.png\"" + mask, "part 3"},
		"another encoding":                {d + "name=\"mask\"; filename=\"mask.png\"\r\nContent-Transfer-Encoding: x-uuencode" + mask, "Part 3"},
		"base64 that is none":             {d + "name=\"mask\"; filename=\"mask.png\"\r\nContent-Transfer-Encoding: base64" + mask, "part 3"},
		"a picture under another name":    {d + `name="Mask"; filename="mask.png"` + mask, "Mask"},
		"a picture without a file name":   {d + `name="picture"` + mask, "picture"},
		"a picture of another kind":       {d + `name="photo"; filename="blob"` + "\r\n\r\n\x00\x00\x00\x1cftypavif\xff\xfe", "photo"},
		"a picture by its type":           {d + "name=\"photo\"; filename=\"blob\"\r\nContent-Type: image/bmp\r\n\r\nBM", "photo"},
		"a picture by its file name":      {d + `name="photo"; filename="FOX.JXL"` + "\r\n\r\n?", "photo"},
		"a picture as the prompt":         {d + `name="prompt"; filename="mask.png"` + mask, "prompt"},
		"a mask that is empty":            {d + `name="mask"; filename="mask.png"` + "\r\n\r\n", "'mask'"},
		"a second prompt":                 {d + `name="prompt"` + "\r\n\r\nrain", "'prompt'"},
		"a picture that is not used here": {d + `name="end_image"; filename="mask.png"` + mask, "'end_image'"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			body, contentType := rawForm(imagePart, promptPart, tt.part)
			w := send(newServer(t, f), "POST", "/v1/images/edits", body, "Content-Type", contentType)
			if message, _, _, _ := problemOf(t, w); w.Code != 400 || !strings.Contains(message, tt.says) {
				t.Errorf("%d %s, want 400 that says %q", w.Code, w.Body, tt.says)
			}
			if len(f.attempts) != 0 {
				t.Errorf("%d requests reached the core, want none", len(f.attempts))
			}
		})
	}
}

// Nothing that a form brings is left out of what is paid for, on any route.
func TestEveryRouteRefusesWhatItWouldLeaveOut(t *testing.T) {
	mask := "Content-Disposition: form-data; name=\"mask\"; filename=\"mask.png\"\r\n\r\n" + string(picture("mask"))
	end := strings.Replace(mask, "mask", "end_image", 1)
	unnamed := "Content-Disposition: form-data; filename=\"mask.png\"\r\n\r\n" + string(picture("mask"))
	messages := "Content-Disposition: form-data; name=\"messages\"\r\n\r\n[]"
	video := "Content-Disposition: form-data; name=\"video[id]\"\r\n\r\nvideo_ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for path, own := range map[string][]string{
		"/v1/images/generations":               {promptPart},
		"/v1/images/variations":                {imagePart},
		"/v1/images/blends":                    {imagePart, imagePart},
		"/v1/images/descriptions":              {imagePart},
		"/v1/images/" + testImage + "/actions": {strings.NewReplacer("prompt", "action", "snow", "reroll").Replace(promptPart)},
		"/v1/prompts/shorten":                  {promptPart},
		"/v1/videos":                           {promptPart},
		"/v1/videos/extensions":                {promptPart, video},
		"/v1/videos/video_" + testImage[len("img_"):] + "/remix": {promptPart},
		chat.Route:      {messages},
		responses.Route: {strings.Replace(promptPart, "prompt", "input", 1)},
	} {
		for name, part := range map[string]string{"mask": mask, "end_image": end, "an unnamed part": unnamed} {
			if name == "mask" && strings.HasSuffix(path, "actions") || name == "end_image" && strings.HasPrefix(path, "/v1/videos") && !strings.HasSuffix(path, "remix") {
				continue // it is used there
			}
			f := newFake()
			f.add(testImage, tiny)
			body, contentType := rawForm(append(own, part)...)
			w := send(newServer(t, f), "POST", path, body, "Content-Type", contentType)
			if message, _, param, _ := problemOf(t, w); w.Code != 400 || param != name && !strings.Contains(message, "Part ") {
				t.Errorf("%s with %s = %d %s, want 400 that names it", path, name, w.Code, w.Body)
			}
			if len(f.attempts) != 0 {
				t.Errorf("%s with %s: %d requests reached the core, want none", path, name, len(f.attempts))
			}
		}
	}
}

// What stands outside of the boundaries is no part, and a part that stands there is refused.
func TestAFormsEdges(t *testing.T) {
	form, contentType := rawForm(imagePart, promptPart)
	mask := "Content-Disposition: form-data; name=\"mask\"; filename=\"mask.png\"\r\n\r\n" + string(picture("mask")) + "\r\n"
	for name, tt := range map[string]struct {
		body string
		good bool
	}{
		"words before it":                    {"This is a multi-part message in MIME format.\r\n\r\n" + form, true},
		"blank lines before it":              {"\r\n\r\n" + form, true},
		"words behind it":                    {form + "The end.\r\n", true},
		"very many words behind it":          {form + strings.Repeat("The end. ", 20_000), true},
		"a part before it":                   {mask + form, false},
		"a first boundary that is broken":    {"--bound;\r\n" + mask + form, false},
		"a part behind it":                   {form + "--bound\r\n" + mask + "--bound--\r\n", false},
		"a part long after it":               {form + strings.Repeat("The end.\r\n", 20_000) + "--bound\r\n" + mask + "--bound--\r\n", false},
		"a part behind words to the edge":    {form + strings.Repeat("x", 8<<10-100) + "\r\n--bound\r\n" + mask + "--bound--\r\n", false},
		"a boundary with more on its line":   {strings.Replace(form, "\r\n--bound\r\n", "\r\n--bound x\r\n", 1), false},
		"no blank line behind the headers":   {strings.Replace(form, "\r\n\r\nsnow", "\r\nsnow", 1), false},
		"line ends of another system":        {strings.ReplaceAll(strings.Replace(form, "\x89PNG\r\n\x1a\n", "GIF8", 1), "\r\n", "\n"), true},
		"the boundary's beginning in a text": {strings.Replace(form, "snow", "snow\r\n--boundary\r\n --bound--", 1), true},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			w := send(newServer(t, f), "POST", "/v1/images/edits", tt.body, "Content-Type", contentType)
			if good := w.Code == 200 && len(f.uploads) == 1; good != tt.good || !good && w.Code != 400 {
				t.Errorf("%d %s, want it taken: %v", w.Code, w.Body, tt.good)
			}
			if !tt.good && len(f.attempts) != 0 {
				t.Errorf("%d requests reached the core, want none", len(f.attempts))
			}
		})
	}
}

// A text may come as a file, and in the charset that its part names.
func TestTextsOfAForm(t *testing.T) {
	const d = "Content-Disposition: form-data; "
	f := newFake()
	body, contentType := rawForm(imagePart,
		d+"name=\"prompt\"; filename=\"prompt.txt\"\r\nContent-Type: text/plain; charset=ISO-8859-1\r\n\r\nun se\xf1or",
		d+"name=\"midjourney\"; filename=\"blob\"\r\nContent-Type: application/json\r\n\r\n{\"chaos\": 7}",
		d+"name=\"size\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n3=3A2",
		d+"name=\"user\"\r\nContent-Type: text/plain; charset=ISO-8859-1\r\n\r\nseñora")
	w := send(newServer(t, f), "POST", "/v1/images/edits", body, "Content-Type", contentType)
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if g := f.edited[0]; g.Prompt != "un señor" || g.Midjourney.Chaos == nil || g.Size != "3:2" || g.User != "señora" {
		t.Errorf("prompt %q, chaos %v, size %q, user %q", g.Prompt, g.Midjourney.Chaos, g.Size, g.User)
	}
}

func TestATextInAnotherCharsetIsRefusedUnlessItIsPlain(t *testing.T) {
	for text, want := range map[string]int{"a fox, 3:2": 200, "a\x00 \x00f\x00": 400, "\x1b$B8Q": 400, "狐": 400, "\x8c\xcf": 400} {
		f := newFake()
		body, contentType := rawForm(imagePart, "Content-Disposition: form-data; name=\"prompt\"\r\nContent-Type: text/plain; charset=\"ISO-2022-JP\"\r\n\r\n"+text)
		w := send(newServer(t, f), "POST", "/v1/images/edits", body, "Content-Type", contentType)
		if w.Code != want || len(f.attempts) != 0 != (want == 200) {
			t.Errorf("%q = %d %s, want %d", text, w.Code, w.Body, want)
		}
	}
}

func TestAFormsWordsThatAreNoUnicodeAreRefused(t *testing.T) {
	for _, name := range []string{"prompt", "user", "midjourney[no]", "anything", "image", "model"} {
		for _, bad := range []string{"un se\xf1or", "fox \xf0\x9f\xa6", "\xed\xa0\xbd"} {
			f := newFake()
			body, contentType := rawForm(imagePart, promptPart, "Content-Disposition: form-data; name=\""+name+"\"\r\n\r\n"+bad)
			w := send(newServer(t, f), "POST", "/v1/images/edits", body, "Content-Type", contentType)
			if message, _, _, _ := problemOf(t, w); w.Code != 400 || name != "image" && (!strings.Contains(message, "UTF-8") || !strings.Contains(message, "offset ") || !strings.Contains(message, name)) {
				t.Errorf("%s as %q = %d %s, want 400 that says where", bad, name, w.Code, w.Body)
			}
			if len(f.attempts) != 0 {
				t.Errorf("%s as %q: %d requests reached the core, want none", bad, name, len(f.attempts))
			}
		}
	}
}
