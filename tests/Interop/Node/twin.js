'use strict'

// node twin.js --urls http://127.0.0.1:PORT --store memory|table --options JSON
//   serves one options object, like the host.
// node twin.js --pool
//   reads lines of JSON: {"start":OPTIONS,"store":STORE} starts a server on a free loopback port, {"stop":PORT} ends it. One line answers each, in order:
//   {"port":PORT}, {"stopped":PORT} or {"error":"message"}.

// express-session warns about options that are absent; here that is what is meant. Read when the package is loaded.
process.noDeprecation = true

const readline = require('node:readline')
const { parseArgs } = require('node:util')
const { createServer } = require('./protocol')
const { storeKinds } = require('./stores')

function refuse (message) {
  console.error(message.replaceAll('\n', ' '))
  process.exit(2)
}

function serveOne ({ urls, store, options }) {
  if (!urls || !store || !options) {
    refuse('Usage: twin.js --urls http://127.0.0.1:PORT --store memory|table --options JSON')
  }

  if (!storeKinds.includes(store)) {
    refuse(`--store ${store} is none that this program has: ${storeKinds.join(', ')}.`)
  }

  const { hostname, port } = new URL(urls)
  let server
  try {
    server = createServer(JSON.parse(options), store)
  } catch (err) {
    refuse(`--options: ${err.message}`)
  }

  server.listen(Number(port), hostname, () => console.log(`Now listening on: http://${hostname}:${server.address().port}`))
}

function start (options, store, servers) {
  return new Promise((resolve, reject) => {
    const server = createServer(options, store)
    server.on('error', reject)
    server.keepAliveTimeout = 60_000
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      servers.set(port, server)
      resolve({ port })
    })
  })
}

function stop (port, servers) {
  servers.get(port)?.closeAllConnections()
  servers.get(port)?.close()
  servers.delete(port)
  return { stopped: port }
}

async function servePool () {
  const servers = new Map()
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let reply
    try {
      const command = JSON.parse(line)
      reply = 'start' in command ? await start(command.start, command.store, servers) : stop(command.stop, servers)
    } catch (err) {
      reply = { error: err.message }
    }

    console.log(JSON.stringify(reply))
  }

  process.exit(0)
}

const { values } = parseArgs({
  options: { urls: { type: 'string' }, store: { type: 'string' }, options: { type: 'string' }, pool: { type: 'boolean' } }
})

if (values.pool) {
  servePool()
} else {
  serveOne(values)
}
