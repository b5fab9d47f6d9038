/** Answers by e-mail, too: offered, changed and taken back by the visitor. */
import type { Refusal } from './call.ts';
import { h } from './dom.ts';
import type { Talk } from './talk.ts';
import { t } from './words.ts';

export interface MailOffer {
  root: HTMLElement;
  update: () => void;
}

/** Only where an answer could really go by mail, or an address is there to be taken back. */
export function mailOffer(talk: Talk): MailOffer {
  const input = h('input', { type: 'email', id: 'mail', autocomplete: 'email', required: true, maxlength: '254', 'aria-describedby': 'mail-hint' });
  const problem = h('p', { class: 'alarm', role: 'alert' });
  const summary = h('summary', {});
  const hint = h('p', { class: 'hint', id: 'mail-hint' });
  const label = h('label', { for: 'mail' }, t('mail.address'));
  const save = h('button', {});
  const forget = h('button', { type: 'button', class: 'link', click: () => void end(talk.forgetMail()) }, t('mail.forget'));
  const form = h(
    'form',
    {
      novalidate: true,
      submit(event) {
        event.preventDefault();
        const address = input.value.trim();
        problem.textContent = input.validity.valid ? '' : t('mail.wrong');
        if (!input.validity.valid) return input.focus();
        void end(talk.leaveMail(address));
      },
    },
    hint,
    label,
    input,
    save,
    forget,
    problem,
  );
  const details = h('details', { class: 'mail', hidden: true }, summary, form);
  let known: string | null | undefined;

  async function end(doing: Promise<void>): Promise<void> {
    problem.textContent = '';
    try {
      await doing;
      details.open = false;
      summary.focus();
    } catch (refusal) {
      problem.textContent = why(refusal as Refusal);
    }
  }

  function update(): void {
    const { mail, canMail } = talk;
    details.hidden = talk.messages.length === 0 || (!mail && !canMail);
    summary.textContent = mail ? t('mail.left', { address: mail }) : t('mail.offer');
    if (mail && !canMail) summary.textContent = t('mail.cannot');
    hint.textContent = canMail ? t('mail.hint') : t('mail.cannot.hint');
    label.hidden = input.hidden = save.hidden = !canMail;
    save.textContent = mail ? t('mail.change') : t('mail.send');
    forget.hidden = !mail;
    if (mail !== known) input.value = mail ?? ''; // what is being typed stays
    known = mail;
  }
  return { root: details, update };
}

function why(refusal: Refusal): string {
  if (refusal.status === 429) return t('mail.often');
  if (refusal.isPassing) return t('trouble');
  return refusal.status === 422 ? t('mail.wrong') : t('mail.cannot');
}
