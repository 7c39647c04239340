// Makes videos with the official SDK at the address in the first argument: of words, of a picture that was drawn there,
// and of the file in the second argument, in each way to send it. Prints what became of them as one JSON document.
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { require } from './orders.mjs'

const { default: OpenAI, toFile } = require('openai')
const [base, path] = process.argv.slice(2)
const client = new OpenAI({ baseURL: base, apiKey: 'anything', maxRetries: 0 })
const file = () => toFile(readFileSync(path), 'frame.png', { type: 'image/png' })

const finished = async (video) => {
  while (video.status === 'queued' || video.status === 'in_progress') {
    await pause(100)
    video = await client.videos.retrieve(video.id)
  }
  return video
}

const content = async (id, query) => {
  const response = await client.videos.downloadContent(id, query)
  const bytes = Buffer.from(await response.arrayBuffer())
  return { kind: response.headers.get('content-type'), mark: bytes.subarray(4, 8).toString('latin1'), size: bytes.length }
}

const made = async (video) => {
  const end = await finished(video)
  return {
    id: end.id, before: video.status, status: end.status, seconds: end.seconds, size: end.size, from: end.remixed_from_video_id, error: end.error,
    film: await content(end.id), still: await content(end.id, { variant: 'thumbnail' }),
  }
}

const drawn = (await client.images.generate({ prompt: 'a lighthouse', model: 'midjourney', response_format: 'url' })).data[0]
const sent = await client.files.create({ file: await file(), purpose: 'vision' })
const own = await toFile(Buffer.from(await (await fetch(drawn.url)).arrayBuffer()), 'own.png', { type: 'image/png' })
// all does them at once and keeps their names.
const all = async (videos) => Object.fromEntries(await Promise.all(Object.entries(videos).map(async ([name, video]) => [name, await made(await video)])))
const create = (prompt, more) => client.videos.create({ model: 'sora-2', prompt, ...more })
const first = await all({
  words: create('a fox walks', { seconds: '4', size: '1280x720' }),
  'own picture, by address': create('the beam turns', { input_reference: { image_url: drawn.url } }),
  'own picture, as its bytes': create('the waves rise', { input_reference: own }),
  'upload, as a file': create('it waves', { input_reference: await file() }),
  'upload, by file_id': create('it jumps', { input_reference: { file_id: sent.id } }),
})
const { id } = first.words
const second = await all({
  remix: client.videos.remix(id, { prompt: 'the fox runs' }),
  longer: client.videos.extend({ video: { id }, prompt: 'and on', seconds: '4' }),
})
const listed = []
for await (const video of client.videos.list({ limit: 2 })) listed.push(video.id)
const deleted = await client.videos.delete(id)
const gone = await client.videos.retrieve(id).then(() => 200, (e) => e.status)
console.log(JSON.stringify({ outcome: { ...first, ...second }, listed, deleted, gone }))
