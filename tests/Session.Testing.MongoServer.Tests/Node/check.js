'use strict';

// node check.js CONNECTION_STRING
// Drives connect-mongo's store through every operation, in each of its modes. Ends with "passed N" or with an error.
const assert = require('node:assert/strict');
const session = require('express-session');
const { MongoStore } = require('connect-mongo');
const { MongoClient } = require('mongodb');

const url = process.argv[2];
const call = (store, method, ...args) => new Promise((resolve, reject) =>
  store[method](...args, (error, result) => (error ? reject(error) : resolve(result))));
const sessionOf = (maxAge, values) => {
  const cookie = new session.Cookie({ maxAge });
  return { cookie, ...values };
};
const values = { user: { name: 'Zoë 漢字 😀', n: 1.5, big: 1795388041467, list: [1, null, true] }, 'a.b': 1, $c: 2 };
const plain = (value) => JSON.parse(JSON.stringify(value));

async function drive(client, name, options) {
  const collection = client.db('node').collection(name);
  const store = MongoStore.create({ client, dbName: 'node', collectionName: name, ...options });
  const events = [];
  for (const event of ['create', 'update', 'set', 'get', 'touch', 'destroy']) store.on(event, () => events.push(event));

  assert.equal(await call(store, 'get', 'a'), null);
  await call(store, 'set', 'a', sessionOf(60000, values));
  await call(store, 'set', 'a', sessionOf(60000, { ...values, again: true }));
  const read = await call(store, 'get', 'a');
  assert.deepEqual(plain(read.user), values.user);
  assert.equal(read.again, true);

  const document = await collection.findOne({ _id: 'a' });
  assert.ok(document.expires instanceof Date);
  if (options.stringify === false) {
    assert.equal(typeof document.session, 'object');
    assert.ok(document.session.cookie.expires instanceof Date);
  } else {
    assert.equal(typeof document.session, 'string');
  }

  await call(store, 'touch', 'a', sessionOf(120000, values));
  const touched = await collection.findOne({ _id: 'a' });
  assert.ok(touched.expires > document.expires);
  await assert.rejects(call(store, 'touch', 'absent', sessionOf(1000, {})), /Unable to find the session to touch/);

  await call(store, 'set', 'without-expiry', sessionOf(undefined, { b: 1 }));
  await call(store, 'set', 'expired', sessionOf(-1000, { c: 1 }));
  assert.equal(await call(store, 'get', 'expired'), null);
  assert.equal((await call(store, 'all')).length, 2);
  assert.equal(await call(store, 'length'), 3);
  await call(store, 'destroy', 'a');
  await call(store, 'destroy', 'a');
  assert.equal(await call(store, 'get', 'a'), null);
  await call(store, 'clear');
  assert.equal(await call(store, 'length'), 0);
  assert.ok(events.includes('create') && events.includes('update') && events.includes('touch') && events.includes('destroy'));

  const indexes = await collection.indexes();
  const ttl = indexes.find((index) => index.name === 'expires_1');
  assert.equal(options.autoRemove === undefined ? ttl.expireAfterSeconds : ttl, options.autoRemove === undefined ? 0 : undefined);
}

async function throttle(client) {
  const collection = client.db('node').collection('throttled');
  const store = MongoStore.create({ client, dbName: 'node', collectionName: 'throttled', touchAfter: 3600, timestamps: true });
  await call(store, 'set', 'a', sessionOf(60000, { a: 1 }));
  const before = await collection.findOne({ _id: 'a' });
  assert.ok(before.lastModified instanceof Date && before.createdAt instanceof Date && before.updatedAt instanceof Date);
  const read = await call(store, 'get', 'a');
  await call(store, 'touch', 'a', { ...sessionOf(120000, { a: 1 }), lastModified: read.lastModified });
  assert.deepEqual(await collection.findOne({ _id: 'a' }), before);
  const longAgo = new Date(Date.now() - 3601000);
  await call(store, 'touch', 'a', { ...sessionOf(120000, { a: 1 }), lastModified: longAgo });
  const after = await collection.findOne({ _id: 'a' });
  assert.ok(after.expires > before.expires && after.lastModified >= before.lastModified);
}

async function cursors(client) {
  const collection = client.db('node').collection('many');
  const store = MongoStore.create({ client, dbName: 'node', collectionName: 'many' });
  for (let i = 0; i < 250; i++) await call(store, 'set', `sid${i}`, sessionOf(60000, { i }));
  assert.equal((await call(store, 'all')).length, 250);
  assert.equal((await collection.find({}, { batchSize: 7 }).toArray()).length, 250);
}

async function main() {
  const client = await MongoClient.connect(url);
  let passed = 0;
  try {
    await drive(client, 'text', {}), passed++;
    await drive(client, 'object', { stringify: false }), passed++;
    await drive(client, 'majority', { writeOperationOptions: { w: 'majority' }, autoRemove: 'disabled' }), passed++;
    await throttle(client), passed++;
    await cursors(client), passed++;
    await assert.rejects(client.db('node').collection('text').findOne({ $where: '1' }), /unknown top level operator/), passed++;
    await client.db('node').dropDatabase();
  } finally {
    await client.close();
  }

  const own = MongoStore.create({ mongoUrl: url, dbName: 'node' });
  await call(own, 'set', 'a', sessionOf(1000, {}));
  await own.close();
  console.log(`passed ${passed + 1}`);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
