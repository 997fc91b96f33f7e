'use strict'

// The real packages, each on a place that the tests made. Options are the packages' defaults but for the place, what a first start needs, and waiting.

const session = require('express-session')

async function redis ({ url, prefix }) {
  const { createClient } = require('redis')
  const { RedisStore } = require('connect-redis')
  const client = createClient({ url })
  await client.connect()
  return { store: new RedisStore({ client, prefix }), close: () => client.close() }
}

async function postgres ({ url }) {
  const PgStore = require('connect-pg-simple')(session)
  const store = new PgStore({ conString: url, createTableIfMissing: true })
  return { store, close: () => store.close() }
}

async function mysql ({ url }) {
  const MySqlStore = require('express-mysql-session')(session)
  const { hostname, port, username, password, pathname } = new URL(url)
  const [user, secret, database] = [username, password, pathname.slice(1)].map(decodeURIComponent)
  const store = new MySqlStore({ host: hostname, port: Number(port), user, password: secret, database })
  await store.onReady()
  return { store, close: () => store.close() }
}

async function mongo ({ url, stringify }) {
  const { MongoStore } = require('connect-mongo')
  const store = MongoStore.create({ mongoUrl: url, stringify })
  return { store, close: () => store.close() }
}

async function file ({ path }) {
  const FileStore = require('session-file-store')(session)
  return { store: new FileStore({ path, retries: 0, logFn: () => {} }), close: () => {} }
}

async function sqlite ({ path }) {
  const SqliteStore = require('connect-sqlite3')(session)
  const { default: sqlite3 } = await import('sqlite3')
  const db = new sqlite3.Database(path)
  const store = new SqliteStore({ db })
  await new Promise(resolve => store.client.once('connect', resolve))
  return { store, close: () => new Promise((resolve, reject) => db.close(err => err ? reject(err) : resolve())) }
}

module.exports = { redis, postgres, mysql, mongo, file, sqlite }
