'use strict'

// Reads lines of JSON, one command each, and answers each with one line of JSON, in order.
//   {"do":"open","kind":KIND,"place":{…}}                       a store of that package on this place → {"store":N}
//   {"do":"write"|"read"|"change"|"save"|"touch"|"destroy","store":N}  see sessions.js; "at": the instant at which the clock stands, in milliseconds
//   {"do":"serve","store":N,"options":{…}}                      express-session with that store, behind the protocol of tests/Interop → {"port":P}
//   {"do":"close","store":N}                                    ends the store, and the server on it
//   {"do":"look","texts":[{"text":BASE64,"written":BASE64}]}    what JavaScript makes of texts; see reading.js
//   {"do":"versions"}                                           the installed packages
// An error is answered with {"error":"message"}. The process ends with its input.

process.noDeprecation = true

const { setClock } = require('./clock')
const fs = require('node:fs')
const path = require('node:path')
const readline = require('node:readline')
const backends = require('./backends')
const reading = require('./reading')
const sessions = require('./sessions')
const { dependencies } = require('./package.json')

const open = []

function serve (entry, options) {
  const { createServer } = require('../../Node/protocol')
  entry.server = createServer(options, entry.store)
  entry.server.keepAliveTimeout = 60_000
  return new Promise((resolve, reject) => {
    entry.server.on('error', reject)
    entry.server.listen(0, '127.0.0.1', () => resolve({ port: entry.server.address().port }))
  })
}

async function close (entry) {
  entry.server?.closeAllConnections()
  entry.server?.close()
  await entry.close()
  return { closed: true }
}

const version = name => JSON.parse(fs.readFileSync(path.join(__dirname, 'node_modules', name, 'package.json'), 'utf8')).version

async function run (command) {
  switch (command.do) {
    case 'open':
      return { store: open.push(await backends[command.kind](command.place)) - 1 }
    case 'serve':
      return serve(open[command.store], command.options)
    case 'close':
      return close(open[command.store])
    case 'look':
      return { result: reading.look(command) }
    case 'versions':
      return Object.fromEntries(Object.keys(dependencies).map(name => [name, version(name)]))
    default:
      return { result: await sessions[command.do](open[command.store].store, command) ?? null }
  }
}

async function main () {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let reply
    try {
      const command = JSON.parse(line)
      setClock(command.at)
      reply = await run(command)
    } catch (err) {
      reply = { error: err.message }
    }

    console.log(JSON.stringify(reply))
  }

  process.exit(0)
}

main()
