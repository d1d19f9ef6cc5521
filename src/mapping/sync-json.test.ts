import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileMapping } from './compile-mapping.ts';
import { importSyncJson, type SyncImport } from './sync-json.ts';
import type { ObjectSetTranslation } from './sync-json-report.ts';

const translations: Readonly<Record<string, ObjectSetTranslation>> = {
  'system/Entra/User': {
    objectSet: { connection: 'Contoso', type: 'user' },
    attributes: { __NAME__: 'userPrincipalName' },
  },
  'managed/alpha_user': { objectSet: { connection: 'Identities', type: 'alpha_user' } },
};
const least = {
  name: 'systemEntraUser_managedAlpha_user',
  source: 'system/Entra/User',
  target: 'managed/alpha_user',
};

function importOne(changes: object): SyncImport['mappings'][number] & Pick<SyncImport, 'report'> {
  const { mappings, report } = importSyncJson({ mappings: [{ ...least, ...changes }] }, translations);
  const [first] = mappings;
  if (first === undefined) throw new Error(JSON.stringify(report));
  return { ...first, report };
}

const javaScript = (source: string) => ({ type: 'text/javascript', source });

describe('a mapping of sync.json', () => {
  const whole = importOne({
    sourceIdsCaseSensitive: false,
    runTargetPhase: false,
    taskThreads: 4,
    linkQualifiers: ['default', 'admin'],
    properties: [
      { source: 'givenName', target: 'givenName' },
      {
        source: '/__NAME__',
        target: 'userName',
        condition: '/object/__NAME__ sw "a" and linkQualifier eq "default"',
      },
      { target: 'accountStatus', default: 'active' },
      { source: 'mail', target: '/mail', default: 'none@x.org' },
      { source: '', target: 'cn', transform: javaScript('source.givenName + " " + source["surname"];') },
      { source: 'surname', target: 'sn', transform: javaScript('source.toUpperCase()') },
    ],
    policies: [
      { situation: 'ABSENT', action: 'CREATE', condition: '/object/mail pr' },
      { situation: 'LINK_ONLY', action: 'UNLINK' },
    ],
    correlationQuery: [
      {
        linkQualifier: 'default',
        expressionTree: { any: ['userName', { all: ['givenName', 'sn'] }] },
        file: 'ui/correlateTreeToQueryFilter.js',
        mapping: least.name,
        type: 'text/javascript',
      },
      { linkQualifier: 'admin', expressionTree: { all: ['mail'] } },
    ],
    sourceCondition: '/source/__NAME__ pr',
    sourceQuery: { _queryFilter: '/mail eq "scarter@example.com"' },
    targetQuery: { _queryId: 'query-all-ids', resourceName: 'managed/alpha_user' },
  });

  test('becomes a mapping', () => {
    expect(whole.definition).toMatchObject({
      name: least.name,
      source: { connection: 'Contoso', type: 'user' },
      target: { connection: 'Identities', type: 'alpha_user' },
      isEnabled: true,
      sourceCondition: 'userPrincipalName pr',
      filterSource: 'mail eq "scarter@example.com"',
      linkQualifiers: [{ name: 'default' }, { name: 'admin' }],
      correlation: [
        { match: { any: ['userName', { all: ['givenName', 'sn'] }] } },
        { qualifier: 'admin', match: { all: ['mail'] } },
      ],
      policies: [
        { situation: 'ABSENT', action: 'CREATE', condition: 'object/mail pr' },
        { situation: 'LINK_ONLY', action: 'UNLINK' },
      ],
      settings: { isSourceKeyCaseSensitive: false, runsTargetPhase: false, updatesOutsideFilter: false },
    });
    expect(whole.definition.filterTarget).toBeUndefined();
    expect(whole.definition.attributes.map(({ target, source }) => [target, source])).toEqual([
      ['givenName', { kind: 'attribute', name: 'givenName' }],
      ['userName', { kind: 'attribute', name: 'userPrincipalName' }],
      ['accountStatus', { kind: 'constant', value: 'active' }],
      ['mail', { kind: 'attribute', name: 'mail' }],
      ['cn', { kind: 'expression', text: 'Join("", [givenName], " ", [surname])' }],
      ['sn', { kind: 'expression', text: 'ToUpper([surname])' }],
    ]);
    expect(whole.definition.attributes[1]?.condition).toBe(
      'object/userPrincipalName sw "a" and linkQualifier eq "default"',
    );
    expect(whole.definition.attributes[3]?.default).toBe('none@x.org');
    expect(compileMapping(whole.definition).kind).toBe('compiled');
  });

  test('comes with a line for each part', () => {
    const outcomes = new Map(whole.report.map(({ path, outcome }) => [path, outcome]));
    expect(outcomes.get('mappings/0/properties/0')).toBe('taken-over');
    expect(outcomes.get('mappings/0/properties/4/transform')).toBe('translated');
    expect(outcomes.get('mappings/0/correlationQuery/0/expressionTree')).toBe('translated');
    expect(outcomes.get('mappings/0/sourceQuery')).toBe('translated');
    expect(outcomes.get('mappings/0/taskThreads')).toBe('without-effect');
    expect([...outcomes.values()]).not.toContain('left-out');
  });
});

