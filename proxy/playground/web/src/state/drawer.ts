import { at } from '../api/base'

/** The drawer keeps files in this browser: a picture that was brought, or given along, is there after a reload. */
function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open('midgate', 1)
    asked.onupgradeneeded = () => asked.result.createObjectStore('files')
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error)
  })
}

const name = (what: string) => `${at('')}:${what}`

/** putAway keeps a value under a name; null forgets it. A browser that keeps nothing is fine. */
export async function putAway(what: string, value: unknown): Promise<void> {
  try {
    const db = await open()
    const files = db.transaction('files', 'readwrite').objectStore('files')
    if (value === null) files.delete(name(what))
    else files.put(value, name(what))
    files.transaction.oncomplete = () => db.close()
  } catch {
    // nothing is kept: the page works, and asks again the next time
  }
}

/** takeOut reads what was kept under a name. */
export async function takeOut<T>(what: string): Promise<T | null> {
  try {
    const db = await open()
    return await new Promise((resolve) => {
      const asked = db.transaction('files').objectStore('files').get(name(what))
      asked.onsuccess = () => (db.close(), resolve(asked.result ?? null))
      asked.onerror = () => (db.close(), resolve(null))
    })
  } catch {
    return null
  }
}
