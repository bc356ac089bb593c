// Are loader.d.mts, circuits_loader.d.mts, experiments_loader.d.mts and bench_loader.d.mts true? Loads the built modules and compares what they give with what the declarations say,
// key by key.
// Run from the repository's root after building the preset wasm.
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../build/wasm/dist/', import.meta.url);
const { kStepWords, loadCore } = await import(new URL('loader.mjs', folder));
const declarations = ['loader.d.mts', 'circuits_loader.d.mts', 'experiments_loader.d.mts', 'bench_loader.d.mts'].map((file) => readFileSync(new URL(file, import.meta.url), 'utf8')).join('');

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

async function checkCircuits() {
  const { loadCircuits } = await import(new URL('circuits_loader.mjs', folder));
  const circuits = await loadCircuits({ wasmBinary: readFileSync(new URL('circuits.wasm', folder)) });
  const model = circuits.open(trainer.save());
  checkMethods('CircuitTrainer', model);
  report('a model in the second module is the page\'s', model.signature() === trainer.signature() ? [] : [model.signature()]);
  const found = trainer.composition();
  checkData('Composition', found);
  checkData('ComposedPair', found.pairs[0]);
  report('every head is paired with every head of a later layer', found.pairs.length === 16 && found.pairs.every(({ from, to }) => from.layer === 0 && to.layer === 1) ? [] : [`${found.pairs.length}`]);
  report('rotary positions have effects and values composition, and a reason for the rest', found.pairs.every(({ effect, chance, weights }) => effect.k > 0 && chance.k > 0 && weights.k === null && weights.v > 0) && /rotary/.test(found.not_defined.k) && found.not_defined.effect === null ? [] : [JSON.stringify(found.not_defined)]);
  const circuit = model.headCircuit(1, 2, { layer: 0, head: 1 });
  checkData('HeadCircuit', circuit);
  checkData('TokenMap', circuit.ov);
  report('maps are there or have a reason', circuit.ov.values.length === 256 && circuit.qk.values === null && /rotary/.test(circuit.qk.not_defined) && circuit.eigenvalues.length === trainer.d_head ? [] : [JSON.stringify(circuit.qk)]);
  const fresh = core.create({ batch: 4, positions: 'learned' });
  const learned = circuits.open(fresh.save());
  const through = learned.headCircuit(1, 0, { layer: 0, head: 3 });
  report('with learned positions all maps are there', [through.qk, through.qk_through, through.ov].every(({ values }) => values?.length === 256) ? [] : ['they are not']);
  learned.dispose();
  fresh.dispose();
  const row = trainer.exampleTokens();
  const parts = model.attribution(row, 20, { from: { layer: 0, head: 0 }, to: { layer: 1, head: 1 } });
  checkData('Attribution', parts);
  checkData('LogitPart', parts.parts[0]);
  const sum = parts.parts.reduce((total, { logits }) => total + logits[0], 0);
  report('the parts of a logit add up, and the first token is the true next one', Math.abs(sum - parts.totals[0]) < 1e-4 && parts.tokens[0] === row[21] && parts.composed.logits.length === 2 ? [] : [`${sum} ${parts.totals[0]}`]);
  // After so few steps not every last token changes the likeliest answer.
  const patched = Array.from({ length: 16 }, (_, token) => model.patch(frame.tokens, [...frame.tokens.slice(0, -1), token])).find((result) => !result.not_defined);
  checkData('PatchReport', patched);
  report('the residual stream at the changed token brings all of the answer back', patched.resid[0][length - 1] === 1 ? [] : [JSON.stringify(patched.resid[0])]);
  checkData('NotDefined', model.patch(frame.tokens, frame.tokens));
  const other = Array.from(frame.tokens, (token, t) => (t === 3 ? (token + 1) % 16 : token));
  const asked = model.patch(frame.tokens, other, { position: 20, right: 1, wrong: 2 });
  report('a patch reads the answers where it is told to', [asked.position, asked.right, asked.wrong].join() === '20,1,2' && asked.resid[0][3] === 1 ? [] : [JSON.stringify(asked).slice(0, 80)]);
  checkData('PatchProgram', model.patchProgram());
  const refused = [() => model.headCircuit(2, 0), () => model.attribution(row, 32), () => model.attribution([99, 1], 0)].map((call) => {
    try { call(); } catch (error) { return error.name; }
    return 'taken';
  });
  report('a head, a position or a token that is not there is refused', refused.every((name) => name === 'CoreError') ? [] : refused);
  model.dispose();
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
await checkCircuits();
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
const phased = core.create({ batch: 4, phases: [{ steps: 3, task: 'bigram' }, { steps: 5, lr: 0.02, interventions: ['clamp 0.1 previous'] }] });
report('next_change is the step at which the next phase begins', phased.next_change === 3 ? [] : [`${phased.next_change}`]);
const first = phased.generation;
phased.train(3);
report('a phase that is another Program has another generation', phased.generation !== first && phased.next_change === null && phased.config.task === 'repeat' ? [] : ['it has not']);
phased.train(1);
phased.intervene(['ablate 1.2 resample']);
const tokens = phased.exampleTokens();
const ablated = phased.forward(tokens);
phased.train(2);
const again = core.create(phased.course);
again.train(6);
report('a course makes the same run again, live interventions included', again.signature() === phased.signature() ? [] : ['signatures differ']);
const loaded = core.create({ batch: 4 });
loaded.load(phased.save());
loaded.train(2);
phased.train(2);
report('a saved run brings its course along', loaded.signature() === phased.signature() && JSON.stringify(loaded.course) === JSON.stringify(phased.course) ? [] : ['it does not']);
const saved = phased.save();
checkData('FileFacts', core.look(saved));
checkData('FileFacts', core.look(phased.save({ model: true })));
const reopened = core.open(saved);
reopened.train(2);
loaded.train(2);
report('a run file opens where it was saved and goes on bit-equally', core.look(saved).kind === 'run' && reopened.signature() === loaded.signature() ? [] : ['it does not']);
reopened.dispose();
const weights = core.open(phased.save({ model: true }));
report('a model file opens at step 0 with its weights', core.look(phased.save({ model: true })).kind === 'model' && weights.step === 0 && weights.probe().loss.toFixed(4) !== core.create({ batch: 4 }).probe().loss.toFixed(4) ? [] : ['it does not']);
weights.dispose();
phased.intervene([]);
report('a prompt shows the model with what is held in it', phased.forward(tokens).pattern.length === ablated.pattern.length && phased.forward(tokens).pattern.join() !== ablated.pattern.join() ? [] : ['it does not']);
let missing = null;
try { phased.intervene(['ablate 7.0 zero']); } catch (error) { missing = error; }
report('an intervention without a place is refused', missing?.name === 'CoreError' ? [] : ['it was taken']);
for (const one of [phased, again, loaded]) one.dispose();
checkData('Problem', core.problems({ n_layers: 9 })[0]);
const refusalOf = (call) => {
  try { call(); } catch (error) { return error.problems?.[0].message ?? String(error); }
  return 'nothing';
};
const cut = saved.slice(0, saved.length - 9);
const newer = Buffer.from(saved).toString('latin1').replace('induction-playground 1', 'induction-playground 2');
const changed = Uint8Array.from(saved);
changed[8 + Number(new DataView(saved.buffer).getBigUint64(0, true)) + 2] ^= 16;
for (const [what, bytes, sentence] of [['cut off', cut, /end of the file|cut off/], ['newer', Buffer.from(newer, 'latin1'), /newer version/], ['of another kind', new TextEncoder().encode('hello, hello'), /safetensors/]])
  report(`a file that is ${what} is refused with a sentence`, sentence.test(refusalOf(() => core.look(bytes))) && sentence.test(refusalOf(() => core.open(bytes))) ? [] : [refusalOf(() => core.open(bytes))]);
report('a run file whose numbers were changed is refused', /it was changed/.test(refusalOf(() => core.open(changed))) ? [] : [refusalOf(() => core.open(changed))]);
const text = { task: 'text', n_ctx: 8, batch: 2 };
report('without data a task that reads it is refused', /needs data/.test(core.problems(text)[0]?.message) && /needs data/.test(refusalOf(() => core.create(text))) ? [] : ['it is not']);
const facts = core.readData('tick tock \n'.repeat(20), text, 'poem');
checkData('DataFacts', facts);
report('a text has labels and a vocabulary, and is trained on', facts.labels.join('').length === 7 && facts.d_vocab === 7 && facts.tokens === 220 && core.readData('abc', { ...text, d_vocab: 2 }).labels[1] === '<unk>' ? [] : [JSON.stringify(facts)]);
report('bytes that are no text are refused, and earlier data is kept', /byte 1 of the data/.test(refusalOf(() => core.readData(new Uint8Array([97, 255]), text))) && core.problems(text)[0]?.message.includes('it has 3') ? [] : [JSON.stringify(core.problems(text))]);
core.readData('tick tock \n'.repeat(20), text);
const reader = core.create({ ...text, d_vocab: 7 });
const [before, after] = [reader.probe().loss, reader.train(100) && reader.probe().loss];
report('a session reads the data that was handed over', after < before / 2 ? [] : [`${before} to ${after}`]);
reader.dispose();
trainer.dispose();
other.dispose();
await checkExperiments();
await checkBench();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;

/** The module of experiments: its declarations, and that its runs, rules and sentences are the command line's. */
async function checkExperiments() {
  const { loadExperiments } = await import(new URL('experiments_loader.mjs', folder));
  const experiments = await loadExperiments({ wasmBinary: readFileSync(new URL('experiments.wasm', folder)) });
  checkMethods('Experiments', experiments);
  const file = (name) => readFileSync(new URL(`../experiments/${name}`, import.meta.url), 'utf8');
  const spec = file('depth.json');
  const facts = experiments.read(spec);
  checkData('SpecFacts', facts);
  checkData('ArmFacts', facts.arms[1]);
  const trial = experiments.create(spec, 0, 0);
  checkMethods('Trial', trial);
  while (trial.advance());
  const line = trial.result(1.5);
  trial.dispose();
  const whole = experiments.report(spec, [[line], []]);
  checkData('ExperimentReport', whole);
  checkData('ArmReport', whole.arms[0]);
  checkData('Quartiles', whole.arms[0].summary.t50);
  const [run] = whole.arms[0].runs;
  checkData('RunReport', run);
  const [native] = JSON.parse(file('results/depth.json')).arms[0].runs;
  report('a run in the page has the numbers of the command line', run.signature === native.signature && run.values.t50 === native.values.t50 && run.values['final.loss_rep'] === native.values['final.loss_rep'] ? [] : [JSON.stringify(run.values)]);
  report('a claim is unclear before five seeds', whole.verdict === 'unclear' && /open/.test(whole.evidence) ? [] : [whole.evidence]);
  report('what is no spec is refused', /not valid JSON/.test(refusalOf(() => experiments.read('{'))) && /no such arm/.test(refusalOf(() => experiments.create(spec, 9, 0))) && /one list of result lines/.test(refusalOf(() => experiments.report(spec, []))) ? [] : ['it is not']);
}

/** The module that measures itself: its declarations, and that it counts and refuses. */
async function checkBench() {
  const { loadBench } = await import(new URL('bench_loader.mjs', folder));
  const bench = await loadBench({ wasmBinary: readFileSync(new URL('bench.wasm', folder)) });
  checkMethods('Bench', bench);
  const kernels = bench.kernels({ batch: 8 }, 2);
  checkData('KernelShare', kernels[0]);
  report('a step has the kernels that it must have', ['contract', 'attention', 'attention_backward', 'adamw'].filter((name) => !kernels.some(({ kernel }) => kernel === name)));
  report('a plain product reaches something', bench.peak() > 0 ? [] : ['nothing']);
  report('what cannot run is refused', /d_model/.test(refusalOf(() => bench.kernels({ d_model: 7 }, 2))) ? [] : ['it is not']);
}
