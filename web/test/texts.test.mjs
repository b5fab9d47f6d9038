/** German and English are complete and never mixed. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import { parse } from 'svelte/compiler';
import { load } from './modules.mjs';

const { de } = await load('i18n/de.ts');
const { en } = await load('i18n/en.ts');
const { placeholders } = await load('lib/message.ts');

const src = fileURLToPath(new URL('../src/', import.meta.url));
const files = readdirSync(src, { recursive: true })
  .filter((name) => /\.(svelte|ts)$/.test(name) && !name.startsWith('i18n'))
  .map((name) => ({ name, text: readFileSync(src + name, 'utf8') }));

const texts = (message) => (typeof message === 'string' ? [message] : Object.values(message));
const words = (message) => texts(message).map((text) => text.replace(/\{\w+\}/g, ''));

test('both languages have the same texts', () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(de).sort());
});

test('no text is empty, and both languages fill in the same values', () => {
  for (const key of Object.keys(de)) {
    for (const text of [...texts(de[key]), ...texts(en[key])]) assert.notEqual(text.trim(), '', key);
    assert.deepEqual(placeholders(en[key]), placeholders(de[key]), key);
    assert.equal(typeof en[key], typeof de[key], key);
  }
});

test('no language has words of the other', () => {
  const foreign = {
    de: /\b(the|and|is|are|with|your|you|please|not|of|to)\b/i,
    en: /\b(der|die|das|und|ist|nicht|mit|bitte|kein|keine|noch|wird|für)\b|[äöüß]/i,
  };
  for (const key of Object.keys(de)) {
    for (const text of words(de[key])) assert.doesNotMatch(text, foreign.de, key);
    for (const text of words(en[key])) assert.doesNotMatch(text, foreign.en, key);
  }
});

test('every text that a page asks for exists', () => {
  for (const { name, text } of files) {
    for (const [, key] of text.matchAll(/\bt\(\s*'([^']+)'/g)) assert.ok(key in de, `${name}: ${key}`);
  }
});

test('every text is used', () => {
  const all = files.map(({ text }) => text).join('\n');
  const groups = new Set([...all.matchAll(/\bword\(\s*'(\w+)'/g)].map((found) => found[1]));
  for (const key of Object.keys(de)) {
    const group = key.slice(0, key.indexOf('.'));
    assert.ok(all.includes(`'${key}'`) || groups.has(group), key);
  }
});

const SHOWN = new Set(['title', 'placeholder', 'alt', 'aria-label', 'label', 'text', 'help']);
const HAS_WORDS = /\p{L}{2,}/u;
/** The same in both languages: a date's format, a method of HTTP, an address. */
const ALLOWED = /^(2026-12-25|POST|\/[\w/]+)$/;

/** Words that stand in the markup itself, where no language can choose them. */
function literals(node, found = []) {
  if (Array.isArray(node)) node.forEach((child) => literals(child, found));
  else if (node && typeof node === 'object') {
    if (node.type === 'Text') found.push(node.data);
    if (node.type === 'Attribute') {
      if (SHOWN.has(node.name)) literals(node.value, found);
      return found;
    }
    for (const [name, child] of Object.entries(node)) {
      if (!['css', 'instance', 'module', 'comments'].includes(name)) literals(child, found);
    }
  }
  return found;
}

test('no page has words of its own', () => {
  for (const { name, text: page } of files.filter(({ name }) => name.endsWith('.svelte'))) {
    for (const literal of literals(parse(page, { modern: true }).fragment)) {
      const text = literal.trim();
      assert.ok(ALLOWED.test(text) || !HAS_WORDS.test(text), `${name}: ${text}`);
    }
  }
});

test('no page sets a style in its markup, which the content policy forbids', () => {
  for (const { name, text } of files.filter(({ name }) => name.endsWith('.svelte'))) {
    assert.doesNotMatch(text, /\sstyle(=|:)|\{@html|transition:|animate:|\sin:|\sout:/, name);
  }
});
