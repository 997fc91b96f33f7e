'use strict'

// express-session on Node's own HTTP server, with the store of one backend. Arguments: the backend, where it is. Its first line of output is its port; it ends
// when its standard input does.
const fs = require('node:fs')
const http = require('node:http')
const session = require('express-session')

const hour = 3600

async function storeOf(backend, place) {
  switch (backend) {
    case 'Memory': return new session.MemoryStore()
    case 'Redis':
    case 'Valkey': {
      const { RedisStore } = require('connect-redis')
      const client = require('redis').createClient({ url: `redis://${place}` })
      await client.connect()
      return new RedisStore({ client, prefix: 'express:' })
    }
    case 'Postgres': {
      const PgStore = require('connect-pg-simple')(session)
      const parts = Object.fromEntries(place.split(';').map(part => part.split('=')).map(([name, value]) => [name.toLowerCase(), value]))
      const { Pool } = require('pg')
      const pool = new Pool({ host: parts.host, port: Number(parts.port), user: parts.username, password: parts.password, database: parts.database, max: 32 })
      return new PgStore({ pool, tableName: 'express', createTableIfMissing: true, pruneSessionInterval: false })
    }
    case 'MySql': {
      const MySqlStore = require('express-mysql-session')(session)
      const parts = Object.fromEntries(place.split(';').map(part => part.split('=')).map(([name, value]) => [name.toLowerCase(), value]))
      const store = new MySqlStore({
        host: parts.server, port: Number(parts.port), user: parts['user id'], password: parts.password, database: parts.database,
        connectionLimit: 32, schema: { tableName: 'express' }
      })
      await store.onReady()
      return store
    }
    case 'Sqlite': {
      const { default: sqlite3 } = await import('sqlite3')
      const db = new sqlite3.Database(place)
      await new Promise((resolve, reject) => db.exec('PRAGMA synchronous = NORMAL', error => error ? reject(error) : resolve()))
      const SqliteStore = require('connect-sqlite3')(session)
      const store = new SqliteStore({ db, concurrentDb: true })
      await new Promise(resolve => store.client.once('connect', resolve))
      return store
    }
    case 'File': {
      const FileStore = require('session-file-store')(session)
      fs.mkdirSync(place, { recursive: true })
      return new FileStore({ path: place, ttl: hour, logFn: () => {} })
    }
    default: throw new Error(`No store for ${backend}.`)
  }
}

function answer(response, status) {
  response.statusCode = status
  response.setHeader('Content-Length', 2)
  response.end('ok')
}

async function main([backend, place]) {
  const sessions = session({
    secret: 'a secret that only the benchmarks know', resave: false, saveUninitialized: false, cookie: { maxAge: hour * 1000 },
    store: await storeOf(backend, place)
  })
  const server = http.createServer((request, response) => {
    sessions(request, response, error => {
      if (error) return answer(response, 500)
      const url = new URL(request.url, 'http://localhost')
      if (url.pathname === '/fill') {
        request.session.n = 0
        request.session.data = 'x'.repeat(Number(url.searchParams.get('bytes')))
      } else if (url.pathname !== '/none') {
        if (request.session.n === undefined) return answer(response, 404)
        if (url.pathname === '/write') request.session.n++
      }
      answer(response, 200)
    })
  })
  server.keepAliveTimeout = 60000
  server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`))
  process.stdin.resume()
  process.stdin.on('end', () => process.exit(0))
}

main(process.argv.slice(2)).catch(error => { console.error(error); process.exit(1) })