describe('what restricted a mapping and has no equivalent', () => {
  test.each<[string, object, string]>([
    ['validSource', { validSource: javaScript('source.enabled') }, 'validSource'],
    ['validTarget', { validTarget: javaScript('true') }, 'validTarget'],
    ['a source condition that is a script', { sourceCondition: javaScript('true') }, 'sourceCondition'],
    [
      'a source condition on the link qualifier',
      { sourceCondition: '/linkQualifier eq "a"' },
      'sourceCondition',
    ],
    [
      'an action that is a script',
      { policies: [{ situation: 'FOUND', action: javaScript('"LINK"') }] },
      'policies/0/action',
    ],
    [
      'a condition that is a script',
      { policies: [{ situation: 'FOUND', action: 'LINK', condition: javaScript('true') }] },
      'policies/0/condition',
    ],
    [
      'a condition on what is not there',
      { policies: [{ situation: 'FOUND', action: 'LINK', condition: '/source/mail pr' }] },
      'policies/0/condition',
    ],
    ['correlation by a script', { correlationScript: javaScript('[]') }, 'correlationScript'],
    [
      'a correlation query that is not understood',
      { correlationQuery: javaScript('{"_queryFilter": "true"}') },
      'correlationQuery',
    ],
    ['link qualifiers by a script', { linkQualifiers: javaScript('["a"]') }, 'linkQualifiers'],
    ['a hook that may refuse', { onCreate: javaScript('throw "no"') }, 'onCreate'],
    ['a query by its name', { sourceQuery: { _queryId: 'for-users' } }, 'sourceQuery'],
    [
      'a query of another set',
      { sourceQuery: { _queryFilter: 'true', resourceName: 'system/Entra/Guest' } },
      'sourceQuery',
    ],
    ['a filter that does not parse', { targetQuery: { _queryFilter: 'mail is "x"' } }, 'targetQuery'],
    [
      'correlation on an attribute whose script is left out',
      {
        properties: [{ source: 'mail', target: 'mail', transform: javaScript('lookUp(source)') }],
        correlationQuery: { expressionTree: { all: ['mail'] } },
      },
      'correlationQuery',
    ],
    [
      'one of two values of an attribute',
      {
        properties: [
          { source: 'mail', target: 'mail' },
          { source: 'other', target: 'mail', condition: javaScript('x') },
        ],
      },
      'properties/1',
    ],
  ])('disables it: %s', (_case, changes, part) => {
    const { definition, missing, report } = importOne(changes);
    const path = `mappings/0/${part}`;
    expect(definition.isEnabled).toBe(false);
    expect(definition.description).toContain(path);
    expect(missing).toEqual([path]);
    const line = report.find((one) => one.path === path && one.outcome === 'left-out');
    expect(line?.remedy).toMatch(/\.$/);
  });

  test('is done by nobody: a policy that cannot be told does nothing', () => {
    const { definition } = importOne({
      policies: [
        { situation: 'ABSENT', action: javaScript('"CREATE"'), condition: '/object/mail pr' },
        { situation: 'FOUND', action: 'UPDATE', condition: javaScript('true') },
        { situation: 'MISSING', action: 'ONBOARD' },
      ],
    });
    expect(definition.policies).toEqual([
      { situation: 'ABSENT', action: 'ASYNC', condition: 'object/mail pr' },
      { situation: 'FOUND', action: 'ASYNC' },
      { situation: 'MISSING', action: 'ASYNC' },
    ]);
  });
});

