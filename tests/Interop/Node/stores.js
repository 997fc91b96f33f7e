'use strict'

const session = require('express-session')

const DEFAULT_LIFETIME = 86_400_000

/**
 * Keeps the end of a session beside it, as stores on databases do: a touch moves the end and leaves the session as it was written, and who reads it
 * gets the true end.
 */
class TableStore extends session.Store {
  #rows = new Map()

  get (sid, callback) {
    const row = this.#live(sid)
    if (!row) {
      setImmediate(callback, null, undefined)
      return
    }

    const found = JSON.parse(row.json)
    if (typeof found.cookie.expires === 'string') {
      found.cookie.expires = row.expires.toISOString()
    }

    setImmediate(callback, null, found)
  }

  set (sid, session, callback) {
    this.#rows.set(sid, { json: JSON.stringify(session), expires: this.#end(session) })
    setImmediate(callback)
  }

  touch (sid, session, callback) {
    const row = this.#live(sid)
    if (row) {
      row.expires = this.#end(session)
    }

    setImmediate(callback)
  }

  destroy (sid, callback) {
    this.#rows.delete(sid)
    setImmediate(callback)
  }

  all (callback) {
    setImmediate(callback, null, Object.fromEntries([...this.#rows.keys()].filter(sid => this.#live(sid)).map(sid => [sid, this.atRest(sid)])))
  }

  length (callback) {
    this.all((err, all) => callback(err, Object.keys(all).length))
  }

  clear (callback) {
    this.#rows.clear()
    setImmediate(callback)
  }

  /** The session as it was written. */
  atRest (sid) {
    const row = this.#live(sid)
    return row && JSON.parse(row.json)
  }

  #live (sid) {
    const row = this.#rows.get(sid)
    return row && row.expires > Date.now() ? row : undefined
  }

  #end ({ cookie }) {
    return cookie.expires instanceof Date ? cookie.expires : new Date(Date.now() + DEFAULT_LIFETIME)
  }
}

const kinds = { memory: session.MemoryStore, table: TableStore }

/** Makes a store of a kind; undefined where there is none of that name. */
function createStore (kind) {
  return Object.hasOwn(kinds, kind) ? new kinds[kind]() : undefined
}

/**
 * The store as the middleware is to see it: every call is noted, and one can be made to fail. What is not asked through the result is not noted.
 * @returns {{ store: session.Store, calls: string[], failures: Map<string, Error> }}
 */
function watch (store, canTouch) {
  const watched = Object.create(store)
  const calls = []
  const failures = new Map()
  for (const name of ['get', 'set', 'touch', 'destroy']) {
    watched[name] = (...args) => {
      calls.push(name)
      if (failures.has(name)) {
        setImmediate(args.at(-1), failures.get(name))
        failures.delete(name)
      } else {
        store[name](...args)
      }
    }
  }

  if (!canTouch) {
    watched.touch = undefined
  }

  return { store: watched, calls, failures }
}

module.exports = { createStore, storeKinds: Object.keys(kinds), watch }
