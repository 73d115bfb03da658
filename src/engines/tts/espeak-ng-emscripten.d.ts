/** The part of @echogarden/espeak-ng-emscripten (which ships no types) that this program uses. */
declare module '@echogarden/espeak-ng-emscripten' {
  interface EspeakWorker {
    get_samplerate(): number;
    list_voices(): { name: string; languages: { name: string }[] }[];
    /** 0 also where the voice is not there. */
    set_voice(name: string, language: string, gender: number, age: number, variant: number): number;
    /** Words a minute. */
    set_rate(rate: number): void;
    /** Blocks; a true answer of the callback ends the synthesis at once. */
    synthesize(text: string, onChunk: (samples: Int16Array | null, events: unknown) => boolean): void;
  }
  export default function load(): Promise<{ eSpeakNGWorker: new () => EspeakWorker }>;
}
