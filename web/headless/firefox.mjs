// The distribution's Firefox, driven by puppeteer-core over WebDriver BiDi.
import { execFileSync } from 'node:child_process';
import puppeteer from 'puppeteer-core';
import { findSwiftShader } from './adapter.mjs';

const kNames = ['firefox-esr', 'firefox'];
/** Where systems without a PATH worth asking put it. */
const kPlaces = {
  darwin: ['/Applications/Firefox.app/Contents/MacOS/firefox'],
  win32: ['C:\\Program Files\\Mozilla Firefox\\firefox.exe'],
};

function runs(program) {
  try {
    return /Firefox/.test(
      execFileSync(program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  } catch {
    return false;
  }
}

/** The program: the one in FIREFOX, or the first that answers; null when there is none. */
export function findFirefox() {
  const named = process.env.FIREFOX;
  return (named ? [named] : [...kNames, ...(kPlaces[process.platform] ?? [])]).find(runs) ?? null;
}

/** `webgpu`: on Chromium's SwiftShader where that is found, else on what the system has. */
export async function launchFirefox({ webgpu }) {
  const icd = webgpu && process.platform === 'linux' ? findSwiftShader() : null;
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: execPathOf(findFirefox()),
    headless: true,
    // Firefox runs its graphics in a process of its own, which inherits this.
    env: { ...process.env, ...(icd ? { VK_ICD_FILENAMES: icd } : {}) },
    extraPrefsFirefox: {
      'dom.webgpu.enabled': webgpu,
      'dom.webgpu.workers.enabled': webgpu,
      'gfx.webgpu.ignore-blocklist': webgpu,
      // Pages that compute for long are meant to here.
      'dom.max_script_run_time': 0,
    },
    // A busy machine takes its time.
    protocolTimeout: 300_000,
    timeout: 120_000,
  });
}

/** puppeteer wants a path, not a name. */
function execPathOf(program) {
  if (/[/\\]/.test(program)) return program;
  return execFileSync('/bin/sh', ['-c', 'command -v "$0"', program], { encoding: 'utf8' }).trim();
}
