package chat

// where says which part of a request a rule looks at.
type where int

const (
	inUser   where = iota // the last user message
	inSystem              // any system or developer message
	isUser                // the whole last user message, in any case, without punctuation
	inTools               // the names of the tools
)

// answering says what a rule's request is answered with.
type answering int

const (
	plainTitle   answering = iota // the conversation's first words
	titleJSON                     // {"title": …}
	tagsJSON                      // {"tags": …}
	followUps                     // {"follow_ups": []}
	queriesJSON                   // {"queries": []}
	promptJSON                    // {"prompt": …}, a flat object: the client cuts at the last brace
	textJSON                      // {"text": ""}
	noToolCalls                   // {"tool_calls": []}
	noOperations                  // {"operations": []}
	emoji
	sentence
	drawn // its own picture exists already
	said  // the user's last words
	pong
	greeting
)

// rule recognises one background request of a client by the stable parts of its template.
type rule struct {
	name   string
	in     where
	all    []string // each must be there
	any    []string // if not empty, one of them must be there
	answer answering
}

// asides are what SillyTavern asks a model beside the story that it tells.
var asides = []string{
	"Ignore previous instructions. Summarize the most important", "Ignore previous instructions. Classify the emotion of the last message",
	"Ignore previous instructions and choose a location", "[Write your next reply from the point of view of",
}

// rules are tried in their order; the first that fits answers.
var rules = []rule{
	{"open webui: title", inUser, []string{"### Task:", "title"}, []string{"Generate a concise", "title summarizing"}, titleJSON},
	{"open webui: tags", inUser, []string{"### Task:", "broad tags categorizing"}, nil, tagsJSON},
	{"open webui: follow-ups", inUser, []string{"### Task:", "follow-up questions"}, nil, followUps},
	{"open webui: queries", inUser, []string{"### Task:", "necessity of generating search queries"}, nil, queriesJSON},
	{"open webui: image prompt", inUser, []string{"### Task:", "image generation task"}, nil, promptJSON},
	{"open webui: autocomplete", inUser, []string{"You are an autocompletion system"}, nil, textJSON},
	{"open webui: title, in other words", inUser, []string{"<chat_history>", `"title"`}, nil, titleJSON},
	{"open webui: tags, in other words", inUser, []string{"<chat_history>", `"tags"`}, nil, tagsJSON},
	{"open webui: follow-ups, in other words", inUser, []string{"<chat_history>", `"follow_ups"`}, nil, followUps},
	{"open webui: queries, in other words", inUser, []string{"<chat_history>", `"queries"`}, nil, queriesJSON},
	{"open webui: any task in other words", inUser, []string{"<chat_history>", "</chat_history>"}, nil, sentence},
	{"open webui: title, before 2025", inUser, []string{"Create a concise, 3-5 word"}, []string{"as a title for", "as a header for"}, plainTitle},
	{"open webui: any other task", inUser, []string{"### Task:"}, []string{"### Chat History:", "<chat_history>"}, sentence},
	{"open webui: compaction", inUser, []string{"Summarize the conversation history that will be compacted"}, nil, sentence},
	{"open webui: tool choice", inSystem, []string{"Available Tools:"}, nil, noToolCalls},
	{"open webui: emoji", inUser, []string{"likely facial expression through a fitting emoji"}, nil, emoji},
	{"open webui: merge", inUser, []string{"You have been provided with a set of responses from various models"}, nil, sentence},
	{"open webui: memory", inSystem, []string{"private memory reviewer"}, nil, noOperations},
	{"open webui: memory turn", inUser, []string{"Review the completed conversation turn"}, nil, noOperations},
	{"open webui: after its own picture", inSystem, nil, []string{"<context>The requested image has been", "<context>Image generation was"}, drawn},
	{"librechat: title", inUser, nil, []string{"5-word-or-less title for the conversation"}, plainTitle},
	{"librechat: structured title", inUser, []string{"Analyze this conversation and provide:"}, nil, titleJSON},
	{"librechat: labels", inUser, nil, []string{"Write a short label describing what this block of agent activity", "Summarize what this phase of an agent run", "Write a short orientation title"}, plainTitle},
	{"librechat: labels, as system text", inSystem, nil, []string{"Write a short label describing what this block of agent activity", "Summarize what this phase of an agent run", "Write a short orientation title"}, plainTitle},
	{"librechat: summary", inUser, nil, []string{"Hold on, before you continue I need you to write me a checkpoint", "Hold on again, update your checkpoint"}, sentence},
	{"librechat: memory", inTools, nil, []string{"set_memory", "delete_memory"}, sentence},
	{"lobechat: title", inSystem, nil, []string{"You are a professional conversation summarizer", "skilled in conversation who needs to summarize"}, plainTitle},
	{"lobechat: title, as user text", inUser, nil, []string{"You are a professional conversation summarizer", "skilled in conversation who needs to summarize"}, plainTitle},
	{"cherry studio: title", inSystem, []string{"skilled in conversation. You need to summarize the user's conversation into a title"}, nil, plainTitle},
	{"cherry studio: title, as user text", inUser, []string{"skilled in conversation. You need to summarize the user's conversation into a title"}, nil, plainTitle},
	{"nextchat: title", inUser, nil, []string{
		"four to five word title summarizing our conversation", "generate a title (at most 6 words) summarizing our conversation",
		"使用四到五个字直接返回这句话的简要主题", "使用四到五個字直接返回這句話的簡要主題",
		"Utilisez quatre à cinq mots pour retourner le sujet", "un titre de quatre à cinq mots résumant notre conversation",
		"ein kurzes Thema in vier bis fünf Wörtern", "einen Titel mit vier bis fünf Wörtern, der unsere Unterhaltung",
		"un tema breve de esta frase en cuatro a cinco palabras", "un título de cuatro a cinco palabras",
		"il tema di questa frase in modo conciso con quattro o cinque parole", "un titolo di quattro o cinque parole",
		"um título de quatro a cinco palavras", "краткую тему этого сообщения в четырех-пяти словах",
		"簡潔なテーマを四から五文字で返して", "文字でこの文の簡潔な主題を返して", "이 문장의 간략한 주제를 반환",
	}, plainTitle},
	{"nextchat: summary", inUser, nil, []string{
		"Summarize the discussion briefly in 200 words or less", "Summarize the discussion briefly in 200 words to", "summarise the conversation in at most 200 words",
		"简要总结一下对话内容，用作后续的上下文提示", "簡要總結一下對話內容，用作後續的上下文提示",
		"un résumé succinct de la discussion, à utiliser comme prompt", "Fassen Sie den Gesprächsinhalt zusammen, um als Kontext",
		"Resume brevemente el contenido de la conversación", "Riassumi brevemente il contenuto della conversazione",
		"Resuma a discussão brevemente em 200 palavras", "подведите итоги содержимого беседы",
		"対話の内容を簡潔に要約し、後続の", "대화 내용을 간략히 요약하여 후속",
	}, sentence},
	{"chatbox: title", inUser, nil, []string{"give this conversation a name", "Name this conversation in 10 characters"}, plainTitle},
	{"sillytavern: a picture's words", inSystem, nil, []string{
		"Ignore previous instructions and provide", "Ignore previous instructions. Your next response must be formatted as",
		"In the next response I want you to provide only a detailed comma-delimited list",
	}, said},
	{"sillytavern: its own prompts", inSystem, nil, asides, sentence},
	{"sillytavern: its own prompts, as user text", inUser, nil, asides, sentence},
	{"connection test", isUser, nil, []string{"ping"}, pong},
	{"greeting", isUser, nil, []string{"hi", "hello", "test", "hey"}, greeting},
}

