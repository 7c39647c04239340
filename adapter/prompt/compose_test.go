package prompt

import (
	"errors"
	"strings"
	"testing"

	openai "github.com/sashabaranov/go-openai"

	"midgate/adapter"
)

// ask is a generation of a prompt.
func drawRequest(prompt string, change ...func(*adapter.Generation)) adapter.Generation {
	g := adapter.Generation{ImageRequest: openai.ImageRequest{Prompt: prompt}}
	for _, c := range change {
		c(&g)
	}
	return g
}

func drawOwn(own adapter.Midjourney) func(*adapter.Generation) {
	return func(g *adapter.Generation) { g.Midjourney = own }
}
func drawQuality(q string) func(*adapter.Generation) {
	return func(g *adapter.Generation) { g.Quality = q }
}
func drawSize(s string) func(*adapter.Generation) { return func(g *adapter.Generation) { g.Size = s } }
func drawStyle(s string) func(*adapter.Generation) {
	return func(g *adapter.Generation) { g.Style = s }
}
func drawModel(version string, niji bool) Model {
	return Model{Name: "m", Version: version, Niji: niji}
}
func drawImage(o Options) Options           { o.Image = true; return o }
func drawFidelity(f string, b bool) Options { return Options{Fidelity: f, Image: b} }
func drawRatio(ratio string) Options        { return Options{Ratio: ratio, Image: true} }
func drawHigh(mode string) Options          { return Options{QualityHigh: mode} }
func drawLimit(most adapter.Speed) Options {
	return Options{DefaultSpeed: adapter.Relax, SpeedLimit: most}
}
func drawAt(m Model, s adapter.Speed) Model { m.Speed = s; return m }

