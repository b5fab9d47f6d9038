/** A case number as people type it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './modules.mjs';

const { caseNumber } = await load('lib/case-number.ts');

test('a case number is known with and without a sign or a word before it', () => {
  for (const words of ['123', '#123', ' # 123 ', 'Nr. 123', 'nr 123', 'No. 123', 'Fall 123', 'Fallnummer: 123', 'case #123', 'Case number 123', '0123']) {
    assert.equal(caseNumber(words), '123', words);
  }
});

test('other words are no case number', () => {
  for (const words of ['', '#', '0', '12a', '12 34', 'Zähler 123', '1.5', '-3', '1234567890123456']) {
    assert.equal(caseNumber(words), null, words);
  }
});
