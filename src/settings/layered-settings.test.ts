import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isJsonObject, type Json, readCommentedJson } from './commented-json.ts';
import { type Layer, type LayeredSettings, layerSettings } from './layered-settings.ts';

function layer(source: string, value: object, kind: Layer['kind'] = 'file'): Layer {
  const root = readCommentedJson(JSON.stringify(value), source);
  if (!isJsonObject(root)) throw new Error('not an object');
  return { kind, source, root };
}

function plain(value: Json): unknown {
  if (isJsonObject(value)) return Object.fromEntries([...value].map(([name, inner]) => [name, plain(inner)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

function lay(...layers: readonly Layer[]): LayeredSettings {
  return layerSettings('base', layers);
}

describe('a later one wins', () => {
  test('name by name, whatever the case, and the first spelling stays', () => {
    const { root, sourceOf } = lay(
      layer('a', { Connections: { Contoso: { TenantId: 'a', Cloud: 'a' } } }),
      layer('b', { connections: { CONTOSO: { tenantid: 'b' }, Fabrikam: {} } }),
    );
    expect(plain(root)).toEqual({ Connections: { Contoso: { TenantId: 'b', Cloud: 'a' }, Fabrikam: {} } });
    expect(sourceOf(['Connections', 'contoso', 'TENANTID'])).toBe('b');
    expect(sourceOf(['Connections', 'Contoso', 'Cloud'])).toBe('a');
    expect(sourceOf(['Connections', 'Fabrikam', 'TenantId'])).toBe('b');
    expect(sourceOf(['Connections', 'Contoso', 'Proxy'])).toBe('a');
    expect(sourceOf(['OpenId'])).toBe('base');
  });

  test('entry by entry in a list', () => {
    const { root, sourceOf } = lay(layer('a', { x: ['a', 'b'] }), layer('b', { x: ['c'] }));
    expect(plain(root)).toEqual({ x: ['c', 'b'] });
    expect(sourceOf(['x', 'entry 1'])).toBe('b');
    expect(sourceOf(['x', 'entry 2'])).toBe('a');
  });

  test('as a whole where the two are of different kinds, null included', () => {
    const over = (one: unknown, other: unknown) =>
      plain(lay(layer('a', { x: one }), layer('b', { x: other })).root);
    expect(over({ y: 1 }, 'Off')).toEqual({ x: 'Off' });
    expect(over('Off', { y: 1 })).toEqual({ x: { y: 1 } });
    expect(over([1], { y: 1 })).toEqual({ x: { y: 1 } });
    expect(over('text', null)).toEqual({ x: null });
  });

  test('and it is told what lost against what', () => {
    const { overrides } = lay(
      layer('a', { x: { y: 1, z: 1 } }),
      layer('b', { x: { y: 2 } }),
      layer('c', { X: { Y: 3 } }),
    );
    expect(overrides).toEqual([{ path: ['x', 'y'], winner: 'c', losers: ['a', 'b'] }]);
  });
});

describe('variables', () => {
  const variable = (value: object) => layer('v', value, 'variable');

  test('reach entries of a list by their numbers, and add some', () => {
    const below = layer('a', { x: [{ y: 1 }, { y: 2 }] });
    const { root, sourceOf } = lay(
      below,
      variable({ x: { '1': { y: '3' } } }),
      variable({ x: { '7': { y: '4' } } }),
    );
    expect(plain(root)).toEqual({ x: [{ y: 1 }, { y: '3' }, { y: '4' }] });
    expect(sourceOf(['x', 'entry 3', 'y'])).toBe('v');
  });

  test('make a list where nobody else does', () => {
    const { root } = lay(
      variable({ x: { '10': 'c' } }),
      variable({ x: { '0': 'a' } }),
      variable({ x: { '2': 'b' } }),
    );
    expect(plain(root)).toEqual({ x: ['a', 'b', 'c'] });
  });

  test('leave a section a section', () => {
    expect(plain(lay(layer('a', { x: { y: 1 } }), variable({ x: { '0': 'z' } })).root)).toEqual({
      x: { y: 1, '0': 'z' },
    });
    expect(plain(lay(layer('a', { x: ['y'] }), variable({ x: { z: '1' } })).root)).toEqual({ x: { z: '1' } });
  });
});

const name = fc.constantFrom('a', 'b', 'C');
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('text', 1, true, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value')),
  ),
})).value;
const section = fc.dictionary(name, value);

describe('whatever is laid over each other', () => {
  test('one file alone comes out as it is, and over itself too', () => {
    fc.assert(
      fc.property(section, (one) => {
        expect(plain(lay(layer('a', one)).root)).toEqual(one);
        expect(plain(lay(layer('a', one), layer('b', one)).root)).toEqual(one);
      }),
    );
  });

  test('it does not matter which neighbours are laid first, and each value is known to have a source that says it', () => {
    fc.assert(
      fc.property(fc.array(section, { minLength: 1, maxLength: 4 }), (sections) => {
        const layers = sections.map((one, index) => layer(String(index), one));
        const whole = lay(...layers);
        const step = layers.reduce<Layer>(
          (below, above) => ({ kind: 'file', source: 'below', root: lay(below, above).root }),
          layer('none', {}),
        );
        expect(plain(whole.root)).toEqual(plain(step.root));
        for (const [key, inner] of whole.root) {
          if (isJsonObject(inner) || Array.isArray(inner)) continue;
          expect(plain(layers[Number(whole.sourceOf([key]))]?.root.get(key) ?? null)).toEqual(inner);
        }
      }),
    );
  });
});