func TestDraw(t *testing.T) {
	for name, tc := range map[string]struct {
		g       adapter.Generation
		m       Model
		o       Options
		want    string
		upscale bool
	}{
		"a prompt alone":                           {g: drawRequest("a cat"), want: "a cat"},
		"the model's version is sent":              {g: drawRequest("a cat"), m: drawModel("7", false), want: "a cat --v 7"},
		"the model's niji is sent":                 {g: drawRequest("a cat"), m: drawModel("6", true), want: "a cat --niji 6"},
		"the prompt's version wins":                {g: drawRequest("a cat --v 6.1"), m: drawModel("7", false), want: "a cat --v 6.1"},
		"the prompt's version wins over a niji":    {g: drawRequest("a cat --v 6.1", drawOwn(adapter.Midjourney{Niji: "7"})), m: drawModel("7", true), want: "a cat --v 6.1"},
		"the prompt's niji wins over a version":    {g: drawRequest("a cat --niji"), m: drawModel("7", false), want: "a cat --niji 7"},
		"the object's version wins over the model": {g: drawRequest("a cat", drawOwn(adapter.Midjourney{Version: "v8.1"})), m: drawModel("6", true), want: "a cat --v 8.1"},
		"the object's niji":                        {g: drawRequest("a cat", drawOwn(adapter.Midjourney{Niji: "true"})), m: drawModel("8.1", false), want: "a cat --niji 7"},

		"a size is a ratio":                            {g: drawRequest("a cat", drawSize("1536x1024")), want: "a cat --ar 3:2"},
		"a square is one as well":                      {g: drawRequest("a cat", drawSize("1024x1024")), want: "a cat --ar 1:1"},
		"auto is none":                                 {g: drawRequest("a cat", drawSize("auto")), want: "a cat"},
		"the prompt's ratio wins":                      {g: drawRequest("a cat --aspect 2:3", drawSize("1536x1024")), want: "a cat --ar 2:3"},
		"an edited picture's own ratio":                {g: drawRequest("a cat", drawSize("auto")), o: drawRatio("1344x896"), want: "a cat --ar 3:2"},
		"the size wins over the picture's ratio":       {g: drawRequest("a cat", drawSize("1024x1024")), o: drawRatio("1344x896"), want: "a cat --ar 1:1"},
		"a picture's ratio that cannot be is left out": {g: drawRequest("a cat"), o: drawRatio("9000x10"), want: "a cat"},
		"and one that the version does not have":       {g: drawRequest("a cat --v 4"), o: drawRatio("3:1"), want: "a cat --v 4"},
		"and one that is too long for hd":              {g: drawRequest("a cat --hd"), o: drawRatio("5:1"), want: "a cat --hd"},

		"low quality on 7 is a draft":           {g: drawRequest("a cat --v 7", drawQuality("low")), want: "a cat --v 7 --draft"},
		"low quality up to 6.1 is half":         {g: drawRequest("a cat --v 6.1", drawQuality("LOW")), want: "a cat --v 6.1 --q .5"},
		"low quality on 8.1 is nothing":         {g: drawRequest("a cat --v 8.1", drawQuality("low")), want: "a cat --v 8.1"},
		"low quality on an unknown version":     {g: drawRequest("a cat", drawQuality("low")), want: "a cat"},
		"low quality on niji is nothing":        {g: drawRequest("a cat --niji 6", drawQuality("low")), want: "a cat --niji 6"},
		"no draft with an omni reference":       {g: drawRequest("a cat --oref https://a.example/1.png --v 7", drawQuality("low")), want: "a cat --oref https://a.example/1.png --v 7"},
		"medium quality is nothing":             {g: drawRequest("a cat --v 7", drawQuality("medium")), want: "a cat --v 7"},
		"standard quality is nothing":           {g: drawRequest("a cat --v 7", drawQuality("standard")), want: "a cat --v 7"},
		"an unknown quality is nothing":         {g: drawRequest("a cat --v 7", drawQuality("xhigh")), want: "a cat --v 7"},
		"high quality on 8.1 is hd":             {g: drawRequest("a cat", drawQuality("high")), m: drawModel("8.1", false), o: drawHigh(adapter.QualityNative), want: "a cat --v 8.1 --hd"},
		"hd on a later version is hd":           {g: drawRequest("a cat", drawQuality("hd")), m: drawModel("8.2", false), o: drawHigh(adapter.QualityNative), want: "a cat --v 8.2 --hd"},
		"high quality on 7 is two":              {g: drawRequest("a cat --v 7", drawQuality("hd")), o: drawHigh(adapter.QualityNative), want: "a cat --v 7 --q 2"},
		"high quality on 6.1 is nothing":        {g: drawRequest("a cat --v 6.1", drawQuality("high")), o: drawHigh(adapter.QualityNative), want: "a cat --v 6.1"},
		"high quality on an unknown version":    {g: drawRequest("a cat", drawQuality("high")), o: drawHigh(adapter.QualityNative), want: "a cat"},
		"high quality on niji is nothing":       {g: drawRequest("a cat --niji 7", drawQuality("high")), o: drawHigh(adapter.QualityNative), want: "a cat --niji 7"},
		"no hd for a long picture":              {g: drawRequest("a cat --ar 5:1 --v 8.1", drawQuality("high")), o: drawHigh(adapter.QualityNative), want: "a cat --ar 5:1 --v 8.1"},
		"no hd for a long size":                 {g: drawRequest("a cat --v 8.1", drawQuality("high"), drawSize("5000x1000")), o: drawHigh(adapter.QualityNative), want: "a cat --v 8.1 --ar 5:1"},
		"high quality by upscaling":             {g: drawRequest("a cat --v 7", drawQuality("high")), o: drawHigh(adapter.QualityUpscale), want: "a cat --v 7", upscale: true},
		"low quality is not upscaled":           {g: drawRequest("a cat --v 7", drawQuality("low")), o: drawHigh(adapter.QualityUpscale), want: "a cat --v 7 --draft"},
		"the prompt's quality wins":             {g: drawRequest("a cat --v 7 --q 1", drawQuality("high")), o: drawHigh(adapter.QualityNative), want: "a cat --v 7 --q 1"},
		"the prompt's draft wins":               {g: drawRequest("a cat --v 7 --draft", drawQuality("high")), o: drawHigh(adapter.QualityUpscale), want: "a cat --v 7 --draft"},
		"the object's hd wins over low quality": {g: drawRequest("a cat --v 8.1", drawOwn(adapter.Midjourney{HD: true}), drawQuality("low")), want: "a cat --v 8.1 --hd"},

		"natural is raw and plain":                 {g: drawRequest("a cat", drawStyle("natural")), want: "a cat --raw --s 50"},
		"natural on 7":                             {g: drawRequest("a cat --v 7", drawStyle("natural")), want: "a cat --v 7 --raw --s 50"},
		"natural on 6.1 is the older name":         {g: drawRequest("a cat --v 6.1", drawStyle("natural")), want: "a cat --v 6.1 --style raw --s 50"},
		"natural on 5 is only plain":               {g: drawRequest("a cat --v 5", drawStyle("natural")), want: "a cat --v 5 --s 50"},
		"natural on niji 6":                        {g: drawRequest("a cat --niji 6", drawStyle("natural")), want: "a cat --niji 6 --style raw --s 50"},
		"natural on niji 5 is only plain":          {g: drawRequest("a cat --niji 5", drawStyle("natural")), want: "a cat --niji 5 --s 50"},
		"vivid is stylized":                        {g: drawRequest("a cat", drawStyle("Vivid")), want: "a cat --s 250"},
		"an unknown style is nothing":              {g: drawRequest("a cat", drawStyle("moody")), want: "a cat"},
		"the prompt's stylize wins":                {g: drawRequest("a cat --stylize 700", drawStyle("natural")), want: "a cat --s 700 --raw"},
		"the prompt's style wins":                  {g: drawRequest("a cat --style scenic --niji 5", drawStyle("natural")), want: "a cat --style scenic --niji 5 --s 50"},
		"the object's stylize wins":                {g: drawRequest("a cat", drawOwn(adapter.Midjourney{Stylize: new(0)}), drawStyle("vivid")), want: "a cat --s 0"},
		"an old raw on a new version is renamed":   {g: drawRequest("a cat --style raw --ar 3:2"), m: drawModel("8.1", false), want: "a cat --ar 3:2 --v 8.1 --raw"},
		"and is not there twice":                   {g: drawRequest("a cat --style raw --raw --v 8.1"), want: "a cat --raw --v 8.1"},
		"an old raw on an unknown version as well": {g: drawRequest("a cat --style raw"), want: "a cat --raw"},

		"every field of the object": {g: drawRequest("a cat", drawOwn(adapter.Midjourney{
			Version: "7", Stylize: new(1), Chaos: new(2), Weird: new(3), Seed: new(int64(4)), Raw: true, Tile: true, No: "dogs, rain",
			ImageWeight: new(1.5), StyleRef: []string{"https://a.example/1.png", "123"}, StyleWeight: new(5),
			OmniRef: "https://a.example/2.png", OmniWeight: new(6), Personalize: "abc123",
		})), o: drawImage(Options{}), want: "a cat --v 7 --raw --s 1 --c 2 --weird 3 --seed 4 --tile --sref https://a.example/1.png 123 --sw 5 " +
			"--oref https://a.example/2.png --ow 6 --iw 1.5 --no dogs, rain --p abc123"},
		"a character reference":                         {g: drawRequest("a cat", drawOwn(adapter.Midjourney{CharacterRef: []string{"https://a.example/1.png"}, CharacterWeight: new(0)})), m: drawModel("6", true), want: "a cat --niji 6 --cref https://a.example/1.png --cw 0"},
		"a draft":                                       {g: drawRequest("a cat", drawOwn(adapter.Midjourney{Draft: true})), m: drawModel("7", false), want: "a cat --v 7 --draft"},
		"the account's own personalization":             {g: drawRequest("a cat", drawOwn(adapter.Midjourney{Personalize: "true"})), want: "a cat --p"},
		"no personalization":                            {g: drawRequest("a cat", drawOwn(adapter.Midjourney{Personalize: "false"})), want: "a cat"},
		"raw of an older version":                       {g: drawRequest("a cat --v 5.2", drawOwn(adapter.Midjourney{Raw: true})), want: "a cat --v 5.2 --style raw"},
		"seed -1 is none":                               {g: drawRequest("a cat", drawOwn(adapter.Midjourney{Seed: new(int64(-1))})), want: "a cat"},
		"an image weight with an address":               {g: drawRequest("https://a.example/1.png a cat", drawOwn(adapter.Midjourney{ImageWeight: new(.5)})), want: "https://a.example/1.png a cat --iw 0.5"},
		"the prompt's parameters win over the object's": {g: drawRequest("a cat --chaos 9 --no birds --draft --v 7", drawOwn(adapter.Midjourney{Chaos: new(1), No: "dogs", Stylize: new(5), HD: true})), want: "a cat --c 9 --no birds --draft --v 7 --s 5"},
		"what is not wanted is only words":              {g: drawRequest("a cat", drawOwn(adapter.Midjourney{No: "dogs --turbo, {red,blue}\n—fast --repeat 4 —, "})), want: "a cat --no dogs turbo, (red,blue) fast repeat 4 ,"},
		"nothing not wanted":                            {g: drawRequest("a cat", drawOwn(adapter.Midjourney{No: " -- "})), want: "a cat"},

		"high fidelity weighs the picture":      {g: drawRequest("a cat"), o: drawFidelity("high", true), want: "a cat --iw 2"},
		"low fidelity as well":                  {g: drawRequest("a cat"), o: drawFidelity("low", true), want: "a cat --iw 1"},
		"an unknown fidelity is nothing":        {g: drawRequest("a cat"), o: drawFidelity("max", true), want: "a cat"},
		"fidelity without a picture is nothing": {g: drawRequest("a cat"), o: drawFidelity("high", false), want: "a cat"},
		"the prompt's weight wins":              {g: drawRequest("a cat --iw .5"), o: drawFidelity("high", true), want: "a cat --iw .5"},
		"a picture needs no words":              {g: drawRequest("--ar 3:2"), o: drawImage(Options{}), want: "--ar 3:2"},
		"a picture needs no prompt":             {g: drawRequest("", drawSize("1024x1536")), o: drawImage(Options{}), want: "--ar 2:3"},
		"two addresses need no words":           {g: drawRequest("https://a.example/1.png https://a.example/2.png"), want: "https://a.example/1.png https://a.example/2.png"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Compose(tc.g, tc.m, tc.o)
			if err != nil || got.Prompt != tc.want || got.Upscale != tc.upscale {
				t.Errorf("Draw(%q) = %q, upscale %v, %v, want %q, %v", tc.g.Prompt, got.Prompt, got.Upscale, err, tc.want, tc.upscale)
			}
		})
	}
}

