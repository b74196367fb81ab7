/** The built-in codec of each native type. */
import { BigintCodec, VarintCodec } from './big-integer-codecs.js'
import { BlobCodec } from './blob-codec.js'
import { BooleanCodec } from './boolean-codec.js'
import { DateCodec, TimeCodec } from './calendar-codecs.js'
import type { Codec, NumberForms } from './codec.js'
import type { NativeKind } from './data-type.js'
import { DecimalCodec } from './decimal-codec.js'
import { DurationCodec } from './duration-codec.js'
import { EmptyCodec } from './empty-codec.js'
import { DoubleCodec, FloatCodec } from './float-codecs.js'
import { InetCodec } from './inet-codec.js'
import { IntCodec, SmallintCodec, TinyintCodec } from './integer-codecs.js'
import type { EmptyValue } from './scalar-codec.js'
import { AsciiCodec, TextCodec } from './text-codecs.js'
import { TimestampCodec } from './timestamp-codec.js'
import { TimeUuidCodec, UuidCodec } from './uuid-codecs.js'

export function nativeCodecs(numbers: NumberForms, empty: EmptyValue): Readonly<Record<NativeKind, Codec>> {
  return {
    ascii: new AsciiCodec(),
    bigint: new BigintCodec('bigint', numbers.bigint, empty),
    blob: new BlobCodec(Object.freeze({ kind: 'blob' })),
    boolean: new BooleanCodec(empty),
    counter: new BigintCodec('counter', numbers.bigint, empty),
    date: new DateCodec(empty),
    decimal: new DecimalCodec(numbers.decimal, empty),
    double: new DoubleCodec(empty),
    duration: new DurationCodec(empty),
    empty: new EmptyCodec(empty),
    float: new FloatCodec(empty),
    inet: new InetCodec(empty),
    int: new IntCodec(empty),
    smallint: new SmallintCodec(empty),
    text: new TextCodec(),
    time: new TimeCodec(empty),
    timestamp: new TimestampCodec(empty),
    timeuuid: new TimeUuidCodec(empty),
    tinyint: new TinyintCodec(empty),
    uuid: new UuidCodec(empty),
    varint: new VarintCodec(numbers.varint, empty),
  }
}
