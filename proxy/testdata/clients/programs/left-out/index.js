// Stands for every package that is left out, with all its names: what is read from it, called or made is it again. A class that
// extends it is a class, and whether something is of a kind of it is denied.
const no = () => false
const nothing = new Proxy(function () {}, {
  get: (target, name) => {
    if (name === 'prototype') return target.prototype
    if (typeof name === 'symbol' || name === 'then' || name === '__esModule') return undefined
    return /^is[A-Z]/.test(name) ? no : nothing
  },
  apply: () => nothing,
  construct: (_, __, made) => (made === nothing ? nothing : Object.create(made.prototype)),
})
module.exports = nothing
