/** What `compile-validators.ts` writes beside the compiled program, a validator for each entry of `schemas`. */
declare namespace validators {
  interface Validator {
    (value: unknown): boolean;
    errors?: { instancePath?: string; message?: string }[] | null;
  }
}
declare const validators: Readonly<Record<string, validators.Validator>>;
export = validators;
