// Keeps the members of dynamic groups and administrative units equal to what their rules say.
import type { Directory } from './directory.ts';
import { type DirectoryObject, isLive, sourcesOf, targetsOf } from './directory-object.ts';
import {
  evaluateRule,
  type MembershipRule,
  parseMembershipRule,
  requiredEquality,
  ruleValueOf,
} from './membership-rule.ts';

interface Collector {
  readonly collection: DirectoryObject;
  readonly text: string;
  readonly type: MembershipRule['type'];
  readonly collects: (object: DirectoryObject) => boolean;
  readonly equality: { property: string; value: string } | undefined;
}

/** The rules of one directory, found by what they require, so that a changed user meets few of them. */
interface Rules {
  readonly byCollection: Map<DirectoryObject, Collector>;
  /** `type/property` → lower-case value → collectors. */
  readonly byEquality: Map<string, Map<string, Set<Collector>>>;
  readonly others: Record<MembershipRule['type'], Set<Collector>>;
}

const rulesOf = new WeakMap<Directory, Rules>();

/**
 * To be called when a user, device, group or administrative unit was created, changed or restored: moves the object into
 * and out of dynamic collections, or recomputes the members of a collection whose rule or state changed.
 * A rule that is paused or cannot be read leaves the members as they are.
 */
export function applyDynamicMembership(directory: Directory, object: DirectoryObject): void {
  const rules = rulesIn(directory);
  if (object.type === 'user' || object.type === 'device') moveObject(directory, rules, object);
  if (object.type === 'group' || object.type === 'administrativeUnit') recompute(directory, rules, object);
}

/** True when a rule decides who is a member. */
export function isDynamic(object: DirectoryObject): boolean {
  const { groupTypes, membershipType } = object.values;
  return object.type === 'group'
    ? Array.isArray(groupTypes) && groupTypes.includes('DynamicMembership')
    : object.type === 'administrativeUnit' && membershipType === 'Dynamic';
}

/** The live groups and administrative units whose rules are being applied. */
export function dynamicCollections(directory: Directory): readonly DirectoryObject[] {
  return [...rulesIn(directory).byCollection.keys()];
}

function rulesIn(directory: Directory): Rules {
  let rules = rulesOf.get(directory);
  if (!rules) {
    rules = {
      byCollection: new Map(),
      byEquality: new Map(),
      others: { user: new Set(), device: new Set() },
    };
    rulesOf.set(directory, rules);
    for (const type of ['group', 'administrativeUnit'] as const) {
      for (const collection of directory.list(type).places) {
        const collector = collection && collectorOf(collection);
        if (collector) add(rules, collector);
      }
    }
  }
  return rules;
}

function collectorOf(collection: DirectoryObject): Collector | undefined {
  const { membershipRule, membershipRuleProcessingState } = collection.values;
  if (!isDynamic(collection) || !isLive(collection) || typeof membershipRule !== 'string') return undefined;
  if (membershipRuleProcessingState !== 'On') return undefined;
  const parsed = parseMembershipRule(membershipRule);
  if (!parsed.ok) return undefined;
  const { type, condition } = parsed.rule;
  const equality = requiredEquality(condition);
  return { collection, text: membershipRule, type, collects: evaluateRule(parsed.rule), equality };
}

function add(rules: Rules, collector: Collector): void {
  rules.byCollection.set(collector.collection, collector);
  bucketOf(rules, collector).add(collector);
}

function remove(rules: Rules, collector: Collector): void {
  rules.byCollection.delete(collector.collection);
  bucketOf(rules, collector).delete(collector);
}

function bucketOf(rules: Rules, { type, equality }: Collector): Set<Collector> {
  if (!equality) return rules.others[type];
  const key = `${type}/${equality.property}`;
  const byValue = rules.byEquality.get(key) ?? new Map<string, Set<Collector>>();
  rules.byEquality.set(key, byValue);
  const bucket = byValue.get(equality.value) ?? new Set();
  byValue.set(equality.value, bucket);
  return bucket;
}

function moveObject(directory: Directory, rules: Rules, object: DirectoryObject): void {
  if (!isLive(object)) return;
  for (const source of [...sourcesOf(object, 'members')]) {
    const collector = rules.byCollection.get(source);
    if (collector && !collector.collects(object)) directory.unlink(source, 'members', object);
  }
  for (const collector of candidatesFor(rules, object)) {
    const { collection, collects } = collector;
    if (isLive(collection) && collects(object)) directory.link(collection, 'members', object);
  }
}

function* candidatesFor(rules: Rules, object: DirectoryObject): Iterable<Collector> {
  for (const [key, byValue] of rules.byEquality) {
    const [type, property = ''] = key.split('/');
    if (type !== object.type) continue;
    const value = ruleValueOf(object, property);
    for (const item of Array.isArray(value) ? new Set(value) : [value]) {
      if (typeof item === 'string') yield* byValue.get(item.toLowerCase()) ?? [];
    }
  }
  if (object.type === 'user' || object.type === 'device') yield* rules.others[object.type];
}

function recompute(directory: Directory, rules: Rules, collection: DirectoryObject): void {
  const before = rules.byCollection.get(collection);
  const collector = collectorOf(collection);
  if (before && collector?.text === before.text) return;
  if (before) remove(rules, before);
  if (!collector) return;
  add(rules, collector);
  for (const member of [...targetsOf(collection, 'members')]) {
    if (isLive(member) && !collector.collects(member)) directory.unlink(collection, 'members', member);
  }
  for (const object of directory.list(collector.type).places) {
    if (object && isLive(object) && collector.collects(object)) directory.link(collection, 'members', object);
  }
}
