import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCsv } from '../../test/fixtures/csv-reading.ts';
import { csvCell, csvText } from './csv-text.ts';

const awkwardText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom(',', '"', '\r', '\n', '\t', ' ', "'", '=', 'ä', '🙂', 'a'))
    .map((signs) => signs.join('')),
);

describe('text', () => {
  test('reads back as it was', () => {
    const records = fc.integer({ min: 1, max: 5 }).chain((columns) =>
      // A record of one empty cell is an empty line, which every reader skips.
      fc.array(fc.tuple(fc.constant('insert'), ...Array.from({ length: columns }, () => awkwardText)), {
        minLength: 1,
      }),
    );
    fc.assert(
      fc.property(records, (all) => {
        expect(readCsv(csvText(all, false))).toEqual(all);
      }),
    );
  });

  test('has quotes only where they are needed, and a line break after every record', () => {
    expect(
      csvText(
        [
          ['a', 'b c', ''],
          ['1,5', 'say "x"', 'two\nlines'],
        ],
        false,
      ),
    ).toBe('a,b c,\r\n"1,5","say ""x""","two\nlines"\r\n');
  });

  test('of no records is empty', () => {
    expect(csvText([], false)).toBe('');
  });

  test('calculates nothing when it is not to', () => {
    const formulas = ['=1+1', '+1', '-1', '@SUM(1)', '\t=1', '\r=1'];
    expect(readCsv(csvText([formulas], true))).toEqual([formulas.map((formula) => `'${formula}`)]);
    expect(readCsv(csvText([formulas], false))).toEqual([formulas]);
    expect(csvText([['a=1', "'x", '1-2', '']], true)).toBe("a=1,'x,1-2,\r\n");
  });
});

describe('a cell', () => {
  test.each<[unknown, string]>([
    [null, ''],
    [undefined, ''],
    ['Zoë', 'Zoë'],
    [true, 'true'],
    [false, 'false'],
    [12.5, '12.5'],
    ['2026-01-31T08:15:00Z', '2026-01-31T08:15:00Z'],
    [['SMTP:a@x.example', 'smtp:b@x.example'], 'SMTP:a@x.example\nsmtp:b@x.example'],
    [['one'], 'one'],
    [['two\nlines', 'b'], '["two\\nlines","b"]'],
    [['[a]'], '["[a]"]'],
    [['', 'b'], '["","b"]'],
    [[1, 2], '[1,2]'],
    [[{ skuId: 'a' }], '[{"skuId":"a"}]'],
    [{ division: 'West' }, '{"division":"West"}'],
  ])('of %j is %j', (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });

  test('of a collection leads back to it', () => {
    const read = (cell: string): unknown => (cell.startsWith('[') ? JSON.parse(cell) : cell.split('\n'));
    const collection = fc.array(fc.oneof(awkwardText, fc.constantFrom('[', '["a"]', '', 'x')), {
      minLength: 1,
    });
    fc.assert(
      fc.property(collection, (values) => {
        expect(read(csvCell(values))).toEqual(values);
      }),
    );
  });
});
