// The Express half: it signs people in and out. The .NET application beside it knows who they are.
'use strict'
const express = require('express')
const session = require('express-session')
const { RedisStore } = require('connect-redis')
const { createClient } = require('redis')

async function main () {
  const client = createClient({ url: process.env.REDIS_URL ?? 'redis://localhost:6379' })
  client.on('error', error => console.error(`Redis: ${error.message}`))
  await client.connect()

  const app = express()
  app.use(express.urlencoded({ extended: false }))
  app.use(session({
    store: new RedisStore({ client }),
    secret: process.env.SESSION_SECRET,
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 30 * 60 * 1000, sameSite: 'lax' }
  }))

  app.get('/', (req, res) => res.json({ user: req.session.user ?? null, cart: req.session.cart ?? [] }))

  app.post('/sign-in', (req, res, next) => {
    const cart = req.session.cart
    req.session.regenerate(error => {
      if (error) {
        return next(error)
      }

      req.session.user = req.body.user
      req.session.cart = cart
      res.redirect(303, '/')
    })
  })

  app.post('/sign-out', (req, res, next) => req.session.destroy(error => error ? next(error) : res.redirect(303, '/')))

  const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () =>
    console.log(`Now listening on: http://127.0.0.1:${server.address().port}`))
}

main().catch(error => {
  console.error(error)
  process.exit(1)
})
