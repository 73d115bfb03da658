/** Asks for the token that the server wants. */
import { element } from '../dom';
import { label } from '../labels';

export class TokenView {
  readonly #input = element('input', {
    type: 'password',
    name: 'token',
    autocomplete: 'off',
    required: true,
    'aria-label': label('token'),
  });
  readonly root = element('dialog', { 'aria-labelledby': 'title-token' });

  constructor(use: (token: string) => void) {
    const form = element(
      'form',
      { method: 'dialog' },
      element('h2', { id: 'title-token' }, label('tokenTitle')),
      element('p', { class: 'faint' }, label('tokenHint')),
      this.#input,
      element('button', { type: 'submit', class: 'main' }, label('enter')),
    );
    form.addEventListener('submit', () => {
      use(this.#input.value.trim());
      form.reset();
    });
    this.root.append(form);
  }

  ask(): void {
    if (!this.root.open) this.root.showModal();
  }
}
