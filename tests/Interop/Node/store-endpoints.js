'use strict'

/** Waits until no request of the set runs any more. */
function whenIdle (running, callback) {
  if (running.size === 0) {
    callback(null)
  } else {
    const [res] = running
    res.once('close', () => whenIdle(running, callback))
  }
}

/**
 * The endpoints that go straight to the store, and those that tell of the calls of the middleware or disturb them; undefined where the path is none
 * of them.
 */
function storeEndpoint (store, watched, running, url) {
  const query = name => url.searchParams.get(name) ?? ''
  switch (url.pathname) {
    case '/store/length':
      return callback => store.length(callback)
    case '/store/ids':
      return callback => store.all((err, all) => callback(err, err ? undefined : Object.keys(all).sort()))
    case '/store/get':
      return callback => store.atRest ? callback(null, store.atRest(query('sid'))) : store.get(query('sid'), callback)
    case '/store/clear':
      return callback => store.clear(err => callback(err, 'ok'))
    case '/store/calls':
      return callback => whenIdle(running, err => callback(err, watched.calls.splice(0)))
    case '/store/fail':
      return callback => {
        watched.failures.set(query('op'), Object.assign(new Error(query('error')), query('code') ? { code: query('code') } : {}))
        callback(null, 'ok')
      }
    case '/store/emit':
      return callback => {
        watched.store.emit(query('event'))
        callback(null, 'ok')
      }
  }
}

module.exports = { storeEndpoint }
