/** The kinds of options that the schema is written in. */
import { type TObject, type TProperties, Type } from '@sinclair/typebox';

export const section = <T extends TProperties>(description: string, properties: T): TObject<T> =>
  Type.Object(properties, { description, additionalProperties: false });
export const port = (defaultPort: number, description: string, more: object = {}) =>
  Type.Integer({ minimum: 0, maximum: 65535, default: defaultPort, description, ...more });
export const text = (value: string, description: string, more: object = {}) =>
  Type.String({ default: value, description, ...more });
export const flag = (value: boolean, description: string, more: object = {}) =>
  Type.Boolean({ default: value, description, ...more });
export const count = (value: number, minimum: number, maximum: number, description: string, more: object = {}) =>
  Type.Integer({ minimum, maximum, default: value, description, ...more });
export const ratio = (value: number, minimum: number, maximum: number, description: string) =>
  Type.Number({ minimum, maximum, default: value, description });
export const choice = <const T extends readonly string[]>(
  values: T,
  value: T[number],
  description: string,
  more: object = {},
) => Type.Unsafe<T[number]>({ type: 'string', enum: values, default: value, description, ...more });
