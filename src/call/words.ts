/** What is said and noted around the ends of calls, in the language of the call; English where there is no other. */
import type { Config } from '../config/schema.js';

const isTurkish = (language: string): boolean => /^tr\b/i.test(language);

export const goodbye = ({ call }: Config, language: string): string =>
  isTurkish(language) ? call.goodbye_tr : call.goodbye_en;

export const transferFailed = ({ transfer }: Config, language: string): string =>
  isTurkish(language) ? transfer.failed_tr : transfer.failed_en;

/** For the model: the caller is still here. */
export const transferNote = (language: string, destination: string, why: string): string =>
  isTurkish(language)
    ? `${destination} adresine aktarma başarısız oldu (${why}). Arayan hâlâ seninle konuşuyor.`
    : `The transfer to ${destination} failed (${why}). The caller is still on the line with you.`;
