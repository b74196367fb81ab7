/** What is no plain value: null, unset and empty; and the forms that values take: number options, codecs of users, row factories. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { type Column, Decimal, EMPTY, InvalidArgumentError, Uuid } from '../../src/index.js'
import { onEachVersion } from '../support/versions.js'

const schema = [
  'CREATE TYPE point (x int, y int, label text)',
  `CREATE TABLE t (
    id int PRIMARY KEY, i int, b bigint, v varint, d decimal, s text, bytes blob, u uuid, at timestamp, l list<int>, m map<text, int>,
    pair tuple<int, text>, p point, f double, ok boolean
  )`,
  'CREATE TABLE odd (id int PRIMARY KEY, "__proto__" text, "constructor" text, "hasOwnProperty" int, "with ""quotes"" and \'" text)',
]

onEachVersion('null, unset and empty values', 'types_values', { schema }, (stage) => {
  it('null deletes a column', async () => {
    const { session } = stage
    await session.execute('INSERT INTO t (id, i, s) VALUES (?, ?, ?)', [1, 7, 'seven'])
    await session.execute('INSERT INTO t (id, i, s) VALUES (?, ?, ?)', [1, null, 'still'])
    assert.deepEqual((await session.execute('SELECT i, s FROM t WHERE id = 1')).one(), { i: null, s: 'still' })
  })

  it('undefined leaves a column as it is, from protocol v4 on', async () => {
    const { session } = stage
    await session.execute('INSERT INTO t (id, i, s) VALUES (?, ?, ?)', [2, 7, 'seven'])
    const unset = session.execute('INSERT INTO t (id, i, s) VALUES (?, ?, ?)', [2, undefined, 'eight'])
    if (stage.version === 3) {
      await assert.rejects(unset, (error: Error) => {
        assert.ok(error instanceof InvalidArgumentError)
        assert.match(error.message, /Parameter 2 of 3, "i" \(int\).*undefined.*needs protocol 4 or later.*Nothing was sent/)
        return true
      })
    } else {
      await unset
      assert.deepEqual((await session.execute('SELECT i, s FROM t WHERE id = 2')).one(), { i: 7, s: 'eight' })
    }
  })

  it('an empty text and an empty blob are values, not null', async () => {
    const { session } = stage
    await session.execute('INSERT INTO t (id, s, bytes) VALUES (?, ?, ?)', [3, '', new Uint8Array(0)])
    const row = (await session.execute('SELECT s, bytes, blobAsText(bytes) AS again FROM t WHERE id = 3')).one()
    assert.deepEqual(row, { s: '', bytes: Buffer.alloc(0), again: '' })
  })

  it('a value of no bytes in a type that has none is read as null, and is not null for the server', async () => {
    const { session } = stage
    await session.execute(
      'INSERT INTO t (id, i, b, f, ok, u, at, v, d) VALUES (4, blobAsInt(0x), blobAsBigint(0x), blobAsDouble(0x), blobAsBoolean(0x), blobAsUuid(0x), blobAsTimestamp(0x), blobAsVarint(0x), blobAsDecimal(0x))',
    )
    const text = 'SELECT i, b, f, ok, u, at, v, d, intAsBlob(i) AS raw FROM t WHERE id = 4'
    const expected = { i: null, b: null, f: null, ok: null, u: null, at: null, v: null, d: null, raw: Buffer.alloc(0) }
    assert.deepEqual((await session.execute(text)).one(), expected)
    assert.deepEqual((await session.execute(await session.prepare(text))).one(), expected)
  })

  it('EMPTY writes a value of no bytes', async () => {
    const { session } = stage
    await session.execute('INSERT INTO t (id, i, s) VALUES (?, ?, ?)', [5, EMPTY, EMPTY])
    const row = (await session.execute('SELECT intAsBlob(i) AS i, s FROM t WHERE id = ?', [5])).one()
    assert.deepEqual(row, { i: Buffer.alloc(0), s: '' })
  })

  it('fields of a tuple and of a user type may be null, or left out', async () => {
    const { session } = stage
    await session.execute('INSERT INTO t (id, pair, p) VALUES (?, ?, ?)', [6, [null, 'b'], { y: 2 }])
    const row = (await session.execute('SELECT pair, p, toJson(pair) AS pj, toJson(p) AS j FROM t WHERE id = ?', [6])).one()
    assert.deepEqual(row, {
      pair: [null, 'b'],
      p: { x: null, y: 2, label: null },
      pj: '[null, "b"]',
      j: '{"x": null, "y": 2, "label": null}',
    })
  })

  it('an empty collection of several cells is null, as the server has it', async () => {
    const { session } = stage
    await session.execute('INSERT INTO t (id, l, m) VALUES (?, ?, ?)', [7, [], {}])
    assert.deepEqual((await session.execute('SELECT l, m FROM t WHERE id = ?', [7])).one(), { l: null, m: null })
  })

  it('takes the convenient forms: text for uuid, a safe number for bigint, a plain object for a map, an array for a set', async () => {
    const { session } = stage
    const id = '01234567-89ab-4cde-8f01-23456789abcd'
    await session.execute('INSERT INTO t (id, u, b, v, d, m, at) VALUES (?, ?, ?, ?, ?, ?, ?)', [8, id, 5, -6, '1.50', { a: 1 }, 1000])
    const row = (await session.execute('SELECT u, b, v, d, m, at FROM t WHERE id = ?', [8])).one()
    assert.deepEqual(row, {
      u: Uuid.fromString(id),
      b: 5n,
      v: -6n,
      d: Decimal.fromString('1.50'),
      m: new Map([['a', 1]]),
      at: new Date(1000),
    })
  })
})

onEachVersion('rows', 'types_values', { schema }, (stage) => {
  const values = [1, 'one', Uuid.fromString('01234567-89ab-4cde-8f01-23456789abcd'), [1, 2], new Map([['a', 1]]), null, 10n]
  const text = 'SELECT i, s, u, l, m, p, b FROM t WHERE id IN (1, 2)'
  const second = [2, null, null, null, null, { x: 1, y: null, label: 'one' }, null]

  const fill = async (): Promise<void> => {
    const insert = await stage.session.prepare('INSERT INTO t (i, s, u, l, m, p, b, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    await stage.session.execute(insert, [...values, 1])
    await stage.session.execute(insert, [...second, 2])
  }

  it('are objects, arrays, columns or what a function makes, with the same values', async () => {
    const { session } = stage
    await fill()
    for (const statement of [text, await session.prepare(text)]) {
      const names = ['i', 's', 'u', 'l', 'm', 'p', 'b']
      const objects = await session.execute(statement)
      assert.deepEqual(
        objects.columns.map(({ name }) => name),
        names,
      )
      assert.deepEqual(
        objects.rows.map((row) => Object.entries(row)),
        [values, second].map((row) => row.map((value, i) => [names[i], value])),
      )
      assert.deepEqual((await session.execute(statement, undefined, { rowFactory: 'array' })).rows, [values, second])
      const made = await session.execute(statement, undefined, { rowFactory: (cells, specs) => [specs.length, ...cells] })
      assert.deepEqual(made.rows, [
        [7, ...values],
        [7, ...second],
      ])
      const columns = await session.execute(statement, undefined, { rowFactory: 'columns' })
      assert.equal(columns.length, 2)
      const byName = columns.rows as unknown as Record<string, Column>
      assert.deepEqual(Object.keys(byName), names)
      names.forEach((name, i) => assert.deepEqual([...byName[name]!], [values[i], second[i]], name))
      assert.deepEqual(byName['i']!.values, Int32Array.of(1, 2))
      assert.equal(byName['s']!.isNull(1), true)
    }
  })

  it('without rows have their columns all the same', async () => {
    const { session } = stage
    for (const rowFactory of ['object', 'array'] as const) {
      const none = await session.execute('SELECT id, s FROM t WHERE id = ?', [-1], { rowFactory })
      assert.deepEqual([none.rows, none.length, none.one(), none.columns.map(({ name }) => name)], [[], 0, null, ['id', 's']])
    }
    const columns = (await session.execute('SELECT id, s FROM t WHERE id = ?', [-1], { rowFactory: 'columns' })).rows as unknown as Record<
      string,
      Column
    >
    assert.deepEqual([columns['id']!.length, [...columns['s']!]], [0, []])
  })

  it('take any column name: __proto__ and constructor are plain fields', async () => {
    const { session } = stage
    const insert = 'INSERT INTO odd (id, "__proto__", "constructor", "hasOwnProperty", "with ""quotes"" and \'") VALUES (?, ?, ?, ?, ?)'
    await session.execute(insert, [1, 'p', 'c', 3, 'q'])
    for (const statement of ['SELECT * FROM odd', await session.prepare('SELECT * FROM odd')]) {
      const row = (await session.execute(statement)).one()!
      assert.deepEqual(Object.entries(row).sort(), [
        ['__proto__', 'p'],
        ['constructor', 'c'],
        ['hasOwnProperty', 3],
        ['id', 1],
        ['with "quotes" and \'', 'q'],
      ])
      assert.equal(Object.getPrototypeOf({}), Object.prototype)
      const columns = (await session.execute(statement, undefined, { rowFactory: 'columns' })).rows as unknown as Record<string, Column>
      assert.equal(Object.getOwnPropertyDescriptor(columns, '__proto__')?.value.get(0), 'p')
    }
  })

  it('take parameters of any name', async () => {
    const { session } = stage
    const named = JSON.parse('{"__proto__": "own", "constructor": "c", "id": 2}') as Record<string, unknown>
    await session.execute('INSERT INTO odd (id, "__proto__", "constructor") VALUES (:id, :"__proto__", :"constructor")', named)
    const row = (await session.execute('SELECT "__proto__" AS p, "constructor" AS c FROM odd WHERE id = 2')).one()
    assert.deepEqual(row, { p: 'own', c: 'c' })
  })
})

class Point {
  readonly x: number
  readonly y: number
  constructor(x: number, y: number) {
    this.x = x
    this.y = y
  }
}

const forms = {
  numbers: { bigint: 'number', varint: 'string', decimal: 'string' },
  codecs: [
    { type: 'point', encode: ({ x, y }: Point) => ({ x, y }), decode: ({ x, y }: Point) => new Point(x, y) },
    { type: 'text', columns: ['t.s'], encode: JSON.stringify, decode: (text: string): unknown => JSON.parse(text) },
    {
      type: 'timestamp',
      via: 'bigint',
      encode: (text: string) => BigInt(Date.parse(text)),
      decode: (ms: number) => new Date(ms).toISOString(),
    },
  ],
} as const

onEachVersion('forms of values', 'types_forms', { schema, cluster: forms }, (stage) => {
  it('numbers are read as the option says, and written from all forms', async () => {
    const { session } = stage
    await session.execute('INSERT INTO t (id, b, v, d) VALUES (?, ?, ?, ?)', [1, 2n ** 53n - 1n, '123456789012345678901234567890', 1.5])
    const read = 'SELECT b, v, d FROM t WHERE id = 1'
    for (const statement of [read, await session.prepare(read)])
      assert.deepEqual((await session.execute(statement)).one(), { b: 2 ** 53 - 1, v: '123456789012345678901234567890', d: '1.5' })
  })

  it('codecs of the application stand in for the built-in ones: of a user type, of one column, of a type by way of another', async () => {
    const { session } = stage
    const note = { tags: ['a', 1], nested: { ok: true } }
    await session.execute('INSERT INTO t (id, p, s, at) VALUES (?, ?, ?, ?)', [2, new Point(3, -4), note, '2024-02-29T12:00:00.000Z'])
    const read = 'SELECT p, s, at FROM t WHERE id = ?'
    assert.deepEqual((await session.execute(read, [2])).one(), { p: new Point(3, -4), s: note, at: '2024-02-29T12:00:00.000Z' })
    const json = (await session.execute('SELECT toJson(p) AS p, s AS s2, toJson(at) AS at FROM t WHERE id = ?', [2])).one()
    assert.equal(json?.p, '{"x": 3, "y": -4, "label": null}')
    assert.equal(json?.at, '"2024-02-29 12:00:00.000Z"')
    const columns = (await session.execute(read, [2], { rowFactory: 'columns' })).rows as unknown as Record<string, Column>
    assert.deepEqual([columns['p']!.get(0), columns['s']!.get(0)], [new Point(3, -4), note])
  })

  it('a value that the codec does not take is refused by its name, and nothing is sent', async () => {
    const { session } = stage
    await assert.rejects(session.execute('INSERT INTO t (id, at) VALUES (?, ?)', [3, 'no date']), (error: Error) => {
      assert.ok(error instanceof InvalidArgumentError)
      assert.match(
        error.message,
        /Parameter 2 of 2, "at" \(timestamp\), takes what the codec registered for timestamp encodes, got text of 7 characters/,
      )
      return true
    })
  })
})
