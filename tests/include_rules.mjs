// The arrows of the house plan (docs/architecture.md), checked: which file may include or import which. Also lengths: a file above
// 250 lines is warned of. `node tests/include_rules.mjs [root]`. A broken rule is one line and exit status 1.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));
const MAX_LINES = 250;

function files(folder, ending) {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .filter((name) => !/node_modules|\/dist\//.test(name))
    .sort();
}

/** Every include or import of a file: { file, line, target, text }; target is a path from the root where it names a file here. */
function references(file) {
  const found = [];
  for (const [index, text] of readFileSync(join(root, file), 'utf8').split('\n').entries()) {
    const include = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/.exec(text);
    const script = /(?:\bfrom|\bimport|\bimport\(|\bnew URL\()\s*['"]([^'"]+)['"]/.exec(text);
    if (include) found.push({ file, line: index + 1, target: include[1] === '<' ? `<${include[2]}>` : place(file, include[2]), text });
    else if (script && /\.m?ts$/.test(file)) found.push({ file, line: index + 1, target: place(file, script[1].replace(/\?.*$/, '')), text });
  }
  return found;
}

/** Where an include or import leads: beside the file, or in core/. Packages stay as they are. */
function place(file, name) {
  if (name.startsWith('@core/')) return `wasm/${name.slice(6)}`;
  const beside = relative(root, resolve(root, dirname(file), name));
  if (name.startsWith('.') || existsSync(join(root, beside))) return beside;
  return existsSync(join(root, 'core', name)) ? join('core', name) : name;
}

const LIBRARIES = /^<(nlohmann|Eigen|unsupported|xtensor|xtl|CLI)\//;
const SYSTEM = /^<(thread|mutex|condition_variable|future|atomic|chrono|ctime|fstream|iostream|filesystem|cstdio|stdio\.h|unistd\.h|sys\/.*|emscripten.*)>$/;
const MODEL_USERS = /^core\/(model|trainer|course|intervene|run|probes\/[a-z_]+|snapshot)\.[ch]pp$/;
const RECORDER_USERS = /^core\/(recorder|operations(_\w+)?|hold|muon|model(_\w+)?)\.[ch]pp$/;

// Each rule: [claim, files it is about, is this reference against it?]
const RULES = [
  ['core includes nothing of native, wasm, web or tests', /^core\//, (r) => /^(native|wasm|web|tests)\//.test(r.target)],
  ['core has no threads, clock, files or Emscripten', /^core\//, (r) => SYSTEM.test(r.target) && !(r.target === '<cstdio>' && r.file === 'core/text.cpp')],
  ['libraries of numbers and JSON stay out of core headers', /^core\/.*\.(hpp|inc|def)$/, (r) => LIBRARIES.test(r.target) && r.file !== 'core/probes/xtensor.hpp'],
  ['xtensor is included by .cpp files only', /\.hpp$/, (r) => r.target === 'core/probes/xtensor.hpp'],
  ['only core .cpp files outside kernels include libraries, and never Eigen or xtensor on the training path', /^core\/(?!probes\/)/, (r) => /^<(Eigen|unsupported|xtensor|xtl|CLI)\//.test(r.target)],
  ['kernels see steps, slices and random numbers only', /^core\/kernels\//, (r) => r.target.startsWith('core/') && !/^core\/(kernels\/|(step|rng)\.hpp$)/.test(r.target)],
  ['steps and tensors know nothing above them', /^core\/(step|tensor|program)\.hpp$/, (r) => r.target.startsWith('core/') && !/^core\/(step|tensor)\.hpp$|^core\/kernels\/kernels\.def$/.test(r.target)],
  ['config knows nothing of the model', /^core\/config/, (r) => r.target.startsWith('core/') && !/^core\/(config|json_depth|text)/.test(r.target)],
  ['the executor knows programs and kernels, no Config, model or data', /^core\/cpu\./, (r) => r.target.startsWith('core/') && !/^core\/(cpu\.hpp|program\.hpp|kernels\/)/.test(r.target)],
  ['the recorder knows programs, no Config, model or kernels', /^core\/(recorder|operations(_\w+)?)\./, (r) => r.target.startsWith('core/') && !/^core\/(recorder|program)\.hpp$/.test(r.target)],
  ['only the recorder and the model record', /^core\//, (r) => r.target === 'core/recorder.hpp' && !RECORDER_USERS.test(r.file)],
  ['only trainer, run, probes and snapshots see the model', /^core\//, (r) => r.target === 'core/model.hpp' && !MODEL_USERS.test(r.file)],
  ['data knows configuration, random numbers and steps only', /^core\/data\//, (r) => r.target.startsWith('core/') && !/^core\/(data\/|config\.hpp|rng\.hpp|exact\.hpp|step\.hpp)/.test(r.target)],
  ['probes do not train', /^core\/probes\//, (r) => /^core\/(trainer|run|snapshot|record)\.hpp$/.test(r.target)],
  ['head scores are pure functions', /^core\/probes\/(heads|roles)\./, (r) => r.target.startsWith('core/') && !/^core\/(probes\/(heads|roles)|sort_few)\.hpp$/.test(r.target)],
  ['native and wasm do not see each other', /^native\//, (r) => r.target.startsWith('wasm/')],
  ['native and wasm do not see each other', /^wasm\//, (r) => r.target.startsWith('native/')],
  ['web/src/gpu sees the protocol and itself only', /^web\/src\/gpu\//, (r) => !/^web\/src\/(gpu\/|protocol\.ts)|\.wgsl(\?raw)?$/.test(r.target)],
  ['panels and charts never import the worker or its session', /^web\/src\/(panels|charts)\//, (r) => /^web\/src\/(worker|experiment_(worker|run)\.ts|session|pack|pace|records|side_worker|pool\/(side_session|checkpoints)|engine\/|gpu\/)/.test(r.target)],
  ['charts know no panel, client or application', /^web\/src\/charts\//, (r) => /^web\/src\/(panels\/|client|app|main)/.test(r.target)],
  ['the worker knows no page', /^web\/src\/((worker|session|pack|pace|records|side_worker)\.ts$|engine\/|pool\/)/, (r) => /^web\/src\/(app|main|page|client|panels\/|charts\/)/.test(r.target)],
  ['an experiment\'s worker knows no page, and only its runner starts it', /^web\/src\//, (r) =>
    (/^web\/src\/experiment_(worker|run)\.ts$/.test(r.file) && /^web\/src\/(app|main|page|client|worker|session|panels\/|charts\/)/.test(r.target)) ||
    (r.target === 'web/src/experiment_worker.ts' && r.file !== 'web/src/experiment_runner.ts')],
  ['only entry points start the worker', /^web\/src\/(?!(main|bench|element|embed)\.ts)/, (r) => r.target === 'web/src/worker.ts'],
  ['only the pool starts background workers', /^web\/src\/(?!pool\/spawn\.ts)/, (r) => r.target === 'web/src/side_worker.ts'],
  ['many seeds and the second run reach their workers through the pool', /^web\/src\/(many|pair)\//, (r) => /^web\/src\/(panels\/|app|main|page|session|worker|pool\/(side_session|checkpoints))/.test(r.target)],
];

const sources = [...['core', 'native', 'wasm'].flatMap((folder) => files(folder, /\.(cpp|hpp|inc|def)$/)), ...files('web/src', /\.ts$/)];
const every = sources.flatMap(references);
let passed = 0;
let failed = 0;
for (const [claim, about, against] of RULES) {
  const offences = every.filter((reference) => about.test(reference.file) && against(reference));
  for (const { file, line, text } of offences) console.log(`not ok - ${claim}: ${file}:${line}: ${text.trim()}`);
  if (offences.length) failed += 1;
  else passed += 1;
}

// Two types of one name in two headers are one type to the linker, and their members are mixed up.
const doubled = ['native', 'wasm'].flatMap((program) => {
  const types = new Map();
  for (const file of sources.filter((name) => new RegExp(`^(core/(?!kernels/)|${program}/).*\\.hpp$`).test(name)))
    for (const [, name] of readFileSync(join(root, file), 'utf8').matchAll(/^(?:struct|class|enum class|enum) (\w+)[^;]*\{/gm))
      types.set(name, [...(types.get(name) ?? []), file]);
  return [...types].filter(([, list]) => list.length > 1);
});
for (const [name, list] of doubled) console.log(`not ok - a type has one definition: ${name} in ${list.join(' and ')}`);
if (doubled.length) failed += 1;
else passed += 1;

// Only a clock that never jumps: whoever sets the machine's time changes no run, no lock, no figure.
const clocks = sources
  .filter((file) => /\.[ch]pp$/.test(file))
  .filter((file) => /system_clock|high_resolution_clock|\bstd::time\(|gettimeofday|CLOCK_REALTIME|localtime|last_write_time/.test(readFileSync(join(root, file), 'utf8')));
for (const file of clocks) console.log(`not ok - nothing in C++ asks the clock on the wall, which may jump: ${file}`);
if (clocks.length) failed += 1;
else passed += 1;

// Standard libraries differ in what their headers bring along, and newer ones bring less.
const NAMES = {
  '<algorithm>': /std::(ranges::)?(sort|stable_sort|find|find_if|any_of|all_of|none_of|count_if|max_element|min_element|max|min|clamp|fill|copy|lower_bound|upper_bound|nth_element)\b/,
  '<array>': /std::array\b/,
  '<cmath>': /std::(sqrt|isfinite|exp|log|abs|pow|floor)\b/,
  '<cstdint>': /\bu?int(8|16|32|64)_t\b/,
  '<cstring>': /std::mem(cpy|set|cmp)\b/,
  '<functional>': /std::function\b/,
  '<memory>': /std::(unique_ptr|shared_ptr|make_unique|make_shared)\b/,
  '<optional>': /std::optional\b/,
  '<span>': /std::span\b/,
  '<string>': /std::(string|to_string)\b/,
  '<vector>': /std::vector\b/,
};
const includes = new Map(sources.map((file) => [file, []]));
for (const { file, target } of every) includes.get(file).push(target);
const reached = (file, wanted, seen = new Set()) =>
  (includes.get(file) ?? []).some((target) => target === wanted || (!seen.has(target) && reached(target, wanted, seen.add(target))));
// The kernels' headers are parts of one file.
const borrowed = sources
  .filter((file) => /\.[ch]pp$/.test(file) && !file.startsWith('core/kernels/'))
  .flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return Object.keys(NAMES).filter((header) => NAMES[header].test(text) && !reached(file, header)).map((header) => `${file} names what ${header} has`);
  });
for (const what of borrowed) console.log(`not ok - what a file names of the standard library it includes, or a header of ours that it includes: ${what}`);
if (borrowed.length) failed += 1;
else passed += 1;

for (const file of [...sources, ...files('tests', /\.(cpp|hpp)$/)]) {
  const lines = readFileSync(join(root, file), 'utf8').split('\n').length - 1;
  if (lines > MAX_LINES) console.log(`warning - ${file} has ${lines} lines; ${MAX_LINES} are the plan`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
