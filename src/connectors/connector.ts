/**
 * The ports between the engine and a system: what every connector can do, what those can do besides that can be written to, and the
 * words both sides use for it.
 */
import type { Attributes, EntityType } from '../model/entity-type.ts';
import type { Item } from '../model/item.ts';
import type { ObjectSchema } from '../model/object-schema.ts';
import type { Order, Receipt, Work, WorkEnd } from '../model/order.ts';

/** A system that Syncline reads. Lives as long as one run; `close` gives back its connections. */
export interface Connector {
  /**
   * Everything that is wrong with these entity types, one sentence each: unknown types and attributes, attributes that
   * the system cannot export. Asks nobody.
   */
  checkMapping(entityTypes: readonly EntityType[]): readonly string[];
  /** Which of the system's own stores this is, such as a tenant id: data of another one never goes into the same store. */
  readonly source: string;
  /**
   * Brings the objects of one entity type page by page. Ends after `last` or `resync`, throws a `Fault` when the system
   * cannot be read, and an abort error when the signal says so. The caller reads on only when it can take more.
   */
  exportEntityType(request: ExportRequest): AsyncIterable<ExportEvent>;
  /** Only of systems that tell of changes by themselves. */
  readonly notifications?: ChangeNotifications;
  close(): Promise<void>;
}

/**
 * News of changes, which the system sends to an address of ours until a subscription ends. All of these throw a `Fault` when the
 * system cannot be asked, and an abort error when the signal says so.
 */
export interface ChangeNotifications {
  /** Asks for news of a resource, in the place of what was asked with the same resource and address before. */
  subscribe(request: SubscriptionRequest): Promise<SubscribeOutcome>;
  /** Has a subscription last until an instant. */
  renew(subscriptionId: string, until: Date, signal: AbortSignal): Promise<RenewOutcome>;
  /** Ends a subscription, if it is still there. */
  unsubscribe(subscriptionId: string, signal: AbortSignal): Promise<void>;
}

export type SubscriptionRequest = Readonly<{
  /** As the system names it. */
  resource: string;
  /** Where news is sent to. */
  address: string;
  /** Where the system tells what becomes of the subscription itself. */
  lifecycleAddress: string;
  /** Comes back with everything that is sent; at most 128 characters. */
  clientState: string;
  until: Date;
  signal: AbortSignal;
}>;

export type SubscribeOutcome =
  /** `expiresAt` is what the system says, which may be another instant than was asked for. */
  | Readonly<{ kind: 'subscribed'; subscriptionId: string; expiresAt: Date }>
  /** Nobody answers properly at the address; the reason is a sentence. */
  | Readonly<{ kind: 'unreachable'; reason: string }>
  /** The system does not want to, for the reason said in a sentence. */
  | Readonly<{ kind: 'refused'; reason: string }>;

export type RenewOutcome =
  | Readonly<{ kind: 'renewed'; expiresAt: Date }>
  /** There is no such subscription any more. */
  | Readonly<{ kind: 'gone' }>
  | Readonly<{ kind: 'refused'; reason: string }>;

export type ExportRequest = Readonly<{
  entityType: EntityType;
  start: ExportStart;
  signal: AbortSignal;
  /** Told of every wait, as it begins. */
  onWait: (wait: ExportWait) => void;
}>;

/** Where an export begins. */
export type ExportStart =
  /** Everything there is. */
  | { readonly kind: 'full' }
  /** What has changed since the set that ended with this cookie. */
  | { readonly kind: 'incremental'; readonly cookie: string }
  /** After the page that came with this position; the set may be a full or an incremental one. */
  | { readonly kind: 'resume'; readonly position: string };

export type ExportEvent =
  /** A page. Whoever has stored it may later resume after it with `position`. */
  | { readonly kind: 'page'; readonly items: readonly Item[]; readonly position: string }
  /**
   * The last page, which completes the set; the next incremental set begins with `cookie`. `expected` is how many
   * objects a full set should hold as the system counts them, where it does; others may change meanwhile.
   */
  | {
      readonly kind: 'last';
      readonly items: readonly Item[];
      readonly cookie: string;
      readonly expected?: number;
    }
  /** The system does not accept the cookie or the position any more, for the reason said: only a full set helps. */
  | { readonly kind: 'resync'; readonly reason: string };

/** A pause that the system asked for or that its limits make necessary. */
export type ExportWait = Readonly<{
  /** In words that fit "waiting for …". */
  reason: string;
  seconds: number;
}>;

/**
 * A system that orders can be sent to. All that it does is part of the caller's transaction, as far as the system is in the same
 * database.
 */
export interface OrderTarget<Transaction> {
  /** What objects of a type are made of; undefined where there is no such type. Asks nobody. */
  describe(entityType: string): ObjectSchema | undefined;
  /**
   * What is wrong with an object as it would be stored, one sentence each, which names the attribute: of a new one in all respects;
   * else only with what is to change. Asks nobody, so that what others have already is not among it.
   */
  checkObject(
    entityType: string,
    attributes: Attributes,
    changed: readonly string[] | 'new',
  ): readonly string[];
  /**
   * Begins a piece of work, which is a run of the system's connection in every history, and gives its number. Whoever goes on with it
   * after a crash uses that number again.
   */
  begin(transaction: Transaction, work: Work): Promise<number>;
  /**
   * Fulfils orders in their order: each is done whole or not at all, whatever becomes of the others. There is one receipt for each, in
   * the same place. With `seed` prints are made and compared; it is a 64-bit number as text. Waits for others who write at this moment,
   * so this comes before any other lock that the transaction takes on what such orders are about.
   */
  fulfil(
    transaction: Transaction,
    workId: number,
    orders: readonly Order[],
    seed: string,
  ): Promise<readonly Receipt[]>;
  /** Ends a piece of work; of one that has ended already, nothing changes. */
  end(transaction: Transaction, workId: number, end: WorkEnd): Promise<void>;
  /** Whose a unique attribute's values are already: the key of the object by each of these values that somebody has, whatever its case. */
  findTaken(
    transaction: Transaction,
    entityType: string,
    attribute: string,
    values: readonly string[],
  ): Promise<ReadonlyMap<string, string>>;
}
