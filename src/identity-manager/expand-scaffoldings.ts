/** Scaffoldings → what they stand for, beside themselves: the configuration keeps both, so that either can be written back. */
import { type Configuration, type ConfigurationElement, nameElement } from './configuration.ts';
import { expandAccessScaffolding } from './expand-access-scaffolding.ts';
import { expandJobScaffolding, type Remark } from './expand-job-scaffolding.ts';
import { elementKinds } from './known-elements.ts';
import { describeSubject } from './scaffolding-subject.ts';
import { accessScaffoldingKinds } from './schema-access.ts';
import { jobScaffoldingSchema } from './schema-jobs.ts';

/** What is to be told of a scaffolding, which `element` is. */
export type ScaffoldingRemark = Remark & Readonly<{ element: ConfigurationElement }>;

const accessKinds: ReadonlySet<string> = new Set(accessScaffoldingKinds);

/** Whether an element stands for others. */
export function isScaffolding({ kind }: Pick<ConfigurationElement, 'kind'>): boolean {
  return accessKinds.has(kind) || isJobScaffolding(kind);
}

/** Whether an element of this kind makes a job. */
export function isJobScaffolding(kind: string): boolean {
  return Object.hasOwn(jobScaffoldingSchema, kind);
}

/**
 * The configuration with everything that its scaffoldings generate, in canonical order. Two scaffoldings may generate the same
 * rule; other things that are there twice are remarked on.
 */
export function expandScaffoldings(
  configuration: Configuration,
): Readonly<{ configuration: Configuration; remarks: readonly ScaffoldingRemark[] }> {
  const subject = describeSubject(configuration);
  const remarks: ScaffoldingRemark[] = [];
  const known = new Map(configuration.elements.map((element) => [keyOf(element), element]));
  const generated: ConfigurationElement[] = [];
  for (const element of configuration.elements.filter(isScaffolding)) {
    const expansion = isJobScaffolding(element.kind)
      ? expandJobScaffolding(element, subject)
      : { elements: expandAccessScaffolding(element, subject), remarks: [] };
    remarks.push(...expansion.remarks.map((remark) => ({ ...remark, element })));
    for (const made of expansion.elements) {
      const there = known.get(keyOf(made));
      if (there === undefined) {
        known.set(keyOf(made), made);
        generated.push(made);
      } else if (there.origin === undefined || contentOf(there) !== contentOf(made)) {
        const remedy = isJobScaffolding(element.kind) ? 'write another JobIdentifier' : 'rename the other';
        const by =
          there.origin === undefined ? 'the files have as well' : `${there.origin} generates as well`;
        remarks.push({
          element,
          isMistake: true,
          sentence: `${nameElement(element)} generates ${nameElement(made)}, which ${by}: ${remedy} or take one of them out`,
        });
      }
    }
  }
  return { configuration: { elements: sortElements([...configuration.elements, ...generated]) }, remarks };
}

function keyOf(element: ConfigurationElement): string {
  return nameElement(element).toLowerCase();
}

function contentOf({ attributes, children }: ConfigurationElement): string {
  return JSON.stringify([attributes, children]);
}

const rankOfKind: ReadonlyMap<string, number> = new Map(elementKinds.map((kind, rank) => [kind, rank]));

/** Canonical order: by kind, then by identifier as code units compare. */
export function sortElements(elements: readonly ConfigurationElement[]): readonly ConfigurationElement[] {
  const rank = ({ kind }: ConfigurationElement) => rankOfKind.get(kind) ?? rankOfKind.size;
  return [...elements].sort(
    (a, b) => rank(a) - rank(b) || Number(a.identifier > b.identifier) - Number(a.identifier < b.identifier),
  );
}
