package intent

// phrases are ways to say a thing. In a file, "~" in a phrase stands for any word of It, or for none, and "=" before a
// phrase means that it must be all of a text.
type phrases []string

// table is a language's file.
type table struct {
	Common phrases `yaml:"common"` // words that show that a text is in this language; separated by blanks

	// Words that a text may be made of entirely.
	Filler    phrases            `yaml:"filler"`    // change nothing
	It        phrases            `yaml:"it"`        // stand for the picture
	Ordinals  map[string]phrases `yaml:"ordinals"`  // which of the pictures
	Cardinals map[string]phrases `yaml:"cardinals"` // numbers, which choose only behind a word of Pointers
	Pointers  phrases            `yaml:"pointers"`  // "picture #": with an ordinal, a cardinal or a digit for #
	Sides     phrases            `yaml:"sides"`     // half of the pictures: not enough to choose by
	Buttons   map[string]phrases `yaml:"buttons"`
	Style     phrases            `yaml:"style"` // looks, colours and times of day
	Talk      map[Topic]phrases  `yaml:"talk"`

	// Beginnings, ends and insides of texts that go on.
	Articles  phrases `yaml:"articles"`   // begin a new thing: a, an
	That      phrases `yaml:"that"`       // begin a thing that is there already: the, his
	Parts     phrases `yaml:"parts"`      // the same, of what pictures have and what can be drawn alone: the sky
	Courtesy  phrases `yaml:"courtesy"`   // mean nothing at either end
	Can       phrases `yaml:"can"`        // ask for something: can you
	Wish      phrases `yaml:"wish"`       // the same: I want
	Having    phrases `yaml:"having"`     // ask for a thing that is not there: can I have a
	HavingEnd phrases `yaml:"having_end"` // must end those, where a language needs it
	And       phrases `yaml:"and"`        // join what is wished to what was said
	Link      phrases `yaml:"link"`       // go on from a choice or a button to a wish: with, but
	Particle  phrases `yaml:"particle"`   // stand behind a choice and belong to it
	Draw      phrases `yaml:"draw"`       // ask for a new picture
	DrawEnd   phrases `yaml:"draw_end"`   // the same, at the end
	Object    phrases `yaml:"object"`     // what is drawn and never changed: "a poster"
	Change    phrases `yaml:"change"`     // ask for a change of whatever follows
	ChangeIt  phrases `yaml:"change_it"`  // ask for a change of what is there already
	ChangeEnd phrases `yaml:"change_end"` // the same, at the end
	Inside    phrases `yaml:"inside"`     // the same, anywhere in a short text
	Brief     phrases `yaml:"brief"`      // verbs that begin a change in very short texts
	Mend      phrases `yaml:"mend"`       // verbs that ask for a change of what is there already, in short texts
	Same      phrases `yaml:"same"`       // begin a change when something is joined to them: the same, but
	May       phrases `yaml:"may"`        // begin a question that is a wish: could the sky
	Become    phrases `yaml:"become"`     // must be in one, or a comparison
	Sense     phrases `yaml:"sense"`      // verbs that ask for nothing: can you feel
	Bigger    phrases `yaml:"bigger"`     // a picture that is chosen is wished so: upscaled
	Thing     phrases `yaml:"thing"`      // what is designed: with a Medium behind it a text is a picture of its own
	Medium    phrases `yaml:"medium"`     // watercolor, flat design
	Versus    phrases `yaml:"versus"`     // the same, anywhere in very short texts: "instead of"
	Features  phrases `yaml:"features"`   // what pictures have: with a comparison or a state behind it, it is to be so
	States    phrases `yaml:"states"`     // what such a thing can be: colours and others
	With      phrases `yaml:"with"`       // begin what only a change begins with
	WithEnd   phrases `yaml:"with_end"`   // end what only a change ends with, in very short texts
	Place     phrases `yaml:"place"`      // begin the same
	Degree    phrases `yaml:"degree"`     // a bit, much
	Compare   phrases `yaml:"compare"`    // more, darker
	Too       phrases `yaml:"too"`        // begin a complaint that is a wish: "too dark"
	StyleEnd  phrases `yaml:"style_end"`  // end a style's name
	Should    phrases `yaml:"should"`     // the sky should be green
	Is        phrases `yaml:"is"`         // the sky is wonderful
	Mention   phrases `yaml:"mention"`    // speak of the picture, wherever they stand
	Personal  phrases `yaml:"personal"`   // speak of who talks to whom: no description does

	Describe         phrases           `yaml:"describe"`          // begin a question about the picture
	DescribeInside   phrases           `yaml:"describe_inside"`   // the same anywhere, of a picture that came along
	DescribeQuestion phrases           `yaml:"describe_question"` // begin one if it mentions the picture
	Prompted         phrases           `yaml:"prompted"`          // begin a question about the words that it was drawn from
	Suppose          phrases           `yaml:"suppose"`           // begin a question that is a wish: how would … look
	Looks            phrases           `yaml:"looks"`             // must be in one, too
	Task             phrases           `yaml:"task"`              // begin what is asked about a picture that came along, and is no change
	TaskEnd          phrases           `yaml:"task_end"`          // the same, at the end
	Report           phrases           `yaml:"report"`            // begin what is to be told of a picture that came along: count the
	ReportEnd        phrases           `yaml:"report_end"`        // the same, at the end
	Into             phrases           `yaml:"into"`              // begin what makes another thing of it
	Format           phrases           `yaml:"format"`            // anywhere behind one: the thing is a text, such as CSV
	FormatEnd        phrases           `yaml:"format_end"`        // the same, at the end: into a recipe
	Inscribed        phrases           `yaml:"inscribed"`         // the text is to stand in the picture
	Answer           phrases           `yaml:"answer"`            // begin what is said about the answer of a question: yes or no
	AnswerEnd        phrases           `yaml:"answer_end"`        // end the same
	Question         phrases           `yaml:"question"`          // begin a question, if a question mark ends it
	QuestionInside   phrases           `yaml:"question_inside"`   // the same, wherever they stand
	QuestionEnd      phrases           `yaml:"question_end"`      // end one without a mark
	Ask              map[Topic]phrases `yaml:"ask"`               // begin a question to the assistant, with or without a mark
	AskInside        map[Topic]phrases `yaml:"ask_inside"`        // the same anywhere in a short text
	ThanksFor        phrases           `yaml:"thanks_for"`        // begin thanks that go on
	Vocative         phrases           `yaml:"vocative"`          // what is said to who is thanked: mate
	Others           phrases           `yaml:"others"`            // whom people show pictures to
	OthersDo         phrases           `yaml:"others_do"`         // what those think of them
	Remark           map[Topic]phrases `yaml:"remark"`            // begin what people tell of themselves: no description does
	RemarkEnd        map[Topic]phrases `yaml:"remark_end"`        // end the same
	Telling          phrases           `yaml:"telling"`           // begin short sentences about the picture, or about who talks
	TellingEnd       phrases           `yaml:"telling_end"`       // end the same
	Rights           phrases           `yaml:"rights"`            // in a question: it is about who owns a picture, and where it is kept
	Days             phrases           `yaml:"days"`              // end a question that is about no picture: Tuesday
	Pointing         phrases           `yaml:"pointing"`          // begin what points at one of several: "the one with"
	Upon             phrases           `yaml:"upon"`              // stand between a button and the number of its picture
	Moving           phrases           `yaml:"moving"`            // go on from a video to what moves in it
	Plus             phrases           `yaml:"plus"`              // stand between the numbers of two pictures
	Join             phrases           `yaml:"join"`              // begin what is done with two of them
	JoinEnd          phrases           `yaml:"join_end"`          // the same, at the end
	Elsewhere        phrases           `yaml:"elsewhere"`         // begin what other assistants are asked for

	ElsewhereEnd phrases `yaml:"elsewhere_end"` // the same, at the end

	// Names are things that begin as a phrase of these lists does and are none: Canada is no "add" in Chinese.
	Names phrases `yaml:"names"`
	// Sights are looks that are pictures, too, where no article tells: 日落.
	Sights phrases `yaml:"sights"`
	// Sayings begin as a change does: what goes on to a scene behind one is a picture. "Make it rain, rapper throwing banknotes".
	Sayings phrases `yaml:"sayings"`
	// Attribute are the words that make what stands before them a property of what follows: a text that goes on after one
	// is a thing, whatever it begins with.
	Attribute phrases `yaml:"attribute"`

	// What no picture answers.
	Errand phrases `yaml:"errand"`  // hand a file on, keep it, print it or throw it away
	Files  phrases `yaml:"files"`   // what is handed on, and where it goes: the link, on instagram
	Tell   phrases `yaml:"tell"`    // ask for a text, with a word of Texts behind them: give me
	Texts  phrases `yaml:"texts"`   // ideas, a title
	About  phrases `yaml:"about"`   // go on from such a text to what it is about
	Utter  phrases `yaml:"utter"`   // ask for words in very short texts: say, count to
	Why    phrases `yaml:"why"`     // ask for a reason
	WhyNot phrases `yaml:"why_not"` // begin the same, and wish for something: why not
	Origin phrases `yaml:"origin"`  // ask when, where and by whom a picture was made
	Code   phrases `yaml:"code"`    // patterns of what is written for machines
	Scenes phrases `yaml:"scenes"`  // patterns of what is written so, and describes a picture

	// Suggest begin a wish for a change of what was shown, in short texts: how about. Doing are the verbs behind them.
	Suggest phrases `yaml:"suggest"`
	Doing   phrases `yaml:"doing"`

	Late phrases `yaml:"late"` // in an excuse: the reason follows

	Lines map[Topic]string `yaml:"lines"` // the answers
}
