import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CqlwireError, InvalidArgumentError, InvalidOptionError } from '../../../src/base/errors.js'
import type { Codec, CodecRegistry } from '../../../src/codec/codec.js'
import type { CustomCodec } from '../../../src/codec/custom-codec.js'
import type { ColumnSpec, DataType, UdtType } from '../../../src/codec/data-type.js'
import { EMPTY } from '../../../src/codec/empty.js'
import { parseType } from '../../../src/codec/parse-type.js'
import { createCodecRegistry, type CodecRegistryOptions } from '../../../src/codec/registry.js'
import { byteBlock } from '../../../src/wire/byte-block.js'
import { ByteWriter } from '../../../src/wire/byte-writer.js'

function write(codec: Codec, value: unknown): Buffer {
  const writer = new ByteWriter()
  codec.write(writer, value)
  return writer.toBuffer()
}

function read(codec: Codec, bytes: Buffer): unknown {
  return codec.read(byteBlock(bytes), 0, bytes.length)
}

const text = parseType('text')
const column = (name: string, type: DataType = text): ColumnSpec => ({ keyspace: 'shop', table: 'orders', name, type })
const addressOf = (keyspace: string): UdtType => ({
  kind: 'udt',
  keyspace,
  name: 'address',
  fieldNames: ['street'],
  fieldTypes: [text],
  frozen: true,
})

class Address {
  readonly street: string
  constructor(street: string) {
    this.street = street
  }
}

const json: CustomCodec<unknown, string> = {
  type: 'text',
  columns: ['shop.orders.details'],
  encode: (value) => JSON.stringify(value),
  decode: (stored) => JSON.parse(stored) as unknown,
}
const states = ['new', 'paid', 'sent']
const state: CustomCodec<string, number> = {
  type: 'int',
  encode(name) {
    if (!states.includes(name)) throw new TypeError(`no state is called ${name}`)
    return states.indexOf(name)
  },
  decode(stored) {
    if (stored >= states.length) throw new RangeError(`no state has the number ${stored}`)
    return states[stored]!
  },
}
const withCodecs = (...codecs: CustomCodec[]): CodecRegistry => createCodecRegistry({ codecs })

