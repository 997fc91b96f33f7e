'use strict'

// What JSON.parse and express-session's createSession make of texts that no store has written.

const { MemoryStore } = require('express-session')

const store = new MemoryStore()

const isObject = value => typeof value === 'object' && value !== null && !Array.isArray(value)

const lowered = value => typeof value === 'string' ? value.toLowerCase() : value

/** The cookie as it is sent once the session was touched; the error where that cannot be. */
function cookieOf (text) {
  try {
    const { cookie } = store.createSession({}, { cookie: JSON.parse(text).cookie }).touch()
    return {
      expires: cookie.expires ? cookie.expires.valueOf() : null,
      originalMaxAge: cookie.originalMaxAge || null,
      path: cookie.path || null,
      domain: cookie.domain || null,
      httpOnly: Boolean(cookie.httpOnly),
      secure: Boolean(cookie.secure),
      partitioned: Boolean(cookie.partitioned),
      sameSite: cookie.sameSite === true ? 'strict' : lowered(cookie.sameSite) || null,
      priority: lowered(cookie.priority) || null,
      again: JSON.stringify(cookie)
    }
  } catch (err) {
    return { error: err.message }
  }
}

/** Of a text as bytes in base64, and the same as this project wrote it back: whether it is a session, its keys, and whether both are one to JavaScript. */
function look ({ text, written }) {
  let parsed
  try {
    parsed = JSON.parse(Buffer.from(text, 'base64').toString())
  } catch {
    return { isJson: false, isSession: false }
  }

  const isSession = isObject(parsed) && isObject(parsed.cookie)
  return {
    isJson: true,
    isSession,
    keys: isSession ? Object.keys(parsed).filter(key => key !== 'cookie').map(key => Buffer.from(key, 'utf16le').toString('base64')) : null,
    same: written && JSON.stringify(parsed) === JSON.stringify(JSON.parse(Buffer.from(written, 'base64').toString())),
    cookie: isSession ? cookieOf(Buffer.from(text, 'base64').toString()) : null
  }
}

module.exports = { look: ({ texts }) => texts.map(look) }
