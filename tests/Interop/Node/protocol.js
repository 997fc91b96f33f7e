'use strict'

// The protocol of tests/Interop/Host on express-session itself: one http server per options object.

const http = require('node:http')
const session = require('express-session')
const { runSteps } = require('./steps')

/** Answers JSON text. */
function answer (res, json) {
  res.setHeader('Content-Type', 'application/json')
  res.end(json)
}

/** express-session's options, with what JSON cannot hold put in: the store, dates, the id function. */
function toSessionOptions (options, store) {
  const { genidPrefix, ...rest } = options
  const result = { ...rest, store }
  if (options.cookie) {
    result.cookie = { ...options.cookie }
    if (typeof result.cookie.expires === 'string') {
      result.cookie.expires = new Date(result.cookie.expires)
    }
  }

  if (genidPrefix) {
    let last = 0
    result.genid = () => `${genidPrefix}${++last}`
  }

  return result
}

/** The endpoints that go straight to the store; undefined where the path is none of them. */
function storeEndpoint (store, url) {
  switch (url.pathname) {
    case '/store/length':
      return callback => store.length(callback)
    case '/store/ids':
      return callback => store.all((err, all) => callback(err, err ? undefined : Object.keys(all).sort()))
    case '/store/get':
      return callback => store.get(url.searchParams.get('sid') ?? '', callback)
    case '/store/clear':
      return callback => store.clear(err => callback(err, 'ok'))
  }
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

function fail (req, res, err) {
  if (res.headersSent) {
    // What Express does with an error that comes too late.
    req.socket.destroy()
    return
  }

  res.statusCode = 500
  answer(res, JSON.stringify({ error: err.message }))
}

async function run (req, res, url) {
  try {
    const { trace, wrote } = await runSteps(req, res, await readSteps(req, url))
    const json = JSON.stringify({ trace })
    if (wrote) {
      res.end('\n' + json)
    } else {
      answer(res, json)
    }
  } catch (err) {
    fail(req, res, err)
  }
}

/** Makes a server that does not listen yet. Throws where express-session refuses the options. */
function createServer (options) {
  const store = new session.MemoryStore()
  const middleware = session(toSessionOptions(options, store))

  return http.createServer((req, res) => {
    const url = new URL(req.url, 'http://localhost')
    if (url.pathname === '/healthz') {
      res.end('ok')
      return
    }

    const call = storeEndpoint(store, url)
    if (call) {
      call((err, value) => answer(res, JSON.stringify(err ? { error: err.message } : value ?? null)))
      return
    }

    middleware(req, res, err => {
      if (err) {
        fail(req, res, err)
      } else {
        run(req, res, url)
      }
    })
  })
}

module.exports = { createServer }
