import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidOptionError } from '../../../src/base/errors.js'
import type { Host } from '../../../src/metadata/host.js'
import { DefaultLoadBalancingPolicy } from '../../../src/policies/default-policy.js'
import { contextOf, makeHosts, planned, request, setBusy } from './made-up-hosts.js'

function newPolicy(hosts: readonly Host[], options = {}): DefaultLoadBalancingPolicy {
  const policy = new DefaultLoadBalancingPolicy({ random: () => 0.5, ...options })
  policy.init(contextOf(hosts))
  return policy
}

/** How often each host is picked. */
function picks(policy: DefaultLoadBalancingPolicy, times: number, fields: Parameters<typeof request>[0]): Map<Host | null, number> {
  const counts = new Map<Host | null, number>()
  for (let i = 0; i < times; i++) {
    const host = policy.first(request(fields))
    counts.set(host, (counts.get(host) ?? 0) + 1)
  }
  return counts
}

test('spreads requests for one partition over its local replicas', () => {
  const hosts = makeHosts(6)
  const replicas = hosts.slice(0, 3)
  const counts = picks(newPolicy(hosts), 3_000, { replicas })
  assert.deepEqual(new Set(counts.keys()), new Set(replicas))
  for (const count of counts.values()) assert.ok(count > 800 && count < 1_200, `${count} of 3,000`)
})

test('never takes the busiest of its replicas', () => {
  const hosts = makeHosts(3)
  setBusy(hosts[0]!, 5)
  setBusy(hosts[1]!, 50)
  setBusy(hosts[2]!, 6)
  const counts = picks(newPolicy(hosts), 500, { replicas: hosts })
  assert.equal(counts.has(hosts[1]!), false)
  assert.equal(counts.size, 2)
})

test('leaves out replicas that are down, without connections, or in another data center', () => {
  const hosts = makeHosts(3)
  const remote = makeHosts(1, 'dc2')
  hosts[0]!.isUp = false
  hosts[1]!.pool = null
  const counts = picks(newPolicy([...hosts, ...remote]), 200, { replicas: [...remote, ...hosts] })
  assert.deepEqual([...counts.keys()], [hosts[2]])
})

test('sends conditional requests to the first connected replica, always the same', () => {
  const hosts = makeHosts(4)
  const policy = newPolicy(hosts)
  const replicas = [...makeHosts(1, 'dc2'), hosts[2]!, hosts[0]!, hosts[1]!]
  setBusy(hosts[2]!, 500)
  assert.deepEqual([...picks(policy, 100, { replicas, isLwt: true }).keys()], [hosts[2]])
  hosts[2]!.isUp = false
  assert.deepEqual([...picks(policy, 100, { replicas, isLwt: true }).keys()], [hosts[0]])
  assert.deepEqual(planned(policy, { replicas, isLwt: true }), ['dc1-1', 'dc1-2', 'dc1-4'])
})

test('falls back to other local hosts, and to none of another data center', () => {
  const hosts = makeHosts(4)
  const policy = newPolicy([...hosts, ...makeHosts(2, 'dc2')])
  const replicas = hosts.slice(0, 2)
  for (const host of replicas) host.isUp = false
  assert.deepEqual(new Set(picks(policy, 200, { replicas }).keys()), new Set(hosts.slice(2)))
  for (const host of hosts) host.isUp = false
  assert.equal(policy.first(request({ replicas })), null)
  assert.deepEqual(planned(policy, { replicas }), [])
})

test('without a known partition every local host has its turn', () => {
  const hosts = makeHosts(3)
  const counts = picks(newPolicy([...hosts, ...makeHosts(3, 'dc2')]), 3_000, {})
  assert.deepEqual(new Set(counts.keys()), new Set(hosts))
  for (const count of counts.values()) assert.ok(count > 800 && count < 1_200, `${count} of 3,000`)
})

test('plans replicas first, then the other local hosts, each once', () => {
  const hosts = makeHosts(5)
  const policy = newPolicy(hosts)
  const replicas = [hosts[4]!, hosts[1]!]
  for (let i = 0; i < 50; i++) {
    const plan = planned(policy, { replicas })
    assert.deepEqual(plan.slice(0, 2).toSorted(), ['dc1-2', 'dc1-5'])
    assert.deepEqual(plan.slice(2).toSorted(), ['dc1-1', 'dc1-3', 'dc1-4'])
  }
})

