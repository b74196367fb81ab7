import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidOptionError } from '../../../src/base/errors.js'
import { IdentityTranslator } from '../../../src/policies/address-translator.js'
import { EC2MultiRegionTranslator } from '../../../src/policies/ec2-translator.js'
import { FixedHostNameTranslator } from '../../../src/policies/fixed-host-name-translator.js'
import { SubnetTranslator } from '../../../src/policies/subnet-translator.js'

test('addresses stay as nodes say by default', () => {
  assert.deepEqual(new IdentityTranslator().translate('10.0.0.1', 9042), { address: '10.0.0.1', port: 9042 })
})

test('EC2MultiRegionTranslator: the address that the name of a public address has from here', async () => {
  const translator = new EC2MultiRegionTranslator({
    reverse: (address) => Promise.resolve(address === '54.1.2.3' ? ['ec2-54-1-2-3.compute-1.amazonaws.com'] : []),
    lookup: (name) => (name.startsWith('ec2-54-1-2-3.') ? Promise.resolve('10.1.2.3') : Promise.reject(new Error('ENOTFOUND'))),
  })
  assert.deepEqual(await translator.translate('54.1.2.3', 9142), { address: '10.1.2.3', port: 9142 })
  await assert.rejects(translator.translate('54.9.9.9', 9042), /DNS has no name for 54\.9\.9\.9/)
})

test('SubnetTranslator: nodes by their network, IPv6 too, with or without a port of the target', () => {
  const translator = new SubnetTranslator({
    '100.64.0.0/15': 'dc1.example.com:19042',
    '100.66.0.0/15': 'dc2.example.com',
    'fd00:1::/48': '[2001:db8::1]:9043',
  })
  assert.deepEqual(translator.translate('100.65.255.255', 9042), { address: 'dc1.example.com', port: 19042 })
  assert.deepEqual(translator.translate('100.66.0.0', 9042), { address: 'dc2.example.com', port: 9042 })
  assert.deepEqual(translator.translate('fd00:1:0:ffff::7', 9042), { address: '2001:db8::1', port: 9043 })
  assert.throws(() => translator.translate('100.68.0.1', 9042), /100\.68\.0\.1 is in none of the subnets 100\.64\.0\.0\/15, /)
  const other = new SubnetTranslator({ '10.0.0.0/8': '127.0.0.1' }, { defaultAddress: 'gate:1' })
  assert.deepEqual(other.translate('192.168.0.1', 9042), { address: 'gate', port: 1 })
})

test('SubnetTranslator: what is no subnet, no target, or overlaps is an error that names it', () => {
  const wrong = (subnets: Record<string, string>, pattern: RegExp): void =>
    assert.throws(
      () => new SubnetTranslator(subnets),
      (error) => error instanceof InvalidOptionError && pattern.test(error.message),
    )
  wrong({}, /one subnet at least/)
  for (const subnet of ['10.0.0.0', '10.0.0.0/33', 'ten/8', '10.0.0.0/8/8', 'fd00::/129'])
    wrong({ [subnet]: 'host' }, /A subnet is a network and its prefix/)
  for (const target of ['', 'host:', 'host:0', 'host:65536', '[host]:1', 'a b'])
    wrong({ '10.0.0.0/8': target }, /takes 'host', 'host:port'/)
  wrong({ '10.0.0.0/8': 'a', '10.1.0.0/16': 'b' }, /10\.0\.0\.0\/8 and 10\.1\.0\.0\/16 overlap/)
  wrong({ '10.1.2.0/24': 'a', '10.1.0.0/16': 'b' }, /overlap/)
})

test('FixedHostNameTranslator: one name for all, each at its port', () => {
  assert.deepEqual(new FixedHostNameTranslator('gate.example.com').translate('10.0.0.1', 9043), { address: 'gate.example.com', port: 9043 })
  assert.throws(() => new FixedHostNameTranslator(''), InvalidOptionError)
})