describe('a codec registry', () => {
  test('gives the same codec for equal types, however often they are described', () => {
    const registry = createCodecRegistry()
    assert.equal(registry.codecFor(parseType('map<text, list<int>>')), registry.codecFor(parseType('map<text, frozen<list<int>>>')))
    assert.equal(registry.codecFor(addressOf('a')), registry.codecFor(addressOf('a')))
    assert.notEqual(registry.codecFor(addressOf('a')), registry.codecFor(addressOf('b')))
    assert.equal(registry.codecFor({ kind: 'int' }), registry.codecFor(parseType('int')))
    assert.equal(registry.isCustomized({ kind: 'int' }), false)
  })

  test('tells a user type from what it was before ALTER TYPE', () => {
    const registry = createCodecRegistry()
    const altered: UdtType = { ...addressOf('a'), fieldNames: ['street', 'zip'], fieldTypes: [text, text] }
    assert.deepEqual(read(registry.codecFor(addressOf('a')), Buffer.from('0000000161', 'hex')), { street: 'a' })
    assert.deepEqual(read(registry.codecFor(altered), Buffer.from('0000000161', 'hex')), { street: 'a', zip: null })
  })

  test('says the fixed lengths of types', () => {
    const registry = createCodecRegistry()
    const lengths = [
      'int',
      'bigint',
      'uuid',
      'text',
      'varint',
      'list<int>',
      'vector<float, 3>',
      'vector<text, 3>',
      'vector<vector<int, 2>, 2>',
    ]
    assert.deepEqual(
      lengths.map((type) => registry.codecFor(parseType(type)).fixedLength),
      [4, 8, 16, -1, -1, -1, 12, -1, 16],
    )
  })

  test('refuses options that it does not take', () => {
    const refuses = (options: unknown, path: string, message: RegExp): void => {
      assert.throws(
        () => createCodecRegistry(options as CodecRegistryOptions),
        (error: unknown) => error instanceof InvalidOptionError && error.path === path && message.test(error.message),
        path,
      )
    }
    refuses({ numbers: { bigint: 'float' } }, 'numbers.bigint', /takes one of 'bigint', 'number', 'string', got 'float'/)
    refuses({ numbers: { decimal: 'bigint' } }, 'numbers.decimal', /'decimal', 'number', 'string'/)
    refuses({ emptyValues: 'drop' }, 'emptyValues', /'null' or 'keep', got 'drop'/)
    refuses({ codecs: [json, 5] }, 'codecs[1]', /type, encode and decode, got 5/)
    refuses(
      { codecs: [{ ...state, type: 'txt' }] },
      'codecs[0].type',
      /did you mean 'text'\? \(A user type of that name is written with its keyspace: 'keyspace.txt'\)/,
    )
    refuses({ codecs: [{ ...state, type: 'list<' }] }, 'codecs[0].type', /expected the name of a type/)
    refuses({ codecs: [{ ...state, via: 'nothing' }] }, 'codecs[0].via', /takes a type/)
    refuses({ codecs: [{ ...state, columns: ['a'] }] }, 'codecs[0].columns', /'keyspace.table.column' or 'table.column', got 'a'/)
    refuses({ codecs: [state, state] }, 'codecs[1].type', /second codec for the type int/)
  })

  test('refuses a type of no kind', () => {
    assert.throws(() => createCodecRegistry().codecFor({ kind: 'nothing' } as unknown as DataType), /no type of the kind 'nothing'/)
  })
})

