/** The page's texts in other languages than English: what stands in the code is English and the key. */
export type Words = Record<string, string>

let words: Words = {}

/** speak takes the texts of a language. */
export function speak(lang: string, all: Words): void {
  words = all
  document.documentElement.lang = lang
}

/** tr is a text in the visitor's language; {name} is replaced by the value of that name. */
export function tr(english: string, values: Record<string, string | number> = {}): string {
  return (words[english] ?? english).replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all))
}
