// Articles on an origin of their own, as an author would write them: each a page of given HTML and headers.
import { createServer } from 'node:http';

/** The author's own: room for the figure before its script has come. */
const kStyle = 'induction-playground { display: block; min-height: 1200px }';

/** `put` gives the address of an article. */
export async function serveArticles() {
  const articles = new Map();
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname;
    if (path === '/article.css') return response.writeHead(200, { 'content-type': 'text/css' }).end(kStyle);
    const article = articles.get(path);
    if (!article) return response.writeHead(404).end('not found');
    return response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...article.headers })
      .end(article.html);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const address = `http://localhost:${server.address().port}`;
  return {
    put(html, headers = {}) {
      const path = `/${articles.size}.html`;
      articles.set(path, { html, headers });
      return address + path;
    },
    close: () => server.close(),
  };
}

/** So high that what stands behind it is not near. */
export const kFar = '<div style="height: 6000px"></div>';

/** What an author writes; events are kept for the test. */
export function articleOf(body, { dist, head = '', file = 'induction-playground.js' } = {}) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>An article</title>
<link rel="stylesheet" href="/article.css">${head}
<script src="${dist}embed/${file}" type="module"></script></head>
<body><h1>An article</h1>${body}<p>More text.</p></body></html>`;
}

/** Before the article's own scripts: what happened to whom, and layout shifts. */
export function listen() {
  window.heard = [];
  window.shifts = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
  for (const type of ['ready', 'onscreen', 'offscreen', 'phase', 'statechange', 'error'])
    document.addEventListener(
      type,
      ({ target, detail }) =>
        target.localName === 'induction-playground' && window.heard.push({ type, id: target.id, detail }),
      true,
    );
  window.addEventListener('message', ({ data }) => window.heard.push({ type: 'message', data }));
}

/** The least that an article must allow when the element's files lie on another server; docs/embedding.md says the same. Style and icon are the article's own. */
export const leastPolicy = (origin) =>
  `default-src 'none'; script-src ${origin} 'wasm-unsafe-eval'; worker-src blob:; connect-src ${origin}; style-src 'self'; img-src 'self'`;

/** The same for the element in one file: it asks for nothing more. */
export const oneFilePolicy = (origin) =>
  `default-src 'none'; script-src ${origin} 'wasm-unsafe-eval'; worker-src blob:; style-src 'self'; img-src 'self'`;