func TestDrawSaysWhatItDraws(t *testing.T) {
	for name, tc := range map[string]struct {
		g    adapter.Generation
		m    Model
		want Drawing
	}{
		"everything is in the prompt": {
			g:    drawRequest("https://a.example/1.png a cat --v 7.0 --ar 32:18 --seed 5 --fast"),
			want: Drawing{Prompt: "https://a.example/1.png a cat --v 7 --ar 32:18 --seed 5", Text: "a cat", Version: "7", Speed: adapter.Fast, Ratio: "32:18", Seeded: true},
		},
		"everything is around it": {
			g:    drawRequest("a cat", drawSize("1536x1024"), drawOwn(adapter.Midjourney{Seed: new(int64(5))})),
			m:    Model{Version: "6", Niji: true, Speed: adapter.Turbo},
			want: Drawing{Prompt: "a cat --niji 6 --seed 5 --ar 3:2", Text: "a cat", Version: "6", Niji: true, Speed: adapter.Turbo, Ratio: "3:2", Seeded: true},
		},
		"nothing is said": {
			g:    drawRequest("a cat"),
			want: Drawing{Prompt: "a cat", Text: "a cat", Speed: adapter.Relax},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := Compose(tc.g, tc.m, Options{DefaultSpeed: adapter.Relax}); err != nil || got != tc.want {
				t.Errorf("Draw(%q) = %+v, %v, want %+v", tc.g.Prompt, got, err, tc.want)
			}
		})
	}
}

