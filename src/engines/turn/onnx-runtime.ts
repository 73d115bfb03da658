/**
 * The C API of ONNX Runtime through koffi, for models of one input and one output of floats. The library is the one
 * that sherpa-onnx-node brings along, so nothing is added to the install. The API is a table of functions whose places
 * never change (onnxruntime_c_api.h, OrtApi); those that are used here are there since version 1.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { call, decode, load, proto } from 'koffi';
import { fault, reasonOf } from '../../errors.js';

/** Version of the table; any runtime from 1.17 on has it. */
const apiVersion = 17;
const logErrors = 3;
const float32 = 1;
const arenaAllocator = 1;
const pointerBytes = 8;

/** Places in the table, and their types. Each but the last three answers a status, null when it went well. */
const functions = {
  GetErrorMessage: [2, 'const char *OrtGetErrorMessage(void *status)'],
  CreateEnv: [3, 'void *OrtCreateEnv(int level, const char *name, _Out_ void **env)'],
  CreateSession: [7, 'void *OrtCreateSession(void *env, const char *path, void *options, _Out_ void **session)'],
  Run: [
    9,
    'void *OrtRun(void *session, void *options, const char **inputs, void **values, size_t count, const char **outputs, size_t outputCount, _Inout_ void **results)',
  ],
  CreateSessionOptions: [10, 'void *OrtCreateSessionOptions(_Out_ void **options)'],
  SetIntraOpNumThreads: [24, 'void *OrtSetIntraOpNumThreads(void *options, int threads)'],
  CreateTensorWithDataAsOrtValue: [
    49,
    'void *OrtCreateTensor(void *memory, void *data, size_t bytes, const int64_t *shape, size_t dimensions, int type, _Out_ void **value)',
  ],
  GetTensorMutableData: [51, 'void *OrtGetTensorMutableData(void *value, _Out_ void **data)'],
  CreateCpuMemoryInfo: [69, 'void *OrtCreateCpuMemoryInfo(int allocator, int type, _Out_ void **memory)'],
  ReleaseStatus: [93, 'void OrtReleaseStatus(void *status)'],
  ReleaseSession: [95, 'void OrtReleaseSession(void *session)'],
  ReleaseValue: [96, 'void OrtReleaseValue(void *value)'],
} as const;
type Name = keyof typeof functions;
type Handle = bigint | null;

/** The library in the platform's package of sherpa-onnx. */
function packagedLibrary(): string {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const file = { win32: 'onnxruntime.dll', darwin: 'libonnxruntime.dylib' }[process.platform as string];
  const own = createRequire(import.meta.url);
  const sherpa = createRequire(own.resolve('sherpa-onnx-node'));
  const manifest = sherpa.resolve(`sherpa-onnx-${platform}-${process.arch}/package.json`);
  return join(dirname(manifest), file ?? 'libonnxruntime.so');
}

class Api {
  readonly #table: bigint;
  readonly #types = new Map<Name, ReturnType<typeof proto>>();

  constructor(path: string) {
    const base = load(path).func('void *OrtGetApiBase()')() as bigint;
    const getApi = decode(base, 'void *') as bigint;
    const table = call(getApi, proto('void *OrtGetApi(uint32_t version)'), apiVersion) as Handle;
    if (table === null) throw new Error(`the library is older than API version ${apiVersion}`);
    this.#table = table;
    for (const name of Object.keys(functions) as Name[]) this.#types.set(name, proto(functions[name][1]));
  }

  raw(name: Name, ...args: unknown[]): unknown {
    const type = this.#types.get(name);
    const pointer = decode(this.#table, functions[name][0] * pointerBytes, 'void *') as bigint;
    return type && call(pointer, type, ...args);
  }

  /** Calls it; throws what the status says. */
  run(name: Name, ...args: unknown[]): void {
    const status = this.raw(name, ...args) as Handle;
    if (status === null) return;
    const message = String(this.raw('GetErrorMessage', status));
    this.raw('ReleaseStatus', status);
    throw new Error(message);
  }

  /** Calls a function whose last argument gives a handle. */
  make(name: Name, ...args: unknown[]): Handle {
    const out: [Handle] = [null];
    this.run(name, ...args, out);
    return out[0];
  }
}

/** A model in memory. Runs block their thread, and take one thread each. */
export class OnnxModel {
  readonly #api: Api;
  readonly #session: Handle;
  readonly #memory: Handle;

  /** Throws ENGINE_FAILED. */
  constructor(path: string) {
    try {
      this.#api = new Api(packagedLibrary());
      const options = this.#api.make('CreateSessionOptions');
      this.#api.run('SetIntraOpNumThreads', options, 1);
      this.#session = this.#api.make('CreateSession', this.#api.make('CreateEnv', logErrors, 'oavc'), path, options);
      this.#memory = this.#api.make('CreateCpuMemoryInfo', arenaAllocator, 0);
    } catch (thrown) {
      throw fault('ENGINE_FAILED', 'onnxruntime', `${path}: ${reasonOf(thrown)}`);
    }
  }

  /** The first number of the output; `data` has the shape. */
  first(input: string, data: Float32Array, shape: readonly number[], output: string): number {
    const dimensions = BigInt64Array.from(shape.map(BigInt));
    const value = this.#api.make(
      'CreateTensorWithDataAsOrtValue',
      this.#memory,
      data,
      data.byteLength,
      dimensions,
      shape.length,
      float32,
    );
    const result: [Handle] = [null];
    try {
      this.#api.run('Run', this.#session, null, [input], [value], 1, [output], 1, result);
      return decode(this.#api.make('GetTensorMutableData', result[0]), 'float') as number;
    } finally {
      this.#api.raw('ReleaseValue', value);
      if (result[0] !== null) this.#api.raw('ReleaseValue', result[0]);
    }
  }

  close(): void {
    this.#api.raw('ReleaseSession', this.#session);
  }
}
