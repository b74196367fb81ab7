/**
 * Bind encoders as generated code: one function per statement, straight-line, each value written where it goes.
 *
 * The room that all values of fixed length need is made once, and again behind each value that may have moved the writer's buffer. A value
 * that the fast path does not take (null, undefined, a wrong type, out of range) goes to the same {@link BindSlot} that the closures use. For
 * an `int` and a `text`:
 *
 *     return function writeValues(writer, values) {
 *       writer.ensure(10)
 *       let view = writer.view, at = writer.position, p
 *       view.setUint16(at, 2); at += 2
 *       p = values[0]
 *       if (typeof p === 'number' && (p | 0) === p) { view.setInt32(at, 4); view.setInt32(at + 4, p); at += 8 }
 *       else { writer.position = at; slot0.write(writer, p); writer.ensure(0); view = writer.view; at = writer.position }
 *       p = values[1]; writer.position = at
 *       if (typeof p === 'string') {
 *         if (!writer.putShortAscii(p)) {
 *           const mark = writer.beginLength()
 *           if (writer.putText(p) !== p.length && unpaired.test(p)) slot1.writeContent(writer, p)
 *           writer.patchLength(mark)
 *         }
 *       } else slot1.write(writer, p)
 *       writer.ensure(0); view = writer.view; at = writer.position
 *       writer.position = at
 *     }
 */
import { TimeUuid } from '../values/time-uuid.js'
import { Uuid } from '../values/uuid.js'
import type { WriteValues } from './bind-shape.js'
import type { BindSlot } from './bind-slot.js'
import type { CodecRegistry } from './codec.js'
import type { ColumnSpec } from './data-type.js'
import { generate } from './generated-support.js'
import { fixedWrites, type FixedWrite, putTexts, writesAsText, writesAsTexts } from './generated-writes.js'
import { long, longHalves } from './long-halves.js'

/** Text with half a character, which has no UTF-8: the codec's business to refuse. */
const UNPAIRED = /\p{Surrogate}/u

/** How one marker is written: the branches of its fast path, or `'text'` or `'texts'`, or null where the codec must be called. */
type Plan = readonly FixedWrite[] | 'text' | 'texts' | null

export function generateBind(columns: readonly ColumnSpec[], slots: readonly BindSlot[], registry: CodecRegistry): WriteValues {
  const plans = columns.map((column) => planOf(column, registry))
  const lines: string[] = []
  let room = 0
  for (let i = plans.length - 1; i >= 0; i--) {
    lines.unshift(...writeMarker(plans[i]!, i, room))
    room += roomOf(plans[i]!)
  }
  return generate<WriteValues>({ slots, Uuid, TimeUuid, unpaired: UNPAIRED, putTexts, long, longHalves }, [
    ...slots.map((_, i) => `const slot${i} = slots[${i}]`),
    'return function writeValues(writer, values) {',
    `  writer.ensure(${room + 2})`,
    '  let view = writer.view, at = writer.position, p, number',
    `  view.setUint16(at, ${columns.length}); at += 2`,
    ...lines,
    '  writer.position = at',
    '}',
  ])
}

function planOf(column: ColumnSpec, registry: CodecRegistry): Plan {
  if (registry.isCustomized(column.type, column)) return null
  if (writesAsText(column.type)) return 'text'
  return writesAsTexts(column.type) ? 'texts' : fixedWrites(column.type)
}

/** The bytes of the value and its length that the fast path writes without asking for room. */
function roomOf(plan: Plan): number {
  return plan === null || plan === 'text' || plan === 'texts' ? 0 : Math.max(...plan.map(({ size }) => size)) + 4
}

/** `room` is what the markers behind this one take for granted. */
function writeMarker(plan: Plan, i: number, room: number): string[] {
  const resume = `writer.ensure(${room}); view = writer.view; at = writer.position`
  if (plan === null) return [`  writer.position = at; slot${i}.write(writer, values[${i}]); ${resume}`]
  const otherwise = `slot${i}.write(writer, p)`
  if (plan === 'text') {
    return [
      `  p = values[${i}]; writer.position = at`,
      "  if (typeof p === 'string') {",
      '    if (!writer.putShortAscii(p)) {',
      '      const mark = writer.beginLength()',
      `      if (writer.putText(p) !== p.length && unpaired.test(p)) slot${i}.writeContent(writer, p)`,
      '      writer.patchLength(mark)',
      '    }',
      `  } else ${otherwise}`,
      `  ${resume}`,
    ]
  }
  if (plan === 'texts')
    return [`  p = values[${i}]; writer.position = at`, `  if (!(Array.isArray(p) && putTexts(writer, p))) ${otherwise}`, `  ${resume}`]
  return [
    `  p = values[${i}]`,
    ...plan.map(
      ({ test, size, put }, branch) =>
        `  ${branch > 0 ? 'else ' : ''}if (${test}) { view.setInt32(at, ${size}); ${put}; at += ${size + 4} }`,
    ),
    `  else { writer.position = at; ${otherwise}; ${resume} }`,
  ]
}
