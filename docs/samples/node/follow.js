// Follows the changes of virtual servers, each processed once.
//
// usage: node follow.js amqp://user:password@127.0.0.1:5672/ QUEUE postgres://user:password@127.0.0.1:5432/database
'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const amqp = require('amqplib');
const pg = require('pg');

const [broker, queue, database] = process.argv.slice(2);
const exchange = 'virtualserver.v1.changes';

let last = Promise.resolve(); // one change after another, in order, also over a reconnect

// What this program does with a change. With db, it writes in the transaction that remembers the change.
async function handle(db, change) {
  console.log(change.type, change.id, 'version', change.version, change.name);
}

// The first epoch, or that of a restored registry: read from the service what you keep a copy of. The changes since then follow.
async function begin(db, epoch) {
  console.log('begins epoch', epoch);
}

// A change and the memory of it are one transaction. RabbitMQ delivers at least once: a change is new if its sequence is greater than the
// last one of its object in the same epoch. A sequence has 64 bits and is a string, which PostgreSQL compares as a number.
async function once(db, { epoch = '', ...change }) {
  await db.query('begin');
  try {
    const begins = await db.query(
      'insert into consumer.epochs (queue, id) values ($1, $2) on conflict do nothing', [queue, epoch]);
    if (begins.rowCount) await begin(db, epoch);
    const isNew = await db.query(
      `insert into consumer.processed as p (queue, epoch, id, sequence) values ($1, $2, $3, $4)
       on conflict (queue, epoch, id) do update set sequence = excluded.sequence where p.sequence < excluded.sequence`,
      [queue, epoch, change.id, change.sequence]);
    if (isNew.rowCount) await handle(db, change);
    await db.query('commit');
  } catch (failure) {
    await db.query('rollback').catch(() => {});
    throw failure;
  }
}

// Until the connection is lost.
async function follow(db) {
  const connection = await amqp.connect(broker);
  try {
    await new Promise((resolve, reject) => {
      connection.on('error', reject);
      connection.on('close', () => reject(new Error('the connection is closed')));
      consume(db, connection, reject).catch(reject);
    });
  } finally {
    await connection.close().catch(() => {});
  }
}

async function consume(db, connection, lost) {
  const channel = await connection.createChannel();
  channel.on('error', lost);
  await channel.prefetch(100); // at most this many messages without an ack; without a limit, the whole queue
  await channel.assertExchange(exchange, 'topic', { durable: true });
  await channel.assertQueue(queue, {
    durable: true, arguments: { 'x-queue-type': 'quorum', 'x-single-active-consumer': true },
  });
  await channel.bindQueue(queue, exchange, 'virtual_server.#');
  await channel.consume(queue, (message) => {
    last = last.catch(() => {}).then(async () => {
      if (!message) throw new Error('the queue was deleted');
      await once(db, JSON.parse(message.content)).catch(fail);
      channel.ack(message);
    });
    last.catch(lost);
  });
}

// The message returns to the queue, and whatever restarts the program tries again.
function fail(failure) {
  console.error(failure);
  process.exit(1);
}

async function main() {
  const db = new pg.Client(database);
  db.on('error', fail);
  await db.connect();
  await db.query(`
    create schema if not exists consumer;
    create table if not exists consumer.epochs (queue text, id text, primary key (queue, id));
    create table if not exists consumer.processed (
      queue text, epoch text, id text, sequence bigint not null, primary key (queue, epoch, id));`);
  for (;;) {
    await follow(db).catch((lost) => console.error('reconnecting after', String(lost)));
    await sleep(2000);
  }
}

main().catch(fail);