func TestDrawChoosesTheSpeed(t *testing.T) {
	for name, tc := range map[string]struct {
		g    adapter.Generation
		m    Model
		o    Options
		want adapter.Speed
	}{
		"the default when nothing is said":         {drawRequest("a cat"), Model{}, drawLimit(adapter.Turbo), adapter.Relax},
		"the model's":                              {drawRequest("a cat"), drawAt(Model{}, adapter.Fast), drawLimit(adapter.Turbo), adapter.Fast},
		"the object's wins over the model's":       {drawRequest("a cat", drawOwn(adapter.Midjourney{Speed: "Turbo"})), drawAt(Model{}, adapter.Fast), drawLimit(adapter.Turbo), adapter.Turbo},
		"the prompt's wins over the object's":      {drawRequest("a cat --relax", drawOwn(adapter.Midjourney{Speed: "turbo"})), drawAt(Model{}, adapter.Fast), drawLimit(adapter.Turbo), adapter.Relax},
		"the limit itself is offered":              {drawRequest("a cat --fast"), Model{}, drawLimit(adapter.Fast), adapter.Fast},
		"a dear speed that is overruled is no bar": {drawRequest("a cat --fast"), drawAt(Model{}, adapter.Turbo), drawLimit(adapter.Fast), adapter.Fast},
		"no limit": {drawRequest("a cat --turbo"), Model{}, Options{}, adapter.Turbo},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := Compose(tc.g, tc.m, tc.o); err != nil || got.Speed != tc.want || strings.Contains(got.Prompt, "--") {
				t.Errorf("Draw(%q) = %q at speed %q, %v, want %q and no flag", tc.g.Prompt, got.Prompt, got.Speed, err, tc.want)
			}
		})
	}
}

func TestDrawRefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		g           adapter.Generation
		m           Model
		o           Options
		param, says string
	}{
		"an empty prompt":                         {g: drawRequest(""), param: "prompt", says: "empty"},
		"a prompt of parameters":                  {g: drawRequest("--ar 3:2"), param: "prompt", says: "only parameters"},
		"one address alone":                       {g: drawRequest("https://a.example/1.png"), param: "prompt", says: "needs words"},
		"a size that is none":                     {g: drawRequest("a cat --ar 3:2", drawSize("abc")), param: "size", says: "abc"},
		"a size too long for version 4":           {g: drawRequest("a cat --v 4", drawSize("1000x400")), param: "size", says: "2:1"},
		"a size too long for hd":                  {g: drawRequest("a cat --hd", drawSize("5000x1000")), param: "size", says: "4 times"},
		"the prompt's speed over the limit":       {g: drawRequest("a cat --turbo"), o: drawLimit(adapter.Fast), param: "prompt", says: "dearest is fast"},
		"the object's speed over the limit":       {g: drawRequest("a cat", drawOwn(adapter.Midjourney{Speed: "turbo"})), o: drawLimit(adapter.Relax), param: "midjourney.speed", says: "dearest is relax"},
		"the model's speed over the limit":        {g: drawRequest("a cat"), m: drawAt(Model{}, adapter.Fast), o: drawLimit(adapter.Relax), param: "model", says: "dearest is relax"},
		"a speed that is none":                    {g: drawRequest("a cat --fast", drawOwn(adapter.Midjourney{Speed: "warp"})), param: "midjourney.speed", says: "relax, fast or turbo"},
		"a version that is none":                  {g: drawRequest("a cat", drawOwn(adapter.Midjourney{Version: "next"})), param: "midjourney.version", says: "such as"},
		"a niji that is none":                     {g: drawRequest("a cat", drawOwn(adapter.Midjourney{Niji: "2"})), param: "midjourney.niji", says: "Niji's versions"},
		"a version and a niji":                    {g: drawRequest("a cat", drawOwn(adapter.Midjourney{Version: "7", Niji: "7"})), param: "midjourney.niji", says: "exclude each other"},
		"stylize out of range":                    {g: drawRequest("a cat", drawOwn(adapter.Midjourney{Stylize: new(1001)})), param: "midjourney.stylize", says: "midjourney.stylize must be a whole number from 0 to 1000"},
		"chaos out of range":                      {g: drawRequest("a cat", drawOwn(adapter.Midjourney{Chaos: new(-1)})), param: "midjourney.chaos", says: "from 0 to 100"},
		"weird out of range":                      {g: drawRequest("a cat", drawOwn(adapter.Midjourney{Weird: new(3001)})), param: "midjourney.weird", says: "from 0 to 3000"},
		"a seed out of range":                     {g: drawRequest("a cat", drawOwn(adapter.Midjourney{Seed: new(int64(1 << 32))})), param: "midjourney.seed", says: "4294967295"},
		"an image weight out of range":            {g: drawRequest("a cat", drawOwn(adapter.Midjourney{ImageWeight: new(3.1)})), o: drawImage(Options{}), param: "midjourney.image_weight", says: "from 0 to 3"},
		"an image weight of an older version":     {g: drawRequest("a cat --v 5", drawOwn(adapter.Midjourney{ImageWeight: new(2.5)})), o: drawImage(Options{}), param: "midjourney.image_weight", says: "from 0 to 2"},
		"a field out of range in spite of a flag": {g: drawRequest("a cat --s 5", drawOwn(adapter.Midjourney{Stylize: new(1001)})), param: "midjourney.stylize", says: "from 0 to 1000"},
		"a style weight out of range":             {g: drawRequest("a cat", drawOwn(adapter.Midjourney{StyleWeight: new(1001)})), param: "midjourney.style_weight", says: "from 0 to 1000"},
		"a character weight out of range":         {g: drawRequest("a cat", drawOwn(adapter.Midjourney{CharacterWeight: new(101)})), param: "midjourney.character_weight", says: "from 0 to 100"},
		"an omni weight out of range":             {g: drawRequest("a cat", drawOwn(adapter.Midjourney{OmniWeight: new(1001)})), param: "midjourney.omni_weight", says: "from 1 to 1000"},
		"a reference that carries a parameter":    {g: drawRequest("a cat", drawOwn(adapter.Midjourney{StyleRef: []string{"123 --turbo"}})), param: "midjourney.style_reference", says: "addresses"},
		"a reference that carries words":          {g: drawRequest("a cat", drawOwn(adapter.Midjourney{StyleRef: []string{"123 blue"}})), param: "midjourney.style_reference", says: "addresses"},
		"a personalization with a parameter":      {g: drawRequest("a cat", drawOwn(adapter.Midjourney{Personalize: "abc —repeat 4"})), param: "midjourney.personalize", says: "codes"},
		"a personalization with words":            {g: drawRequest("a cat", drawOwn(adapter.Midjourney{Personalize: "of a dog"})), param: "midjourney.personalize", says: "codes"},
		"two omni references":                     {g: drawRequest("a cat", drawOwn(adapter.Midjourney{OmniRef: "https://a.example/1 https://a.example/2"})), param: "midjourney.omni_reference", says: "address"},
		"a character reference with the model 7":  {g: drawRequest("a cat", drawOwn(adapter.Midjourney{CharacterRef: []string{"https://a.example/1"}})), m: drawModel("7", false), param: "midjourney.character_reference", says: "version 6 to 6.1"},
		"a prompt's one with the model 7":         {g: drawRequest("a cat --cref https://a.example/1"), m: drawModel("7", false), param: "prompt", says: "version 6 to 6.1"},
		"an omni reference with the model 8.1":    {g: drawRequest("a cat --oref https://a.example/1"), m: drawModel("8.1", false), param: "prompt", says: "belongs to version 7"},
		"hd on 7":                                 {g: drawRequest("a cat", drawOwn(adapter.Midjourney{HD: true})), m: drawModel("7", false), param: "midjourney.hd", says: "8.1 and later"},
		"raw on 5":                                {g: drawRequest("a cat", drawOwn(adapter.Midjourney{Raw: true})), m: drawModel("5", false), param: "midjourney.raw", says: "5.1 and later"},
		"an omni reference with a prompt's draft": {g: drawRequest("a cat --v 7 --draft", drawOwn(adapter.Midjourney{OmniRef: "https://a.example/1"})), param: "midjourney.omni_reference", says: "--draft exclude"},
		"an image weight without a picture":       {g: drawRequest("a cat", drawOwn(adapter.Midjourney{ImageWeight: new(2.0)})), param: "midjourney.image_weight", says: "a picture to draw from"},
		"a prompt's image weight alone":           {g: drawRequest("a cat --iw 2"), param: "prompt", says: "--iw weighs nothing"},
		"a style weight without a style":          {g: drawRequest("a cat", drawOwn(adapter.Midjourney{StyleWeight: new(50)})), o: drawImage(Options{}), param: "midjourney.style_weight", says: "--sref"},
		"a prompt's style weight alone":           {g: drawRequest("a cat --sw 50"), param: "prompt", says: "--sref"},
		"a style version alone":                   {g: drawRequest("a cat --sv 4"), param: "prompt", says: "--sref"},
		"a character weight alone":                {g: drawRequest("a cat --v 6 --cw 5"), param: "prompt", says: "--cref"},
		"an omni weight alone":                    {g: drawRequest("a cat", drawOwn(adapter.Midjourney{OmniWeight: new(50)})), param: "midjourney.omni_weight", says: "--oref"},
		"hd and draft in the object":              {g: drawRequest("a cat", drawOwn(adapter.Midjourney{HD: true, Draft: true})), param: "midjourney.hd", says: "midjourney.draft exclude"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Compose(tc.g, tc.m, tc.o)
			var e *adapter.Error
			if !errors.As(err, &e) || e.Kind != adapter.Invalid || e.Param != tc.param || e.Code == "" || !strings.Contains(e.Message, tc.says) {
				t.Errorf("Draw(%q) = %q, %#v, want a refusal of %s that says %q", tc.g.Prompt, got.Prompt, e, tc.param, tc.says)
			}
		})
	}
}

