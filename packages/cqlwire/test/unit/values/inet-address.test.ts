import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isIP } from 'node:net'
import { inspect } from 'node:util'
import { InetAddress } from '../../../src/values/inet-address.js'

describe('InetAddress', () => {
  // The examples of RFC 5952, sections 1 to 5, and the corners of RFC 4291.
  const canonical: readonly (readonly [string, string])[] = [
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:DB8::ABCD', '2001:db8::abcd'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['::ffff:c000:201', '::ffff:192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
  ]
  for (const [text, expected] of canonical) {
    test(`prints ${text} as ${expected}`, () => {
      assert.equal(InetAddress.fromString(text).toString(), expected)
      assert.equal(InetAddress.fromString(text).version, isIP(text))
    })
  }

  test('refuses what is no address', () => {
    for (const text of [
      '',
      'localhost',
      '1.2.3',
      '1.2.3.256',
      '1.2.3.4.5',
      '01.2.3.4',
      '1.2.3.4:9042',
      ':',
      ':::',
      '1::2::3',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '::1:2:3:4:5:6:7:8',
      '12345::',
      'g::',
      '1.2.3.4::',
      '::1.2.3.4:5',
      ':1:2:3:4:5:6:7:8',
      'fe80::1%eth0',
      '[::1]',
    ]) {
      assert.equal(isIP(text.replace(/%.*/, '%')), 0, text)
      assert.throws(() => InetAddress.fromString(text), /takes text like '192.0.2.1'/, text)
    }
  })

  test('is 4 or 16 bytes', () => {
    assert.deepEqual([...InetAddress.fromString('192.0.2.1').toBytes()], [192, 0, 2, 1])
    const bytes = Buffer.from('20010db8000000000000ff0000428329', 'hex')
    assert.equal(InetAddress.fromBytes(bytes).toString(), '2001:db8::ff00:42:8329')
    assert.deepEqual(Buffer.from(InetAddress.fromBytes(bytes).toBytes()), bytes)
    assert.throws(() => InetAddress.fromBytes(bytes.subarray(1)), /4 or 16 bytes/)
  })

  test('is equal to the same address only', () => {
    assert.ok(InetAddress.fromString('::1').equals(InetAddress.fromString('0::1')))
    assert.ok(!InetAddress.fromString('0.0.0.0').equals(InetAddress.fromString('::')))
    assert.ok(!InetAddress.fromString('1.2.3.4').equals(InetAddress.fromString('::ffff:1.2.3.4')))
  })

  test('shows itself', () => {
    assert.equal(JSON.stringify([InetAddress.fromString('::1')]), '["::1"]')
    assert.equal(inspect(InetAddress.fromString('127.0.0.1')), 'InetAddress(127.0.0.1)')
  })
})