test('goes to a few hosts of other data centers last, where that is allowed', () => {
  const near = makeHosts(2)
  const far = makeHosts(3, 'dc2')
  const policy = newPolicy([...far, ...near], { usedHostsPerRemoteDc: 2 })
  assert.deepEqual(
    [...near, ...far].map((host) => policy.distance(host)),
    ['local', 'local', 'remote', 'remote', 'ignored'],
  )
  const plan = planned(policy, { replicas: [far[2]!], consistency: 'QUORUM' })
  assert.deepEqual(plan.slice(0, 2).toSorted(), ['dc1-1', 'dc1-2'])
  assert.deepEqual(plan.slice(2), ['dc2-1', 'dc2-2'])
})

test('requests at a LOCAL_ level stay in their data center unless that is said', () => {
  const hosts = [...makeHosts(1), ...makeHosts(1, 'dc2')]
  const stays = newPolicy(hosts, { usedHostsPerRemoteDc: 1 })
  assert.deepEqual(planned(stays, { consistency: 'LOCAL_QUORUM' }), ['dc1-1'])
  assert.deepEqual(planned(stays, { consistency: 'ONE' }), ['dc1-1', 'dc2-1'])
  const goes = newPolicy(hosts, { usedHostsPerRemoteDc: 1, allowRemoteForLocalConsistency: true })
  assert.deepEqual(planned(goes, { consistency: 'LOCAL_QUORUM' }), ['dc1-1', 'dc2-1'])
})

test('fails over to the preferred data centers in their order', () => {
  const hosts = ['dc1', 'dc2', 'dc3', 'dc4'].flatMap((name) => makeHosts(2, name))
  const policy = newPolicy(hosts, { usedHostsPerRemoteDc: 1, preferredRemoteDcs: ['dc4', 'nowhere', 'dc3'] })
  for (const host of hosts.slice(0, 2)) host.isUp = false
  assert.equal(policy.first(request({ consistency: 'ONE' })), null)
  assert.deepEqual(planned(policy, { consistency: 'ONE' }), ['dc4-1', 'dc3-1', 'dc2-1'])
  assert.throws(() => new DefaultLoadBalancingPolicy({ preferredRemoteDcs: ['dc2'] }), InvalidOptionError)
})

/** Nine hosts of racks r1, r2, r3 in turn. */
function inRacks(): Host[] {
  const hosts = makeHosts(9)
  hosts.forEach((host, index) => (host.rack = `r${(index % 3) + 1}`))
  return hosts
}

test('asks replicas of its own rack first, then other replicas, then hosts of its rack', () => {
  const hosts = inRacks()
  const policy = newPolicy(hosts, { localRack: 'r2' })
  const replicas = hosts.slice(0, 3)
  assert.deepEqual([...picks(policy, 200, { replicas }).keys()], [hosts[1]])
  const plan = planned(policy, { replicas })
  assert.equal(plan[0], 'dc1-2')
  assert.deepEqual(plan.slice(1, 3).toSorted(), ['dc1-1', 'dc1-3'])
  assert.deepEqual(plan.slice(3, 5).toSorted(), ['dc1-5', 'dc1-8'])
  assert.equal(plan.length, 9)
  hosts[1]!.isUp = false
  assert.deepEqual(new Set(picks(policy, 200, { replicas }).keys()), new Set([hosts[0], hosts[2]]))
  assert.deepEqual(new Set(picks(policy, 200, {}).keys()), new Set([hosts[4], hosts[7]]))
  assert.deepEqual([...picks(policy, 50, { replicas, isLwt: true }).keys()], [hosts[0]])
})

test('a rack that no local host is in is a warning with the racks there are', () => {
  const warnings: string[] = []
  const policy = new DefaultLoadBalancingPolicy({ localRack: 'r9' })
  policy.init({ ...contextOf(inRacks()), warn: (message) => warnings.push(message) })
  assert.match(warnings.join(), /"r9".*r1, r2, r3/)
})

test('a replica that owes many answers and is silent is asked last', () => {
  const hosts = makeHosts(3)
  const policy = newPolicy(hosts)
  for (const host of hosts.slice(0, 2)) setBusy(host, 500)
  setBusy(hosts[2]!, 10, 200)
  assert.deepEqual(new Set(picks(policy, 200, { replicas: hosts }).keys()), new Set(hosts.slice(0, 2)))
  assert.equal(planned(policy, { replicas: hosts })[2], 'dc1-3')
  for (const host of hosts.slice(0, 2)) host.isUp = false
  assert.deepEqual([...picks(policy, 20, { replicas: hosts }).keys()], [hosts[2]])
  assert.deepEqual(planned(policy, { replicas: hosts }), ['dc1-3'])
})

