// The frame of every page: one file that asks nothing of a network and runs nothing; its policy says so.

import { createHash } from 'node:crypto';
import { HTML_BYTES_MAX } from '../limits.js';
import { html, Markup } from './markup.js';
import { STYLE } from './style.js';

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly note?: string;
  readonly body: Markup;
}

export interface Page {
  /** What it is: "report of a capture". */
  readonly kind: string;
  readonly title: string;
  readonly subtitle: string;
  /** Before the first section. */
  readonly lead: Markup;
  /** Those whose body is empty are left out. */
  readonly sections: readonly Section[];
  readonly version: string;
}

export function documentHtml(page: Page): string {
  const sections = withinBound(page.sections.filter(({ body }) => body.text !== ''));
  const { text } = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="generator" content="sanscope ${page.version}">
<title>${page.title} · sanscope</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<div class="page">
<header class="top">
<p class="kind">sanscope · ${page.kind}</p>
<h1>${page.title}</h1>
<p class="sub">${page.subtitle}</p>
</header>
<nav class="toc" aria-label="Contents"><details open><summary>Contents</summary><ol>
${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>\n`)}</ol></details></nav>
<main>
${page.lead}
${sections.map(sectionMarkup)}
<footer><p>Made by sanscope ${page.version}. This file holds no user data of the capture, asks nothing of a network and runs no
program. Times are since the capture’s first packet; # is the number of a packet, as in Wireshark.</p></footer>
</main>
</div>
</body>
</html>
`;
  return text;
}

/** Each part of a page has bounds of its own: this is what none of them can break. */
function withinBound(sections: readonly Section[]): Section[] {
  let left = HTML_BYTES_MAX;
  return sections.map((section) => {
    const bytes = Buffer.byteLength(section.body.text);
    if (bytes > left) return { ...section, body: NO_ROOM };
    left -= bytes;
    return section;
  });
}

const NO_ROOM = html`<p class="fact">Left out: the page would be too large to send.</p>`;

function sectionMarkup({ id, title, note, body }: Section): Markup {
  const small = note === undefined ? html`` : html` <small>${note}</small>`;
  return html`<section id="${id}">
<h2>${title}${small}</h2>
${body}
</section>
`;
}

/** Nothing but its own style sheet, which is known by its hash. */
function policy(): string {
  const hash = createHash('sha256').update(STYLE).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}
