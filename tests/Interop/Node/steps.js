'use strict'

// The steps of a program. Each gives its entry of the trace.

const NO_SESSION = 'no session'

const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

/** A session operation with a callback, as an entry of the trace. */
const outcome = operation => new Promise(resolve => operation(err => resolve(err ? { error: err.message } : 'ok')))

const withoutSession = {
  has: (req, res) => Boolean(req.session),
  id: (req, res) => req.sessionID ?? null,
  unset: (req, res) => {
    req.session = null
    return 'ok'
  },
  wait: async (req, res, [ms]) => {
    await pause(ms)
    return 'ok'
  },
  write: async (req, res, [text]) => {
    if (!res.headersSent) {
      res.setHeader('Content-Type', 'application/json')
      res.flushHeaders()
    }

    await new Promise(resolve => res.write(text, resolve))
    return 'ok'
  },
  status: (req, res, [code]) => {
    res.statusCode = code
    return 'ok'
  },
  header: (req, res, [name, value]) => {
    if (!res.headersSent) {
      res.setHeader(name, value)
    }

    return 'ok'
  },
  vanish: req => outcome(callback => req.backend.destroy(req.sessionID, callback)),
  empty: () => 'ok',
  throw: (req, res, [message]) => {
    throw new Error(message)
  }
}

const withSession = {
  get: (session, [key]) => session[key] ?? null,
  set: (session, [key, value]) => {
    session[key] = value
    return true
  },
  del: (session, [key]) => {
    delete session[key]
    return true
  },
  keys: session => Object.keys(session).filter(key => key !== 'cookie').sort(),
  regenerate: session => outcome(callback => session.regenerate(callback)),
  destroy: session => outcome(callback => session.destroy(callback)),
  reload: session => outcome(callback => session.reload(callback)),
  save: session => outcome(callback => session.save(callback)),
  touch: session => {
    session.touch()
    return 'ok'
  },
  'cookie.get': (session, [name]) => session.cookie[name] ?? null,
  'cookie.set': (session, [name, value]) => {
    session.cookie[name] = name === 'expires' && typeof value === 'string' ? new Date(value) : value
    return true
  }
}

/** Takes the steps in order; says what each gave, whether bytes have gone out already, and whether the answer is to have no body. */
async function runSteps (req, res, steps) {
  const trace = []
  let wrote = false
  let empty = false
  for (const [name, ...args] of steps) {
    if (Object.hasOwn(withoutSession, name)) {
      wrote ||= name === 'write'
      empty ||= name === 'empty'
      trace.push(await withoutSession[name](req, res, args))
    } else if (!Object.hasOwn(withSession, name)) {
      throw new Error(`unknown step ${name}`)
    } else if (req.session) {
      trace.push(await withSession[name](req.session, args))
    } else {
      trace.push(NO_SESSION)
    }
  }

  return { trace, wrote, empty }
}

module.exports = { runSteps }
