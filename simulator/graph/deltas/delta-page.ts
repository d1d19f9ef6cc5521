// The pages of a delta round: objects with their tracked properties and links, a big group in fragments.
import {
  type DirectoryObject,
  isLive,
  type LinkKind,
  type ObjectType,
  targetsOf,
} from '../../tenant/directory-object.ts';
import type { GraphRequest } from '../exchange.ts';
import type { RenderedPage } from '../paging/page-cache.ts';
import type { DeltaPosition } from '../paging/page-token.ts';
import { openPageWriter, type PageWriter } from '../paging/page-writer.ts';
import { odataType } from '../property-value.ts';
import { createWriter, type Writer } from '../rendering/render.ts';
import type { ObjectChange } from './delta-changes.ts';
import type { DeltaScope } from './delta-scope.ts';

/** Objects on a page, and member references on a page: a big group is continued on the next one. */
const objectsPerPage = 200;
const linksPerPage = 500;
export interface DeltaPage extends RenderedPage {
  readonly next: DeltaPosition | undefined;
  /** Places looked at in the list of one type; a page over several types is not kept. */
  readonly from: number;
  readonly until: number;
}

/** A round under way: what it follows and between which transactions. */
export interface Round {
  readonly scope: DeltaScope;
  readonly options: Readonly<Record<string, string>>;
  readonly from: number;
  readonly to: number;
  /** When its first page was asked for; its links live from then. */
  readonly startedAt: number;
  readonly isFull: boolean;
  /** Each object's links in two halves, the second one first. */
  readonly isReordered: boolean;
  readonly position: DeltaPosition;
}

/** Where a round begins. */
export const roundStart: DeltaPosition = { type: 0, place: 0 };

/** Collects items until a page is full. */
interface PageUnderWay {
  readonly items: PageWriter;
  links: number;
}

/** A page of what exists, from the round's position on. */
export function renderFullPage(request: GraphRequest, round: Round): DeltaPage {
  const { scope, position: from } = round;
  const page = openPage();
  let position: DeltaPosition | undefined = from;
  let writer: Writer | undefined;
  let until = from.place;
  while (position) {
    const type: ObjectType | undefined = scope.types[position.type];
    if (!type) {
      position = secondPass(round, position);
      continue;
    }
    const { places } = request.directory.list(type);
    until = position.place;
    if (position.place >= places.length) {
      position = { ...samePass(position), type: position.type + 1, place: 0 };
      writer = undefined;
      continue;
    }
    if (isFull(page)) break;
    writer ??= itemWriter(scope, type);
    const object: DirectoryObject | undefined = places[position.place];
    const isShown: boolean =
      object !== undefined && isLive(object) && (scope.ids === undefined || scope.ids.has(object.id));
    position = (isShown && writeWhole(page, object!, round, writer, position)) || nextPlace(position);
  }
  return {
    items: page.items.finish(),
    renderedTx: request.directory.tx,
    hasReadAhead: false,
    next: position,
    from: from.place,
    until: Math.max(until, from.place + 1),
  };
}

/** A page of what changed, from the round's position on. */
export function renderChangesPage(
  request: GraphRequest,
  round: Round,
  changes: readonly ObjectChange[],
): DeltaPage {
  const { scope } = round;
  const isMinimal = /\breturn=minimal\b/i.test(request.http.headers.prefer ?? '');
  const page = openPage();
  let position: DeltaPosition | undefined = round.position;
  while (position && !isFull(page)) {
    const change = changes[position.place];
    if (!change) {
      position = secondPass(round, position);
      continue;
    }
    const isFollowed =
      scope.types.includes(change.object.type) &&
      (scope.ids === undefined || scope.ids.has(change.object.id));
    position = (isFollowed && writeChange(page, change, round, isMinimal, position)) || nextPlace(position);
  }
  return {
    items: page.items.finish(),
    renderedTx: request.directory.tx,
    hasReadAhead: false,
    next: position && (position.place < changes.length || secondPass(round, position)) ? position : undefined,
    from: round.position.place,
    until: changes.length,
  };
}

function openPage(): PageUnderWay {
  return { items: openPageWriter(), links: 0 };
}

/** Reordered rounds go over everything twice: the second halves of links first, then the first ones. */
function secondPass(round: Round, position: DeltaPosition): DeltaPosition | undefined {
  return round.isReordered && !position.isSecondPass ? { ...roundStart, isSecondPass: true } : undefined;
}

function samePass(position: DeltaPosition): { isSecondPass?: boolean } {
  return position.isSecondPass ? { isSecondPass: true } : {};
}

function isFull(page: PageUnderWay): boolean {
  return page.items.count >= objectsPerPage || page.links >= linksPerPage;
}

function nextPlace(position: DeltaPosition): DeltaPosition {
  return { ...samePass(position), type: position.type, place: position.place + 1 };
}

function itemWriter(scope: DeltaScope, type: DirectoryObject['type']): Writer {
  return createWriter(type, {
    properties: scope.propertiesOf(type),
    withType: scope.withType,
    omitsUnset: true,
  });
}