describe('what is left out without doing more', () => {
  test.each<[string, object, string]>([
    [
      'an attribute made by a script',
      { properties: [{ source: 'mail', target: 'mail', transform: javaScript('lookUp(source)') }] },
      'properties/0/transform',
    ],
    [
      'a script in a file',
      {
        properties: [
          { source: 'mail', target: 'mail', transform: { type: 'text/javascript', file: 'a.js' } },
        ],
      },
      'properties/0/transform',
    ],
    [
      'a Groovy script',
      { properties: [{ source: 'mail', target: 'mail', transform: { type: 'groovy', source: 'source' } }] },
      'properties/0/transform',
    ],
    [
      'an attribute under a script',
      { properties: [{ source: 'mail', target: 'mail', condition: javaScript('x') }] },
      'properties/0/condition',
    ],
    [
      'an attribute that asks for old values',
      { properties: [{ source: 'mail', target: 'mail', condition: '/oldSource/mail pr' }] },
      'properties/0/condition',
    ],
    ['the whole source as a value', { properties: [{ source: '', target: 'raw' }] }, 'properties/0/source'],
    [
      'a script after an action',
      { policies: [{ situation: 'FOUND', action: 'LINK', postAction: javaScript('x') }] },
      'policies/0/postAction',
    ],
    [
      'a situation that is not known',
      { policies: [{ situation: 'SOURCE_TARGET_CONFLICT', action: 'LINK' }] },
      'policies/0',
    ],
    ['the action ONBOARD', { policies: [{ situation: 'ABSENT', action: 'ONBOARD' }] }, 'policies/0/action'],
    ['a script for results', { result: javaScript('x') }, 'result'],
    ['what is not known', { shinyNewThing: 1 }, 'shinyNewThing'],
  ])('%s', (_case, changes, part) => {
    const { definition, report } = importOne(changes);
    expect(definition.isEnabled).toBe(true);
    expect(definition.attributes).toEqual([]);
    expect(report).toContainEqual(
      expect.objectContaining({
        path: `mappings/0/${part}`,
        outcome: 'left-out',
        remedy: expect.any(String),
      }),
    );
  });
});

