// Debian's WebKitGTK: its small browser, driven by its own WebDriver over plain HTTP, on a screen that only exists in memory.
import { spawn } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';

/** MiniBrowser lies beside the library that it shows, not on the PATH. */
const kLibraries = ['/usr/lib', '/usr/libexec', '/usr/lib64'];

function runs(path) {
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return null;
  }
}

const onPath = (name) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => runs(join(folder, name)))
    .find(Boolean) ?? null;

function foldersIn(folder) {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function findBrowser() {
  if (process.env.MINIBROWSER) return runs(process.env.MINIBROWSER);
  const near = kLibraries.flatMap((root) => [root, ...foldersIn(root).filter((folder) => /-linux-/.test(folder))]);
  const folders = near.flatMap((folder) => foldersIn(folder).filter((each) => /\/webkit2?gtk-[\d.]+$/.test(each)));
  return folders.map((folder) => runs(join(folder, 'MiniBrowser'))).find(Boolean) ?? null;
}

/** { driver, browser, screen }: programs; or { missing }: what is not here, in words. */
export function findWebKit() {
  const driver = onPath('WebKitWebDriver');
  const browser = findBrowser();
  const screen = onPath('Xvfb');
  if (!driver) return { missing: 'there is no WebKitWebDriver here (Debian: webkit2gtk-driver)' };
  if (!browser) return { missing: "there is no MiniBrowser here (Debian: in WebKitGTK's library)" };
  if (!screen && !process.env.DISPLAY) return { missing: 'there is no screen, and no Xvfb (Debian: xvfb)' };
  return { driver, browser, screen };
}

/** Resolves with the display's name: Xvfb takes the next number that is free, and says which. */
function startScreen(program) {
  const screen = spawn(program, ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  return new Promise((begun, failed) => {
    screen.on('error', failed);
    screen.on('exit', (code) => failed(new Error(`Xvfb ended with ${code}`)));
    screen.stdio[3].once('data', (number) => begun({ screen, display: `:${String(number).trim()}` }));
  });
}

function freePort() {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}

class Page {
  constructor(address, stop) {
    this.address = address;
    this.stop = stop;
  }

  async ask(method, path, body) {
    const response = await fetch(this.address + path, {
      method,
      body: body && JSON.stringify(body),
      // Chunked bodies and open connections are more than this driver understands.
      headers: { 'content-type': 'application/json', connection: 'close' },
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(value?.message || value?.error || `WebDriver answered ${response.status}`);
    return value;
  }

  goto(url) {
    return this.ask('POST', '/url', { url });
  }

  resize(width, height) {
    return this.ask('POST', '/window/rect', { width, height });
  }

  async screenshot() {
    return Buffer.from(await this.ask('GET', '/screenshot'), 'base64');
  }

  /** What the function gives, or what its promise does; it runs in the page. */
  async evaluate(task, ...given) {
    const script = `const done = arguments[arguments.length - 1];
      Promise.resolve().then(() => (${task})(...[...arguments].slice(0, -1))).then(
        (value) => done({ value }), (error) => done({ failure: String(error) }));`;
    const { value, failure } = await this.ask('POST', '/execute/async', { script, args: given });
    if (failure !== undefined) throw new Error(failure);
    return value;
  }

  /** Until the function gives something; it runs in the page. */
  until(condition, ...given) {
    const wait = `async (...given) => {
      for (;;) {
        const found = (${condition})(...given);
        if (found) return found;
        await new Promise((soon) => setTimeout(soon, 50));
      }
    }`;
    return this.evaluate(wait, ...given);
  }

  async close() {
    await this.ask('DELETE', '').catch(() => {});
    this.stop();
  }
}

async function untilReady(root) {
  for (let i = 0; i < 600; i++) {
    const ready = await fetch(`${root}/status`).then(
      (response) => response.json(),
      () => null,
    );
    if (ready?.value?.ready) return;
    await new Promise((soon) => setTimeout(soon, 100));
  }
  throw new Error('WebKitWebDriver does not answer');
}

/** One browser window; `findWebKit` must have found the programs. */
export async function launchWebKit() {
  const { driver, browser, screen } = findWebKit();
  const begun = process.env.DISPLAY ? { display: process.env.DISPLAY } : await startScreen(screen);
  const port = await freePort();
  const program = spawn(driver, [`--port=${port}`], {
    // In the locale C, it would tell its pages that their reader's language is 'C', which is none.
    env: { ...process.env, DISPLAY: begun.display, GDK_BACKEND: 'x11', NO_AT_BRIDGE: '1', LC_ALL: 'en_US.UTF-8' },
    stdio: 'ignore',
  });
  const root = `http://127.0.0.1:${port}`;
  const page = new Page(root, () => {
    program.kill();
    begun.screen?.kill();
  });
  await untilReady(root);
  const options = {
    browserName: 'MiniBrowser',
    'webkitgtk:browserOptions': { binary: browser, args: ['--automation'] },
  };
  // A busy machine takes its time; but Node's fetch ends after 300 s, and would not say what was waited for.
  const timeouts = { script: 280_000, pageLoad: 280_000 };
  const made = await page.ask('POST', '/session', { capabilities: { alwaysMatch: { ...options, timeouts } } });
  page.address = `${root}/session/${made.sessionId}`;
  return page;
}
