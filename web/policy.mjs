// What the pages allow themselves, as a Content-Security-Policy in each built page's head: nothing inline, nothing from elsewhere, no text
// that becomes markup or a worker by accident (Trusted Types). The development server writes styles of its own and has no policy.

/**
 * `scripts`, `styles`: sources besides; hashes of what stands inside the one file of the atlas. `figures`: whence an
 * author's poster and recording may come. */
export function policy({ scripts = '', styles = '', figures = '' } = {}) {
  return [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval'${scripts}`,
    "worker-src 'self'",
    `connect-src 'self'${figures}`,
    `style-src 'self'${styles}`,
    `img-src 'self' data: blob:${figures}`,
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    // Lit's, for the templates of our own source, and that of src/start_worker.ts.
    'trusted-types lit-html induction-worker',
  ].join('; ');
}

/** In the head, before anything that it is about. */
export function withPolicy(html, allowed) {
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy(allowed)}" />`;
  return html.replace('<head>', () => `<head>\n    ${meta}`);
}

/** The policy forbids style attributes, and lets a property of the same name pass: Lit's templates say `.style=` once they are built. */
export const styleProperties = {
  name: 'style-properties',
  enforce: 'pre',
  transform(code, id) {
    if (/\/web\/src\/(panels|atlas)\/.*\.ts$/.test(id)) return code.replace(/(\s)style=(?=["$])/g, '$1.style=');
    return null;
  },
};
