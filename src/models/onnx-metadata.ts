/**
 * ONNX is protobuf, and a repeated field may come anywhere in a message: metadata is added by appending fields to the
 * file. ModelProto.metadata_props is field 14; StringStringEntryProto has key = 1 and value = 2 (onnx.proto).
 */

const METADATA_PROPS = 14;
const KEY = 1;
const VALUE = 2;
const LENGTH_DELIMITED = 2;

/** Base-128 varint, least significant group first. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + LENGTH_DELIMITED), varint(content.length), content]);
}

/** The bytes to append to an .onnx file. */
export function metadataFields(entries: Readonly<Record<string, string>>): Buffer {
  const fields = Object.entries(entries).map(([key, value]) =>
    field(METADATA_PROPS, Buffer.concat([field(KEY, Buffer.from(key)), field(VALUE, Buffer.from(value))])),
  );
  return Buffer.concat(fields);
}
