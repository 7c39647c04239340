// Stands for every package that the tests need nothing of. All that is in it is a function that answers with itself, tells
// the function that it is given that all is done, and reads as an empty text.
const nothing = new Proxy(function () {}, {
  get: (target, name) => (name === 'then' ? undefined : name === Symbol.toPrimitive ? () => '' : Object.hasOwn(target, name) ? target[name] : nothing),
  apply: (_, __, args) => (typeof args.at(-1) === 'function' && args.at(-1)(), nothing),
  construct: () => nothing,
})
// The names that the server imports one by one.
exports.AIHorde = exports.Agent = exports.CheckRepoActions = exports.HordeAsyncRequestStates = exports.ModelGenerationInputStableSamplers =
exports.ModelInterrogationFormTypes = exports.ProxyAgent = exports.RawImage = exports.ResizeStrategy = exports.SentencePieceProcessor =
exports.Tokenizer = exports.Translator = exports.crc32 = exports.createJimp = exports.decode = exports.env = exports.imageSize =
exports.languages = exports.msBmp = exports.pipeline = exports.simpleGit = exports.speak = exports.translate = nothing
module.exports = Object.assign(nothing, exports)