/** Writes one change; returns where to continue within a big group, or undefined when the object is done. */
function writeChange(
  page: PageUnderWay,
  change: ObjectChange,
  round: Round,
  isMinimal: boolean,
  position: DeltaPosition,
): DeltaPosition | undefined {
  const { object } = change;
  const { scope } = round;
  if (!isLive(object)) {
    // Even when it went after the round began: it may be back before the next one, which then would not tell of the links
    // that were lost within this round.
    if (!position.isSecondPass || change.links.size > 0) writeRemoved(page, object, scope);
    return undefined;
  }
  const writer = itemWriter(scope, object.type);
  if (change.isNew) return writeWhole(page, object, round, writer, position, change.links);
  const relations = scope.relationsOf(object.type).filter((relation) => change.links.has(relation));
  const properties = scope
    .propertiesOf(object.type)
    .filter((property) => change.properties.has(property.name));
  if (relations.length === 0 && properties.length === 0) return undefined;
  const write = isMinimal ? minimalWriter(scope, object.type, change.properties) : writer;
  return writeItem(page, write(object), relations, round, position, (relation) => {
    const current = targetsOf(object, relation);
    const touched = change.links.get(relation) ?? [];
    return {
      length: touched.length,
      at: (index) => {
        const target = touched[index];
        return target && { target, isRemoved: !current.has(target) };
      },
    };
  });
}

/** Changed properties only; when a directory extension changed, all selected extensions of its type come along. */
function minimalWriter(
  scope: DeltaScope,
  type: DirectoryObject['type'],
  changed: ReadonlySet<string>,
): Writer {
  const tracked = scope.propertiesOf(type);
  const isExtension = (name: string) => name.startsWith('extension_');
  const extensionTypes = new Set(
    tracked.filter(({ name }) => isExtension(name) && changed.has(name)).map((property) => property.type),
  );
  const properties = tracked.filter(
    (property) =>
      property.name === 'id' ||
      changed.has(property.name) ||
      (isExtension(property.name) && extensionTypes.has(property.type)),
  );
  return createWriter(type, { properties, withType: scope.withType, omitsUnset: true });
}

function writeRemoved(page: PageUnderWay, object: DirectoryObject, scope: DeltaScope): void {
  const reason = object.deletedAt !== 0 && object.slot !== -1 ? 'changed' : 'deleted';
  const type = scope.withType ? `"@odata.type":"${odataType(object.type)}",` : '';
  page.items.add(`{${type}"id":${JSON.stringify(object.id)},"@removed":{"reason":"${reason}"}}`);
}

/**
 * Writes an object with all its tracked links. `touched` are the targets that were linked or unlinked lately: pages show
 * what is true when they are read, so a client may know an object that is new to this round from the one before.
 */
function writeWhole(
  page: PageUnderWay,
  object: DirectoryObject,
  round: Round,
  write: Writer,
  position: DeltaPosition,
  touched: ObjectChange['links'] = new Map(),
): DeltaPosition | undefined {
  // Places outlive what stood there, so that a position within a relation holds while members come and go.
  const relations = round.scope
    .relationsOf(object.type)
    .filter((relation) => touched.has(relation) || targetsOf(object, relation).places.length > 0);
  return writeItem(page, write(object), relations, round, position, (relation) => {
    const current = targetsOf(object, relation);
    const { places } = current;
    const before = touched.get(relation) ?? [];
    return {
      length: before.length + places.length,
      at: (index) => {
        const target = before[index] ?? places[index - before.length];
        if (!target) return undefined;
        if (index < before.length) return current.has(target) ? undefined : { target, isRemoved: true };
        return isLive(target) ? { target, isRemoved: false } : undefined;
      },
    };
  });
}

/** Links by index, so that continuing within a group of half a million members costs only what is shown. */
interface LinkChanges {
  readonly length: number;
  /** Undefined where there is nothing to show. */
  at(index: number): LinkChange | undefined;
}

interface LinkChange {
  readonly target: DirectoryObject;
  readonly isRemoved: boolean;
}

/**
 * Writes an item and as many of its links as the page has room for. The same scalar properties come again with the
 * next fragment. Returns where that starts.
 */
function writeItem(
  page: PageUnderWay,
  scalars: string,
  relations: readonly LinkKind[],
  round: Round,
  position: DeltaPosition,
  linksOf: (relation: LinkKind) => LinkChanges,
): DeltaPosition | undefined {
  if (position.isSecondPass && relations.length === 0) return undefined;
  let members = scalars.slice(1, -1);
  for (let index = position.relation ?? 0; index < relations.length; index++) {
    const relation = relations[index]!;
    const links = linksOf(relation);
    const [first, end] = linkRange(links.length, round, position);
    let link = index === position.relation ? (position.link ?? first) : first;
    let items = '';
    for (; link < end && page.links < linksPerPage; link++) {
      const entry = links.at(link);
      if (!entry) continue;
      items += `${items === '' ? '' : ','}${linkItem(entry)}`;
      page.links++;
    }
    if (items !== '') members += `,"${relation}@delta":[${items}]`;
    while (link < end && !links.at(link)) link++;
    const isUnfinished = link < end;
    if (isUnfinished || (page.links >= linksPerPage && index + 1 < relations.length)) {
      page.items.add(`{${members}}`);
      return isUnfinished
        ? { ...position, relation: index, link }
        : { ...samePass(position), type: position.type, place: position.place, relation: index + 1 };
    }
  }
  page.items.add(`{${members}}`);
  return undefined;
}

/** Which of an object's links this pass shows, as first index and end. */
function linkRange(length: number, round: Round, position: DeltaPosition): readonly [number, number] {
  if (!round.isReordered) return [0, length];
  const middle = Math.floor(length / 2);
  return position.isSecondPass ? [0, middle] : [middle, length];
}

function linkItem({ target, isRemoved }: LinkChange): string {
  const removed = isRemoved ? ',"@removed":{"reason":"deleted"}' : '';
  return `{"@odata.type":"${odataType(target.type)}","id":"${target.id}"${removed}}`;
}
