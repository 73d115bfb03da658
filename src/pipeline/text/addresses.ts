/** E-mail and web addresses, IBANs: what is made for machines, as a person would say it on the telephone. */
import type { NumberWords } from './number-words.js';
import { type Rule, word } from './rule.js';
import { spelled } from './spelled.js';

export interface AddressWords {
  language: string;
  at: string;
  dot: string;
  dash: string;
  underscore: string;
  slash: string;
  numbers: NumberWords;
}

/** IBAN (ISO 13616): two letters, two check digits, 11 to 30 letters and digits, often in groups of four. */
const iban = /(?<![\p{L}\d])(?<country>[A-Z]{2})(?<rest>\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?)(?![\p{L}\d])/gu;
const email = /(?<![\p{L}\d])(?<user>[\p{L}\d_.+-]+)@(?<host>[\p{L}\d-]+(?:\.[\p{L}\d-]+)+)/gu;
const site =
  /(?<![\p{L}\d@.])(?<host>(?:www\.)?(?:[a-z\d-]+\.)+(?:com|net|org|io|gov|edu|info|tr|de|uk|eu)(?:\.[a-z]{2})?)(?<path>(?:\/[\w.-]*\w)*)\/?(?![\p{L}\d@-])/gu;

export function addressRules(words: AddressWords): Rule[] {
  const part = (text: string): string => text.replace(/[.\-_/+]/g, (sign) => ` ${signOf(sign, words)} `).trim();
  return [
    {
      written: iban,
      say: ({ country = '', rest = '' }) => `${spelled(country, words.language)}, ${groups(rest, words)}`,
    },
    { written: email, say: ({ user = '', host = '' }) => `${part(user)} ${words.at} ${part(host)}` },
    { written: site, say: ({ host = '', path = '' }) => part(host.replace(/^www\./, '') + path) },
    word(/(?<=\w)@(?=\w)/g, ` ${words.at} `),
  ];
}

const signOf = (sign: string, { dot, dash, underscore, slash }: AddressWords): string =>
  ({ '.': dot, '-': dash, _: underscore, '/': slash })[sign] ?? '';

/** In fours, with a pause between; digits one by one. */
function groups(rest: string, { language, numbers }: AddressWords): string {
  const signs = rest.replaceAll(' ', '');
  const fours = [signs.slice(0, 2), ...(signs.slice(2).match(/.{1,4}/g) ?? [])];
  const said = (sign: string) => (/\d/.test(sign) ? numbers.digits(sign) : spelled(sign, language));
  return fours.map((four) => [...four].map(said).join(' ')).join(', ');
}
