/** What the turn-taking knows of each language: the defaults of the word lists of `[turn]`. */

export interface TurnWords {
  /** Said while the other one speaks: they take no turn. */
  backChannels: string;
  /** Interrupt alone, at once. */
  commands: string;
  /** After these as last words the caller goes on. */
  unfinished: string;
  /** After these as last words a sentence is whole. */
  complete: string;
  /** Asked of a silent caller, one after the other, separated by `|`. */
  idlePrompts: string;
  /** Said before a caller who stays silent is hung up on. */
  goodbye: string;
}

export const english: TurnWords = {
  backChannels:
    'uh-huh, mm-hmm, mhm, mmm, mm, m, hmm, hm, uh, um, ah, ah-ha, aha, oh, yeah, yep, yes, okay, ok, right, sure, i see, alright, got it',
  commands: 'stop, wait, hold on, hang on, no, cancel, excuse me',
  unfinished:
    'and, or, but, because, so, then, if, when, that, which, um, uh, er, hmm, like, well, i, my, your, the, a, an, to, of, with, from, at, is, are, was, am, want, need, would, could, can, it is, number is',
  complete: 'please, thanks, thank you, yes, no, okay, bye, goodbye, that is all, that is it, right',
  idlePrompts: 'Are you still there? | Hello, can you hear me?',
  goodbye: 'I cannot hear you, so I am hanging up now. Goodbye.',
};

export const turkish: TurnWords = {
  backChannels:
    'hı hı, hıhı, hı hım, hı, hımm, hm, hmm, mm, mhm, aha, ha, ıı, ııı, ee, evet, tamam, tamamdır, aynen, peki, doğru, olur, anladım, tabii, tabi, öyle',
  commands: 'dur, durun, bekle, bekleyin, bir dakika, bir saniye, hayır, iptal, pardon',
  unfinished:
    've, veya, ya da, ama, fakat, çünkü, ki, eğer, yani, işte, hani, şey, ıı, ııı, eee, ee, hmm, için, ile, gibi, kadar, benim, sizin, bir, bu, şu, o, daha, en, hem, ne, numaram, numarası',
  complete:
    'lütfen, teşekkürler, teşekkür ederim, sağ olun, istiyorum, istemiyorum, evet, hayır, tamam, var, yok, mı, mi, mu, mü, mısınız, misiniz, musunuz, müsünüz, mıyım, miyim, edin, verin, bu kadar',
  idlePrompts: 'Orada mısınız? | Alo, beni duyabiliyor musunuz?',
  goodbye: 'Sizi duyamıyorum, bu yüzden görüşmeyi sonlandırıyorum. İyi günler.',
};
