import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LINK_FAULTS, makeSchedule, NODE_FAULTS } from '../dist/faults/schedule.js'
import { seededRandom } from '../dist/seeded-random.js'

const scheduleOf = (seed, minutes = 10) => makeSchedule(seededRandom(seed), minutes, 3)

describe('the schedule of faults', () => {
  it('is the same for the same seed, and another for another', () => {
    assert.deepEqual(scheduleOf(7), scheduleOf(7))
    assert.notDeepEqual(scheduleOf(7), scheduleOf(8))
  })

  it('begins with every kind once', () => {
    for (let seed = 0; seed < 50; seed++) {
      const { nodes, links } = scheduleOf(seed, 0.1)
      assert.deepEqual(
        nodes
          .slice(0, NODE_FAULTS.length)
          .map(({ kind }) => kind)
          .sort(),
        [...NODE_FAULTS].sort(),
      )
      assert.deepEqual(
        links
          .slice(0, LINK_FAULTS.length)
          .map(({ kind }) => kind)
          .sort(),
        [...LINK_FAULTS].sort(),
      )
    }
  })

  it('loses two different nodes where two are lost', () => {
    const lost = scheduleOf(3).nodes.filter(({ kind }) => kind === 'lose two')
    assert.ok(lost.length > 10)
    for (const { node, other } of lost) assert.ok(other !== null && other !== node && other >= 0 && other < 3)
  })

  it('has enough faults for its minutes', () => {
    const { nodes, links } = scheduleOf(1)
    const length = (faults) => faults.reduce((sum, { waitMs, holdMs }) => sum + waitMs + holdMs, 0)
    assert.ok(length(nodes) > 600_000)
    assert.ok(length(links) > 600_000)
  })
})
