// Stands for js-tiktoken, whose dictionaries are the largest part of what clients would bring: four letters are a token.
class Tiktoken {
  encode(text) {
    return Array.from(text.match(/[^]{1,4}/g) ?? [], (_, n) => n)
  }
}
exports.Tiktoken = Tiktoken
exports.getEncodingNameForModel = () => 'o200k_base'
exports.getEncoding = exports.encodingForModel = () => new Tiktoken()