test('a slow replica of the own rack comes after replicas of other racks', () => {
  const hosts = inRacks()
  const policy = newPolicy(hosts, { localRack: 'r1' })
  setBusy(hosts[0]!, 10, 300)
  assert.deepEqual(new Set(picks(policy, 200, { replicas: hosts.slice(0, 3) }).keys()), new Set([hosts[1], hosts[2]]))
})

test('few requests in flight, or a recent answer, are not slow', () => {
  const hosts = makeHosts(2)
  const policy = newPolicy(hosts)
  setBusy(hosts[1]!, 20)
  setBusy(hosts[0]!, 9, 5_000)
  assert.deepEqual([...picks(policy, 50, { replicas: hosts }).keys()], [hosts[0]])
  setBusy(hosts[0]!, 19, 199)
  assert.deepEqual([...picks(policy, 50, { replicas: hosts }).keys()], [hosts[0]])
})

test('the share of a node that came up grows to its full size within a minute', () => {
  const hosts = makeHosts(3)
  let now = 0
  const policy = newPolicy(hosts, { now: () => now })
  policy.onUp(hosts[2]!)
  const shares = [0, 30_000, 60_000].map((at) => {
    now = at
    return picks(policy, 6_000, { replicas: hosts }).get(hosts[2]!) ?? 0
  })
  assert.ok(shares[0]! > 0 && shares[0]! < 300, `${shares[0]} of 6,000 at once`)
  assert.ok(shares[1]! > 700 && shares[1]! < 1_700, `${shares[1]} of 6,000 after half a minute`)
  assert.ok(shares[2]! > 1_800, `${shares[2]} of 6,000 after a minute`)
})

test('nodes that came up all at once share the requests evenly', () => {
  const hosts = makeHosts(3)
  const policy = newPolicy(hosts, { now: () => 0 })
  for (const host of hosts) policy.onUp(host)
  for (const count of picks(policy, 3_000, { replicas: hosts }).values()) assert.ok(count > 700 && count < 1_300, `${count} of 3,000`)
})

test('ignores other data centers by default', () => {
  const policy = newPolicy(makeHosts(1))
  assert.equal(policy.distance(makeHosts(1, 'dc2')[0]!), 'ignored')
  assert.equal(policy.distance(makeHosts(1, 'dc1')[0]!), 'local')
})

test('follows hosts that come, go, and change their data center', () => {
  const [first, second, third] = makeHosts(3)
  const policy = newPolicy([first!, second!])
  policy.onAdd(third!)
  policy.onAdd(third!)
  policy.onRemove(first!)
  assert.deepEqual(planned(policy).toSorted(), ['dc1-2', 'dc1-3'])
  second!.dataCenter = 'dc2'
  policy.onUp(second!)
  assert.deepEqual(planned(policy), ['dc1-3'])
  second!.dataCenter = 'dc1'
  policy.onUp(second!)
  assert.deepEqual(planned(policy).toSorted(), ['dc1-2', 'dc1-3'])
})

test('a plan that is under way outlives a change of hosts', () => {
  const hosts = makeHosts(3)
  const policy = newPolicy(hosts)
  const plan = policy.newQueryPlan(request())
  const seen = [plan.next()]
  for (const host of hosts) policy.onRemove(host)
  seen.push(plan.next(), plan.next())
  assert.deepEqual(new Set(seen), new Set(hosts))
  assert.equal(plan.next(), null)
  assert.equal(plan.next(), null)
})

test('its own local data center comes before the cluster’s; without any, all hosts are local', () => {
  const all = [...makeHosts(1), ...makeHosts(1, 'dc2')]
  assert.deepEqual(planned(newPolicy(all, { localDataCenter: 'dc2' })), ['dc2-1'])
  const anywhere = new DefaultLoadBalancingPolicy()
  anywhere.init(contextOf(all, null))
  assert.deepEqual(planned(anywhere).toSorted(), ['dc1-1', 'dc2-1'])
})

test('a wrong number of remote hosts is an error', () => {
  assert.throws(() => new DefaultLoadBalancingPolicy({ usedHostsPerRemoteDc: -1 }), InvalidOptionError)
})
