'use strict'

// The protocol of tests/Interop/Host on express-session itself: one http server per options object.

const http = require('node:http')
const session = require('express-session')
const { runSteps } = require('./steps')
const { createStore, watch } = require('./stores')
const { storeEndpoint } = require('./store-endpoints')
const { Running } = require('./running')

/** Answers JSON text. */
function answer (res, json) {
  res.setHeader('Content-Type', 'application/json')
  res.end(json)
}

/** A cookie object of the options, with its date as a date. */
function toCookie (cookie) {
  return typeof cookie.expires === 'string' ? { ...cookie, expires: new Date(cookie.expires) } : { ...cookie }
}

/** Cookie options as a function of the request: those of the longest path that the request's begins with. */
function cookieFunction (cookieByPath) {
  const paths = Object.keys(cookieByPath).sort((a, b) => b.length - a.length)
  return req => toCookie(cookieByPath[paths.find(path => req.url.startsWith(path))] ?? {})
}

/** express-session's options, with what JSON cannot hold put in: the store, dates, functions. */
function toSessionOptions ({ genidPrefix, cookieByPath, touch, trustProxy, ...rest }, store) {
  const result = { ...rest, store }
  if (cookieByPath) {
    result.cookie = cookieFunction(cookieByPath)
  } else if (rest.cookie) {
    result.cookie = toCookie(rest.cookie)
  }

  if (genidPrefix) {
    let last = 0
    result.genid = () => `${genidPrefix}${++last}`
  }

  return result
}

async function readSteps (req, url) {
  const inQuery = url.searchParams.get('p')
  let text = inQuery
  if (inQuery === null) {
    const chunks = []
    for await (const chunk of req) {
      chunks.push(chunk)
    }

    text = Buffer.concat(chunks).toString('utf8')
  }

  const program = text === '' ? [] : JSON.parse(text)
  return Array.isArray(program) ? program : program.ops ?? []
}

function fail (req, res, err, running) {
  if (res.headersSent) {
    // What Express does with an error that comes too late.
    req.socket.destroy()
    running.end(res)
    return
  }

  res.statusCode = 500
  answer(res, JSON.stringify({ error: err.message }))
}

async function run (req, res, url, running) {
  try {
    const { trace, wrote, empty } = await runSteps(req, res, await readSteps(req, url))
    const json = JSON.stringify({ trace })
    if (empty) {
      res.end()
    } else if (wrote) {
      res.end('\n' + json)
    } else {
      answer(res, json)
    }
  } catch (err) {
    fail(req, res, err, running)
  }
}

/** What Express with "trust proxy" says of the request. */
function isForwardedFromHttps (req) {
  return (req.headers['x-forwarded-proto'] ?? '').split(',')[0].trim() === 'https'
}

/** Makes a server on a store or on one of a kind; it does not listen yet. Throws where express-session refuses the options. */
function createServer (options, storeOrKind) {
  const store = typeof storeOrKind === 'string' ? createStore(storeOrKind) : storeOrKind
  const watched = watch(store, options.touch !== false)
  const middleware = session(toSessionOptions(options, watched.store))
  const running = new Running()

  return http.createServer((req, res) => {
    const url = new URL(req.url, 'http://localhost')
    if (url.pathname === '/healthz') {
      res.end('ok')
      return
    }

    const call = storeEndpoint(store, watched, running, url)
    if (call) {
      call((err, value) => answer(res, JSON.stringify(err ? { error: err.message } : value ?? null)))
      return
    }

    running.begin(res)
    req.backend = store
    if (options.trustProxy) {
      req.secure = isForwardedFromHttps(req)
    }

    middleware(req, res, err => {
      if (err) {
        fail(req, res, err, running)
      } else {
        run(req, res, url, running)
      }
    })
  })
}

module.exports = { createServer }
