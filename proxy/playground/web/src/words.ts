/** The page's texts in other languages than English: what stands in the code is English and the key. */
export type Words = Record<string, string>

let words: Words = {}

/** speak takes the texts of a language. */
function speak(lang: string, all: Words): void {
  words = all
  document.documentElement.lang = lang
}

/** speakTheirs takes the first of the visitor's languages that the page has; its texts are read only then. */
export async function speakTheirs(): Promise<void> {
  for (const wanted of navigator.languages) {
    const lang = wanted.slice(0, 2).toLowerCase()
    if (lang === 'en') return
    const texts = lang === 'de' ? import('./texts/de') : lang === 'zh' ? import('./texts/zh') : null
    if (texts) return speak(lang, (await texts.catch(() => ({ words: {} }))).words)
  }
}

/** tr is a text in the visitor's language; {name} is replaced by the value of that name. */
export function tr(english: string, values: Record<string, string | number> = {}): string {
  return (words[english] ?? english).replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all))
}
