// The article's own script: what an author adds to figures by their methods and events.
import './article.css';
import './index.ts';

const figure = (id: string) => document.querySelector(`#${id}`) as HTMLElementTagNameMap['induction-playground'];

for (const button of document.querySelectorAll<HTMLElement>('[data-break]'))
  button.addEventListener('click', async () => {
    for (const head of (button.dataset.break ?? '').split(' ')) await figure('broken').ablate(head);
    await figure('broken').play();
  });

document.querySelector('[data-restore]')?.addEventListener('click', async () => {
  const heads = [0, 1].flatMap((layer) => [0, 1, 2, 3].map((head) => `${layer}.${head}`));
  for (const head of heads) await figure('broken').ablate(head, null);
  await figure('broken').play();
});

const onsets = new Map<string, number>();
const list = document.querySelector('#onsets') as HTMLOutputElement;

figure('seeds').addEventListener('phase', (event) => {
  const { phase, step } = (event as CustomEvent).detail;
  if (phase !== 'induction') return;
  onsets.set(figure('seeds').seed ?? '', step);
  list.textContent = [...onsets].map(([seed, at]) => `seed ${seed}: step ${at}`).join(', ');
});

document.querySelector('[data-seed]')?.addEventListener('click', async () => {
  const next = Number(figure('seeds').seed) + 1;
  figure('seeds').seed = String(next);
  await figure('seeds').play();
});