// What a drawn prompt has of a request's settings, it has in any spelling; the first that it lacks is named.
func TestLacks(t *testing.T) {
	seven, seed := 7, int64(7)
	const drawn = "a red fox --stylize 7 --seed 7 --no people, text --style raw --sref https://s.mj.run/abc --v 6.1 --tile"
	for name, c := range map[string]struct {
		own   adapter.Midjourney
		lacks string
	}{
		"nothing":           {adapter.Midjourney{}, ""},
		"all":               {adapter.Midjourney{Stylize: &seven, Seed: &seed, No: "people, text", Raw: true, StyleRef: []string{"https://x/y.png"}, Version: "6.1", Tile: true}, ""},
		"another number":    {adapter.Midjourney{Stylize: new(int)}, "stylize"},
		"a number more":     {adapter.Midjourney{Stylize: &seven, Chaos: &seven}, "chaos"},
		"other words":       {adapter.Midjourney{No: "people"}, "no"},
		"another picture":   {adapter.Midjourney{CharacterRef: []string{"https://x/y.png"}}, "character_reference"},
		"another version":   {adapter.Midjourney{Version: "7"}, "version"},
		"another model":     {adapter.Midjourney{Niji: "6"}, "niji"},
		"a flag more":       {adapter.Midjourney{Draft: true}, "draft"},
		"no drawing at all": {adapter.Midjourney{Speed: "fast"}, ""},
	} {
		if got := Lacks(drawn, c.own); got != c.lacks {
			t.Errorf("%s: %q, want %q", name, got, c.lacks)
		}
	}
	if got := Lacks("a red fox", adapter.Midjourney{Raw: true}); got != "raw" {
		t.Errorf("raw that is not there: %q", got)
	}
}
