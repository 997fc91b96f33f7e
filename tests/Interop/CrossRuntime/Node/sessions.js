'use strict'

// What express-session's middleware does with a store, step by step.

const session = require('express-session')

const call = (store, method, ...args) =>
  new Promise((resolve, reject) => store[method](...args, (err, value) => err ? reject(err) : resolve(value)))

const request = (store, sid) => ({ sessionID: sid, sessionStore: store })

async function load (store, sid) {
  let found
  try {
    found = await call(store, 'get', sid)
  } catch (err) {
    if (err.code !== 'ENOENT') {
      throw err
    }
  }

  return found ? store.createSession(request(store, sid), found) : undefined
}

async function loadAny (store, sid) {
  const found = await load(store, sid)
  if (!found) {
    throw new Error('there is no such session')
  }

  return found
}

/** A new session with these values: JavaScript's source of an object. */
async function write (store, { sid, cookie, values }) {
  const written = new session.Session(request(store, sid))
  written.cookie = new session.Cookie(typeof cookie.expires === 'string' ? { ...cookie, expires: new Date(cookie.expires) } : cookie)
  // eslint-disable-next-line no-new-func
  Object.assign(written, new Function(`return (${values})`)())
  await call(store, 'set', sid, written)
}

/** The session as JSON, null where there is none. */
async function read (store, { sid }) {
  const found = await load(store, sid)
  return found ? JSON.stringify(found) : null
}

async function change (store, { sid, key, value }) {
  const changed = await loadAny(store, sid)
  changed[key] = value
  changed.touch()
  await call(store, 'set', sid, changed)
}

/** As req.session.save() in a handler: not touched before. */
async function save (store, { sid }) {
  await call(store, 'set', sid, await loadAny(store, sid))
}

async function touch (store, { sid }) {
  const touched = await loadAny(store, sid)
  touched.touch()
  await call(store, 'touch', sid, touched)
}

async function destroy (store, { sid }) {
  await call(store, 'destroy', sid)
}

module.exports = { write, read, change, save, touch, destroy }