describe('a codec of the application', () => {
  test('replaces a type wherever it stands', () => {
    const registry = withCodecs(state)
    assert.deepEqual(write(registry.codecFor({ kind: 'int' }), 'paid'), Buffer.from([0, 0, 0, 1]))
    const nested = registry.codecFor(parseType('map<text, frozen<tuple<int, bigint>>>'))
    assert.deepEqual(read(nested, write(nested, { a: ['sent', 5n] })), new Map([['a', ['sent', 5n]]]))
    const vector = registry.codecFor(parseType('vector<int, 2>'))
    assert.deepEqual(read(vector, write(vector, ['new', 'sent'])), ['new', 'sent'])
  })

  test('is reported for a type, for types around it, and for nothing else', () => {
    const registry = withCodecs(state)
    for (const type of ['int', 'list<int>', 'set<int>', 'map<int, text>', 'map<text, int>', 'frozen<tuple<text, int>>', 'vector<int, 2>']) {
      assert.ok(registry.isCustomized(parseType(type)), type)
    }
    assert.ok(registry.isCustomized({ ...addressOf('a'), fieldTypes: [{ kind: 'int' }] }))
    for (const type of ['text', 'list<bigint>', 'vector<float, 2>']) assert.ok(!registry.isCustomized(parseType(type)), type)
  })

  test('stands on floats, in a vector too', () => {
    const registry = withCodecs({ type: 'float', encode: (value: number) => value / 2, decode: (value: number) => value * 2 })
    const vector = registry.codecFor(parseType('vector<float, 2>'))
    assert.deepEqual(write(vector, [2, 4]), Buffer.from('3f80000040000000', 'hex'))
    assert.deepEqual(read(vector, write(vector, [2, 4])), [2, 4])
  })

  test('for one column leaves the others of its type alone', () => {
    const registry = withCodecs(json)
    const details = registry.codecFor(text, column('details'))
    assert.deepEqual(write(details, { a: 1 }), Buffer.from('{"a":1}'))
    assert.deepEqual(read(details, Buffer.from('{"a":1}')), { a: 1 })
    assert.ok(registry.isCustomized(text, column('details')))
    assert.ok(!registry.isCustomized(text, column('name')))
    assert.ok(!registry.isCustomized(text))
    assert.equal(read(registry.codecFor(text, column('name')), Buffer.from('{}')), '{}')
    assert.equal(read(registry.codecFor(text), Buffer.from('{}')), '{}')
    assert.equal(registry.codecFor(text, column('details')), details)
  })

  test('for a column is not used where a result gives that name to another type', () => {
    const registry = withCodecs(json)
    assert.ok(!registry.isCustomized({ kind: 'bigint' }, column('details', { kind: 'bigint' })))
  })

  test('for a column may leave the keyspace out', () => {
    const registry = withCodecs({ ...json, columns: ['orders.details'] })
    assert.deepEqual(read(registry.codecFor(text, column('details')), Buffer.from('[1]')), [1])
  })

  test('makes user types of a name into classes', () => {
    const decode = (fields: { street: string }): Address => new Address(fields.street)
    const registry = withCodecs({ type: 'address', encode: (address: Address) => address, decode })
    const list = registry.codecFor({ kind: 'list', element: addressOf('any'), frozen: false })
    assert.deepEqual(read(list, write(list, [new Address('Main')])), [new Address('Main')])
    assert.ok(registry.isCustomized(addressOf('other')))

    const qualified = withCodecs({ type: 'shop.address', encode: (address: Address) => address, decode })
    assert.ok(qualified.isCustomized(addressOf('shop')))
    assert.ok(!qualified.isCustomized(addressOf('other')))
  })

  test('takes the bytes by another type', () => {
    const registry = withCodecs({ type: 'timestamp', via: 'bigint', encode: (value: bigint) => value, decode: (stored: bigint) => stored })
    const codec = registry.codecFor({ kind: 'timestamp' })
    assert.equal(read(codec, write(codec, 2n ** 62n)), 2n ** 62n)
    assert.equal(codec.type.kind, 'timestamp')
    const bytes = withCodecs({ type: 'com.example.Shape', via: 'text', encode: String, decode: String })
    assert.equal(read(bytes.codecFor(parseType('com.example.Shape')), Buffer.from('abc')), 'abc')
  })

  test('sees neither EMPTY nor what was read as null', () => {
    const registry = withCodecs(state)
    const codec = registry.codecFor({ kind: 'int' })
    assert.equal(write(codec, EMPTY).length, 0)
    assert.equal(read(codec, Buffer.alloc(0)), null)
  })

  test('that throws is named in the error, its own error being the cause where values may be shown', () => {
    const codec = createCodecRegistry({ codecs: [state], showValues: true }).codecFor({ kind: 'int' })
    assert.throws(
      () => write(codec, 'lost'),
      (error: unknown) =>
        error instanceof InvalidArgumentError &&
        error.cause instanceof TypeError &&
        error.message === 'takes what the codec registered for int encodes, got text of 4 characters (string): no state is called lost',
    )
    assert.throws(
      () => read(codec, Buffer.from([0, 0, 0, 9])),
      (error: unknown) =>
        error instanceof CqlwireError &&
        error.code === 'ERR_CODEC' &&
        error.cause instanceof RangeError &&
        /int could not decode an integer of 1 digit/.test(error.message),
    )
  })

  test('that throws is named by the kind of its error alone, where they may not', () => {
    const codec = withCodecs(state).codecFor({ kind: 'int' })
    assert.throws(
      () => write(codec, 'lost'),
      (error: Error) => {
        assert.equal(
          error.message,
          'takes what the codec registered for int encodes, got text of 4 characters (string): it threw TypeError',
        )
        const cause = error.cause as Error
        assert.deepEqual([cause.name, /lost/.test(`${cause.message}${cause.stack}`)], ['TypeError', false])
        assert.match(cause.stack!, /registry\.test/)
        return true
      },
    )
  })
})
