/** What can be done to the call: speak, ask, interrupt, keys, transfer, hang up. */
import type { CallView } from '../call-view';
import { button, element } from '../dom';
import { label } from '../labels';

export interface CallActions {
  say(text: string): void;
  ask(text: string): void;
  interrupt(): void;
  keys(digits: string): void;
  transfer(destination: string): void;
  hangUp(): void;
}

/** How long a click on "hang up" waits for the one that confirms it. */
const sureMs = 4000;

export class ActionsView {
  readonly #fields: HTMLFieldSetElement;
  readonly root: HTMLElement;

  constructor(actions: CallActions) {
    this.#fields = element(
      'fieldset',
      {},
      speakForm(actions),
      element(
        'div',
        { class: 'row' },
        button(label('interrupt'), () => actions.interrupt(), { name: 'interrupt' }),
        hangUpButton(actions),
      ),
      lineForm('transfer', label('transferTo'), label('transferPlaceholder'), label('transfer'), (text) =>
        actions.transfer(text),
      ),
      lineForm(
        'keys',
        label('keys'),
        label('keysPlaceholder'),
        label('send'),
        (text) => actions.keys(text),
        '[0-9*# ]+',
      ),
    );
    this.root = element('section', { class: 'card actions' }, this.#fields);
  }

  update(view: CallView, steers: boolean): void {
    this.#fields.disabled = !steers || view.ended !== undefined;
  }
}

function speakForm({ say, ask }: CallActions): HTMLFormElement {
  const input = element('input', {
    name: 'text',
    placeholder: label('sayPlaceholder'),
    'aria-label': label('sayPlaceholder'),
    autocomplete: 'off',
    maxlength: 2000,
    required: true,
  });
  const form = element(
    'form',
    { class: 'line speak' },
    input,
    element(
      'button',
      { type: 'submit', name: 'say', value: 'say', class: 'main', title: label('sayHint') },
      label('say'),
    ),
    element('button', { type: 'submit', name: 'ask', value: 'ask', title: label('askHint') }, label('ask')),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const asks = event.submitter instanceof HTMLButtonElement && event.submitter.value === 'ask';
    (asks ? ask : say)(input.value);
    form.reset();
  });
  return form;
}

function lineForm(
  name: string,
  title: string,
  placeholder: string,
  verb: string,
  run: (text: string) => void,
  pattern?: string,
): HTMLFormElement {
  const input = element('input', {
    name,
    placeholder,
    'aria-label': title,
    autocomplete: 'off',
    required: true,
    pattern,
  });
  const form = element('form', { class: 'line' }, input, element('button', { type: 'submit' }, verb));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    run(input.value.trim());
    form.reset();
  });
  return form;
}

/** Asks once more: a call that was hung up does not come back. */
function hangUpButton({ hangUp }: CallActions): HTMLButtonElement {
  let sure: ReturnType<typeof setTimeout> | undefined;
  const calm = () => {
    clearTimeout(sure);
    sure = undefined;
    made.textContent = label('hangUp');
  };
  const made = button(
    label('hangUp'),
    () => {
      if (sure === undefined) {
        made.textContent = label('hangUpSure');
        sure = setTimeout(calm, sureMs);
        return;
      }
      calm();
      hangUp();
    },
    { class: 'danger', name: 'hangup' },
  );
  return made;
}