// asking is how a language asks for the title of a conversation: a sentence has a word of each of the first three lists, and
// none of the last, which are of pictures. Where no blanks part the words, they stand anywhere. In a short sentence the
// conversation is the one that is being held: a word of this stands before it, or together with it.
type asking struct{ ask, title, about, picture, this, sum []string }

var askings = []asking{
	{[]string{"generate", "create", "write", "give", "suggest", "summarize", "summarise", "provide", "come up with", "reply", "respond", "answer", "return", "what would be", "produce"},
		[]string{"title", "titles", "header", "headline"},
		[]string{"conversation", "conversations", "chat", "chat history", "discussion", "dialogue", "dialog", "previous query", "following query", "messages"},
		[]string{"draw", "paint", "imagine", "picture", "image", "illustrate", "illustration", "render", "photo", "poster", "scene", "card", "cover", "logo", "sign", "screen", "banner", "typography", "lettering", "comic", "page", "book", "bubble", "letters", "group", "app", "podcast", "community", "newspaper", "painting", "miniature", "medieval", "3d", "mural", "sticker", "infographic", "cartoon"},
		[]string{"this", "our", "the", "following", "previous", "my", "above"}, []string{"summarize", "summarise", "sum up", "name", "rename", "title", "tl dr", "come up with a name", "suggest a name", "find a name", "give this chat a name"}},
	{[]string{"erstelle", "erstellen", "generiere", "generieren", "schreibe", "schreib", "gib", "geben", "formuliere", "fasse", "finde", "nenne", "vergib", "antworte"},
		[]string{"titel", "überschrift", "thema"}, []string{"unterhaltung", "gespräch", "gesprächs", "chat", "chats", "chatverlauf", "konversation", "dialog"}, //nolint:misspell // German
		[]string{"bild", "zeichne", "male", "poster", "plakat", "logo", "foto", "szene", "cover", "comic", "gemälde", "buchstaben", "seite", "gruppe", "app", "wand", "schrift", "gold", "sticker", "buch"},
		[]string{"diese", "dieser", "dieses", "diesem", "diesen", "unser", "unsere", "unserer", "unserem", "die", "das", "der", "den", "dem"}, []string{"fasse", "fass", "benenne", "nenne"}},
	{[]string{"générer", "génère", "générez", "créer", "crée", "créez", "donne", "donnez", "écris", "écrivez", "propose", "proposez", "résume", "résumez", "utilisez"},
		[]string{"titre", "sujet"}, []string{"conversation", "discussion", "chat", "échange", "dialogue"}, []string{"image", "dessine", "affiche", "logo", "photo", "scène", "couverture", "bd", "tableau", "page", "groupe", "lettres", "peinture", "livre", "bulle"},
		[]string{"cette", "notre", "ce", "la", "cet", "le"}, []string{"résume", "résumez", "nomme", "résumer"}},
	{[]string{"genera", "generar", "crea", "crear", "escribe", "da", "dame", "ponle", "pon", "ponga", "sugiere", "resume", "devuelve", "proporciona"},
		[]string{"título", "tema"}, []string{"conversación", "chat", "charla", "diálogo"}, []string{"imagen", "dibuja", "cartel", "póster", "logo", "foto", "escena", "portada", "cómic", "pintura", "cuadro", "página", "grupo", "letras", "libro", "mural"},
		[]string{"esta", "nuestra", "este", "nuestro", "la", "el"}, []string{"resume", "resumir", "nombra"}},
	{[]string{"genera", "generare", "crea", "creare", "scrivi", "dai", "dammi", "suggerisci", "riassumi", "fornisci", "riporta"},
		[]string{"titolo"}, []string{"conversazione", "chat", "discussione", "dialogo"}, []string{"immagine", "disegna", "poster", "locandina", "logo", "foto", "scena", "copertina", "fumetto", "quadro", "dipinto", "pagina", "gruppo", "lettere", "libro"},
		[]string{"questa", "nostra", "questo", "nostro", "la", "il"}, []string{"riassumi", "riassumere"}},
	{[]string{"gere", "gera", "gerar", "crie", "cria", "criar", "escreva", "escreve", "dê", "sugira", "sugere", "resuma", "forneça"},
		[]string{"título"}, []string{"conversa", "chat", "discussão", "diálogo"}, []string{"imagem", "desenhe", "desenha", "cartaz", "pôster", "logo", "foto", "cena", "capa", "pintura", "quadro", "página", "grupo", "letras", "livro", "tela"},
		[]string{"esta", "nossa", "este", "nosso", "essa", "desta", "a", "o"}, []string{"resuma", "resumir", "resume"}},
	{[]string{"создай", "создайте", "придумай", "придумайте", "напиши", "напишите", "сгенерируй", "сгенерируйте", "укажи", "укажите", "дай", "дайте", "составь", "предложи"},
		[]string{"заголовок", "название", "тему"}, []string{"беседы", "беседу", "чата", "разговора", "диалога", "переписки", "беседе", "разговору"}, []string{"картинку", "картинка", "нарисуй", "плакат", "постер", "логотип", "фото", "обложку", "картину", "картина", "страницу", "золотом", "буквами", "книги", "группы"},
		[]string{"этой", "этот", "этого", "нашей", "нашего", "эту", "для", "наш", "нашу"}, []string{"подведи итог", "резюмируй", "кратко изложи", "назови"}},
	{[]string{"生成", "总结", "總結", "概括", "返回", "起一个", "起個", "取一个", "写一个", "給出", "给出", "拟"}, []string{"标题", "標題", "主题", "主題"}, []string{"对话", "對話", "会话", "會話", "聊天"},
		[]string{"画", "畫", "图", "圖", "海报", "海報", "封面", "框", "气泡", "氣泡", "油画", "字体", "字體", "页", "頁"},
		[]string{"这", "這", "该", "此", "我们", "我們", "本次", "对话的标题", "會話的標題", "会话的标题", "聊天的标题", "的对话总结", "将用户"}, []string{"总结", "總結", "概括"}},
	{[]string{"生成", "作成", "付けて", "つけて", "返して", "要約", "考えて", "教えて"}, []string{"タイトル", "題名", "主題", "見出し"}, []string{"会話", "チャット", "対話"}, []string{"画像", "絵", "描", "ポスター", "ロゴ", "イラスト", "表紙", "写真", "油絵", "ページ", "吹き出し"},
		[]string{"この", "その", "私たち", "会話の", "対話の", "チャットの"}, []string{"要約", "まとめ"}},
	{[]string{"생성", "만들", "작성", "반환", "요약", "지어", "제안", "붙여"}, []string{"제목", "주제"}, []string{"대화", "채팅"}, []string{"그림", "이미지", "그려", "포스터", "로고", "사진", "표지", "유화", "페이지", "말풍선"},
		[]string{"이 ", "우리", "저희", "대화의", "대화 제목", "채팅의", "채팅 제목"}, []string{"요약", "정리"}},
}
