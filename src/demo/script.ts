/** What the demo is about: a small bank, and somebody who calls it. Data only. */
import type { Config } from '../config/schema.js';

export interface Question {
  text: string;
  /** Asked while the bot still answers the one before, whose answer must therefore be long. */
  interrupts: boolean;
}

export interface Script {
  language: string;
  stt: { engine: Config['stt']['engine'] };
  llm: { model: string; max_tokens: number };
  agent: { prompt: string; greeting: string };
  questions: readonly Question[];
}

const ask = (text: string): Question => ({ text, interrupts: false });
const interrupt = (text: string): Question => ({ text, interrupts: true });

const english: Script = {
  language: 'en',
  stt: { engine: 'moonshine' },
  llm: { model: 'qwen2.5-coder-0.5b', max_tokens: 120 },
  agent: {
    greeting: 'Hello, this is Maple Bank. How can I help you?',
    prompt: [
      'You are the telephone assistant of Maple Bank. Answer in one or two short sentences of plain words, without lists.',
      'Opening hours: Monday to Friday from nine to five, Saturday from ten to two, closed on Sunday.',
      'Lost card: we block the card now, and a new one comes by mail in three days.',
      'A new card costs nothing.',
      'The main office is at twelve Garden Street, next to the station.',
      'Services, always told in these words: We have savings accounts with good interest for young and old.',
      'We give home loans and car loans within a week. We have credit cards for travel and for shopping.',
      'We also sell travel insurance, and we send money to any country in one day.',
    ].join(' '),
  },
  questions: [
    ask('Please tell me what time you open on Saturday morning.'),
    ask('I have lost my bank card. What should I do now?'),
    ask('Please tell me about all the services of your bank.'),
    interrupt('Excuse me, please tell me the address of your main office.'),
    ask('How much money do I have to pay for a new bank card?'),
  ],
};

const turkish: Script = {
  language: 'tr',
  stt: { engine: 'vosk' },
  llm: { model: 'qwen2.5-1.5b-instruct', max_tokens: 120 },
  agent: {
    greeting: 'Merhaba, burası Çınar Bankası. Size nasıl yardımcı olabilirim?',
    prompt: [
      'Sen Çınar Bankasının telefon asistanısın. Bir iki kısa cümleyle, sade bir dille, liste yapmadan cevap ver.',
      'Çalışma saatleri: hafta içi dokuzdan beşe, cumartesi ondan ikiye kadar; pazar kapalı.',
      'Kayıp kart: müşteri bu numarayı arayınca kart hemen kapatılır, yeni kart üç günde postayla gelir.',
      'Yeni kart ücretsizdir.',
      'Merkez şube Bahçe Caddesi on iki numarada, istasyonun yanında.',
      'Hizmetler: mevduat hesabı, konut kredisi, taşıt kredisi, kredi kartı, seyahat sigortası ve para transferi.',
      'Bütün hizmetler sorulursa her birini ayrı bir cümleyle anlat.',
    ].join(' '),
  },
  questions: [
    ask('Cumartesi günü saat kaçta açılıyorsunuz?'),
    ask('Kartımı kaybettim, şimdi ne yapmalıyım?'),
    ask('Bankanızın bütün hizmetlerini anlatır mısınız?'),
    interrupt('Pardon, merkez şubeniz nerede?'),
    ask('Yeni kart ne kadar?'),
  ],
};

export const scripts: Readonly<Record<string, Script>> = { en: english, tr: turkish };