describe('scripts', () => {
  const transform = (script: string, source = '') => {
    const { definition } = importOne({
      properties: [{ source, target: 't', transform: javaScript(script) }],
    });
    const value = definition.attributes[0]?.source;
    if (value?.kind === 'attribute') return `[${value.name}]`;
    return value?.kind === 'expression' ? value.text : undefined;
  };

  test.each<[string, string]>([
    ['source.givenName', '[givenName]'],
    ["source['__NAME__'];", '[userPrincipalName]'],
    [
      'source.givenName.toLowerCase() + "." + source.surname.trim().toLowerCase()',
      'Join("", ToLower([givenName]), ".", ToLower(Trim([surname])))',
    ],
    ["'a\\'b' + source.x", 'Join("", "a\'b", [x])'],
    ['source.manager.id', '[manager/id]'],
  ])('%s is understood', (script, expression) => {
    expect(transform(script)).toBe(expression);
  });

  test.each([
    'source.givenName + source.surname',
    'source.givenName.length',
    'source.givenName || "none"',
    'source.a + 1 + "x"',
    'var x = source.a; x',
    'source.givenName.split(" ")',
    'source.a /* note */',
    'source',
    '"\\u0041" + source.a',
    '',
  ])('%j is not', (script) => {
    expect(transform(script)).toBeUndefined();
  });

  test('of a single attribute stand for that attribute', () => {
    expect(transform('source', 'mail')).toBe('[mail]');
    expect(transform('"x-" + source', 'mail')).toBe('Join("", "x-", [mail])');
    expect(transform('source.city', 'address')).toBe('[address/city]');
  });

  test.each([
    `var query = {'_queryFilter': 'userName eq "' + source.mail + '"'};query;`,
    `({"_queryFilter": '/userName eq "' + source.mail + '"'})`,
  ])('that look for one attribute become a correlation rule: %s', (script) => {
    expect(importOne({ correlationQuery: javaScript(script) }).definition.correlation).toEqual([
      { attribute: 'userName', expression: '[mail]' },
    ]);
  });
});

describe('documents', () => {
  test('may be one mapping, named by its place in the configuration', () => {
    const { name: _name, ...unnamed } = least;
    const { mappings } = importSyncJson({ _id: 'mapping/entraUsers', ...unnamed }, translations);
    expect(mappings).toMatchObject([{ path: '', definition: { name: 'entraUsers' } }]);
  });

  test('with object sets that nobody has translated are left out with the question', () => {
    const { mappings, report } = importSyncJson({ ...least, source: 'system/HR/Person' }, translations);
    expect(mappings).toEqual([]);
    expect(report).toMatchObject([
      { path: 'source', outcome: 'left-out', message: expect.stringContaining('system/HR/Person') },
    ]);
  });

  test('that are none say so', () => {
    for (const json of [null, 5, {}, 'x', { mappings: 1 }]) {
      expect(importSyncJson(json, translations)).toMatchObject({
        mappings: [],
        report: [{ outcome: 'left-out' }],
      });
    }
  });

  test('nested without end are refused', () => {
    let tree: unknown = 'mail';
    for (let depth = 0; depth < 50_000; depth += 1) tree = { any: [tree] };
    expect(
      importSyncJson({ ...least, correlationQuery: { expressionTree: tree } }, translations).mappings,
    ).toEqual([]);
  });

  test('never make the import throw, and what is imported can be read by everybody', () => {
    const members = [
      'linkQualifiers',
      'links',
      'correlationQuery',
      'correlationScript',
      'validSource',
      'sourceCondition',
      'properties',
      'policies',
      'onCreate',
      'sourceQuery',
      'targetQuery',
      'runTargetPhase',
      'displayName',
      'name',
      '__proto__',
      'constructor',
    ];
    const script = fc.record({ type: fc.constant('text/javascript'), source: fc.string() });
    const part: fc.Arbitrary<unknown> = fc.oneof(
      fc.jsonValue(),
      script,
      fc.array(
        fc.record(
          {
            source: fc.oneof(fc.string(), fc.constant('mail')),
            target: fc.oneof(fc.string(), fc.constant('mail')),
            transform: fc.oneof(script, fc.jsonValue()),
            condition: fc.oneof(fc.string(), script),
            situation: fc.constantFrom('FOUND', 'ABSENT', 'X'),
            action: fc.oneof(fc.constantFrom('LINK', 'ONBOARD'), script),
            expressionTree: fc.jsonValue(),
          },
          { requiredKeys: [] },
        ),
      ),
      fc.record({ _queryFilter: fc.oneof(fc.string(), fc.constant('mail pr')) }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...members), part), fc.jsonValue(), (mapping, json) => {
        const { mappings } = importSyncJson([{ ...least, ...mapping }, json], translations);
        for (const { definition, missing } of mappings) {
          expect(definition.isEnabled).toBe(missing.length === 0);
        }
        expect(importSyncJson(json, translations).mappings).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
