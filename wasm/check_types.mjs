// Is loader.d.mts true? Loads the built module and compares what it gives with what the declarations say, key by key.
// Run from the repository's root after building the preset wasm.
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../build/wasm/dist/', import.meta.url);
const { kStepWords, loadCore } = await import(new URL('loader.mjs', folder));
const declarations = readFileSync(new URL('loader.d.mts', import.meta.url), 'utf8');

/** Members of one declared interface, with those it extends: name -> {optional, method}. */
function membersOf(name) {
  const head = new RegExp(`interface ${name}(?: extends (\\w+))? \\{`).exec(declarations);
  if (!head) throw new Error(`loader.d.mts declares no interface ${name}`);
  const members = head[1] ? membersOf(head[1]) : new Map();
  const body = declarations.slice(head.index + head[0].length, declarations.indexOf('\n}', head.index));
  for (const line of body.replace(/\/\*\*.*?\*\//gs, '').split('\n')) {
    const member = /^ {2}(?:readonly )?(\w+)(\?)?(\(|:)/.exec(line);
    if (member) members.set(member[1], { optional: member[2] === '?', method: member[3] === '(' });
  }
  return members;
}

let passed = 0;
let failed = 0;
function report(claim, problems) {
  console.log(`${problems.length ? 'not ok' : 'ok'} - ${claim}${problems.map((p) => `\n    ${p}`).join('')}`);
  if (problems.length) failed += 1;
  else passed += 1;
}

/** Plain data must have just the declared keys. */
function checkData(name, value) {
  const declared = membersOf(name);
  const problems = [];
  for (const [key, { optional }] of declared) if (!optional && !(key in value)) problems.push(`'${key}' is declared but missing`);
  for (const key of Object.keys(value)) if (!declared.has(key)) problems.push(`'${key}' is given but not declared`);
  report(`${name} has the declared fields`, problems);
}

/** Objects must have the declared methods and no further public ones. */
function checkMethods(name, value) {
  const declared = membersOf(name);
  const problems = [];
  for (const [key, { method }] of declared)
    if ((typeof value[key] === 'function') !== method || value[key] === undefined) problems.push(`'${key}' is declared but is not there or of another kind`);
  for (const key of Object.getOwnPropertyNames(Object.getPrototypeOf(value)))
    if (key !== 'constructor' && !declared.has(key)) problems.push(`'${key}' is public but not declared`);
  report(`${name} has the declared methods and properties`, problems);
}

const core = await loadCore({ wasmBinary: readFileSync(new URL('induction.wasm', folder)) });
checkMethods('Core', core);
checkData('Schema', core.schema);
core.schema.knobs.slice(0, 4).forEach((knob) => checkData('Knob', knob));
checkData('Preset', core.schema.presets[0]);
const trainer = core.create({ batch: 4 });
checkMethods('Trainer', trainer);
checkData('StepReport', trainer.train(2));
const record = trainer.probe();
checkData('ProbeRecord', record);
checkData('Losses', record.unseen);
checkData('HeadScores', record.heads[0]);
const frame = trainer.forward(trainer.exampleTokens());
checkData('PromptFrame', frame);
const length = frame.tokens.length;
const sizes = { pattern: 2 * 4 * length * length, loss: length - 1, probabilities: length * 16, induction_targets: length * length };
report('PromptFrame arrays have the declared sizes', Object.keys(sizes).filter((key) => frame[key].length !== sizes[key]));
const program = trainer.program();
const prompt = trainer.promptProgram();
checkData('PromptProgram', prompt);
const patterns = prompt.patterns.flatMap((offset) => [...prompt.arena.subarray(offset, offset + 4 * length * length)]);
report('the prompt\'s Program names where the patterns of its frame lie', patterns.length === frame.pattern.length && patterns.every((x, i) => x === frame.pattern[i]) ? [] : ['they differ']);
const parameters = ({ regions }, arena) => arena.slice(regions.parameters[0], regions.parameters[0] + regions.parameters[1]);
report('the prompt\'s parameters lie as the training Program\'s do', parameters(prompt, prompt.arena).join() === parameters(program, trainer.arena()).join() ? [] : ['they differ']);
const fresh = core.create({ batch: 4 });
let refusal = null;
try { fresh.promptProgram(); } catch (error) { refusal = error; }
report('without a prompt there is no prompt\'s Program', refusal?.name === 'CoreError' ? [] : ['it was given']);
fresh.train(7);
const other_hyper = core.create({ batch: 4 }).hyper(7);
report('hyper(step) is what the trainer will have at that step', fresh.hyper().join() === other_hyper.join() && other_hyper.join() !== trainer.hyper().join() ? [] : ['they differ']);
const hot = core.create({ batch: 4, lr: 1000, warmup_steps: 0, optimizer: 'sgd' });
const { stopped } = hot.train(1000);
const at = Number(/at step (\d+)/.exec(stopped)?.[1]);
report('runaway(step) is the sentence that training stops with', stopped === hot.runaway(at) ? [] : [`${stopped} / ${hot.runaway(at)}`]);
fresh.dispose();
hot.dispose();
checkData('TaskFacts', trainer.task());
for (const line of trainer.task().lines.slice(0, 1)) checkData('TaskLine', line);
const sgd = core.create({ batch: 4, optimizer: 'sgd' });
const does = (one, knob) => one.shown().includes(knob);
report('shown() names the knobs that do something', does(trainer, 'beta1') && !does(trainer, 'momentum') && !does(sgd, 'beta1') && does(sgd, 'momentum') ? [] : [trainer.shown().join()]);
sgd.dispose();
checkData('Program', program);
const batch = trainer.batch();
report('a batch has the numbers of each input', batch.length === program.inputs.length && program.inputs.every(([, n], i) => batch[i].length === n) && program.inputs[0][0] === program.tokens && program.inputs[1][0] === program.targets ? [] : ['it has not']);
const outside = trainer.program({ given: true });
report('a Program may take its batches from outside', !program.given && outside.given && outside.kernels[outside.draw[0]] === 'draw_given' && outside.inputs.every(([at, n], i) => outside.draw[2 + i] === at && outside.draw[26 + i] === n) ? [] : ['it does not']);
report('a training Program draws its batch by the kernel of its task, a prompt\'s draws none', program.kernels[program.draw[0]] === 'draw_repeat' && program.draw.length === kStepWords && prompt.draw.length === 0 ? [] : ['it does not']);
const wgsl = readdirSync(new URL('../core/data/', import.meta.url)).filter((name) => name.endsWith('.wgsl'));
const twins = wgsl.flatMap((name) => [...readFileSync(new URL(`../core/data/${name}`, import.meta.url), 'utf8').matchAll(/\nfn (draw_\w+)\(/g)].map(([, kernel]) => kernel));
report('each task draws by a kernel that there is, its own or draw_given', core.schema.knobs.find(({ name }) => name === 'task').options.flatMap((task) => {
  if (core.problems({ task }).length > 0) return [];
  const one = core.create({ task });
  const { draw, kernels, given } = one.program();
  const kernel = kernels[draw[0]];
  one.dispose();
  return twins.includes(kernel) && kernel === (given ? 'draw_given' : `draw_${task}`) ? [] : [`${task}: ${kernel}`];
}));
const chain = core.create({ batch: 4, task: 'bigram', d_vocab: 5 });
const { draw, draw_table, kernels } = chain.program();
report('a chain\'s table has a row per token, each ending at the largest word', kernels[draw[0]] === 'draw_bigram' && draw_table.length === 25 && draw_table.filter((word) => word === 2 ** 32 - 1).length >= 5 ? [] : ['it does not']);
chain.dispose();
const lists = ['forward', 'backward', 'finish', 'update'];
report('Program lists hold whole Steps of known kernels', lists.filter((list) => program[list].length === 0 || program[list].length % kStepWords || program[list].some((word, i) => i % kStepWords === 0 && !program.kernels[word])));
report('arena and hyper have the declared sizes', trainer.arena().length === program.arena_floats && trainer.hyper().length === 11 ? [] : ['sizes differ']);
const arena = trainer.arena();
const part = (name) => arena.slice(program.regions[name][0], program.regions[name][0] + program.regions[name][1]);
const state = { step: trainer.step, parameters: part('parameters'), moment1: part('moment1'), moment2: part('moment2') };
const other = core.create({ batch: 4 });
other.restore(state);
trainer.train(3);
other.train(3);
report('a restored state goes on bit-equally', trainer.signature() === other.signature() ? [] : ['signatures differ']);
checkData('Problem', core.problems({ n_layers: 9 })[0]);
trainer.dispose();
other.dispose();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
