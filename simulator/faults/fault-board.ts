// The faults that are switched on, in order, and the question that every request asks once: what happens to me?
// While nothing is switched on, the answer costs one comparison.
import type { Clock } from '../clock.ts';
import type { HttpReply } from '../http.ts';
import { createRandom, type Random } from '../tenant/random.ts';
import { type Effects, effectsOf, isRefused, noEffects } from './effects.ts';
import { type Fault, type FaultGroup, groupOf, type Scenario } from './fault.ts';
import { notReplicated } from './refusal.ts';
import { createdKeys, withProperty, withSpoiltJson } from './reply-changes.ts';
import {
  deltaTokenOf,
  type FaultRequest,
  matcherOf,
  type PlainRequest,
  pageTokenOf,
  plainRequest,
  referencesOf,
} from './request-match.ts';

/** A fault with what became of it. */
type ListedFault = Fault & {
  /** Requests that it concerned, struck or not; counted until it is used up. */
  readonly requests: number;
  readonly hits: number;
};

export interface FaultBoard {
  /** Replaces everything that is switched on. */
  load(scenario: Scenario): void;
  add(fault: Fault): ListedFault;
  /** Switches everything off; what was refused or hidden by a fault is good again. */
  clear(): void;
  /** In the order in which they were switched on, used up ones included. */
  list(): readonly ListedFault[];
  /** To be asked once for each request, after its caller is known; a batch and each of its parts are requests. */
  strike(request: FaultRequest): Effects;
  /** The answer with the effects that touch only a finished one. */
  finish(effects: Effects, reply: HttpReply): HttpReply;
}

interface ArmedFault {
  readonly fault: Fault;
  readonly group: FaultGroup;
  readonly concerns: (request: PlainRequest) => boolean;
  readonly random: Random;
  requests: number;
  hits: number;
}

/** Groups that a refused request can still meet. */
const outlastsRefusal: ReadonlySet<FaultGroup> = new Set(['delivery', 'pace']);

/** `seed` feeds the probabilities of faults that bring no seed of their own. */
export function createFaultBoard(options: { readonly clock: Clock; readonly seed: number }): FaultBoard {
  const { clock, seed } = options;
  let all: ArmedFault[] = [];
  /** Faults that can still strike; those that decide the answer come first. */
  let active: ArmedFault[] = [];
  /** Access tokens that were refused once stay refused. */
  const deadAccess = new Set<string>();
  /** Delta and page tokens stay refused too, until their path is read from the start again. */
  const deadLinks = new Map<string, { readonly path: string; readonly effects: Effects }>();
  /** Keys in lower case with the instant when their object comes into sight. */
  const hiddenUntil = new Map<string, number>();
  let isQuiet = true;

  const settle = () => {
    active = all
      .filter(({ fault, hits }) => fault.times === 'always' || hits < fault.times)
      .sort((a, b) => Number(b.group === 'answer') - Number(a.group === 'answer'));
    isQuiet = active.length === 0 && deadAccess.size === 0 && deadLinks.size === 0 && hiddenUntil.size === 0;
  };
  const arm = (fault: Fault): ArmedFault => {
    const armed = {
      fault,
      group: groupOf(fault),
      concerns: matcherOf(fault),
      random: createRandom(fault.seed ?? `${seed}/${all.length}`),
      requests: 0,
      hits: 0,
    };
    all.push(armed);
    return armed;
  };
  const clear = () => {
    all = [];
    deadAccess.clear();
    deadLinks.clear();
    hiddenUntil.clear();
    settle();
  };
  /** The key by which the request addresses an object that cannot be seen yet, or refers to one. */
  const hiddenKeyIn = (request: PlainRequest): string | undefined => {
    if (hiddenUntil.size === 0) return undefined;
    for (const [key, until] of hiddenUntil) if (until <= clock.now()) hiddenUntil.delete(key);
    settle();
    const references = referencesOf(request);
    return (
      request.segments
        .map((segment) => segment.replace(/^\w+=/, ''))
        .find((segment) => hiddenUntil.has(segment)) ??
      hiddenUntil
        .keys()
        .find((key) => references?.includes(`/${key}"`) || references?.includes(`('${key}')"`))
    );
  };

  /** What is refused to this request because of what happened before. */
  const standingRefusal = (request: PlainRequest): Effects => {
    if (request.authorization !== undefined && deadAccess.has(request.authorization)) {
      return { accessToken: 'expired' };
    }
    const link = linkTokenOf(request);
    const dead = link === undefined ? undefined : deadLinks.get(link);
    if (dead) return dead.effects;
    const hidden = hiddenKeyIn(request);
    return hidden === undefined ? noEffects : { refusal: notReplicated(hidden) };
  };
  /** A new reading of a path may hand out the very tokens that an earlier one got. */
  const forgetDeadLinks = (request: PlainRequest) => {
    if (deadLinks.size === 0 || linkTokenOf(request) !== undefined) return;
    for (const [token, { path }] of deadLinks) if (path === request.plainPath) deadLinks.delete(token);
    settle();
  };
  const remember = (request: PlainRequest, { accessToken, deltaToken, pageToken }: Effects) => {
    if (accessToken && request.authorization !== undefined) deadAccess.add(request.authorization);
    const link = linkTokenOf(request);
    if (link === undefined || (deltaToken ?? pageToken) === undefined) return;
    const effects = { ...(deltaToken ? { deltaToken } : {}), ...(pageToken ? { pageToken } : {}) };
    deadLinks.set(link, { path: request.plainPath, effects });
  };

  return {
    load(scenario) {
      clear();
      for (const fault of scenario.faults) arm(fault);
      settle();
    },
    add(fault) {
      const armed = arm(fault);
      settle();
      return listed(armed);
    },
    clear,
    list: () => all.map(listed),
    strike(sent) {
      if (isQuiet) return noEffects;
      const request = plainRequest(sent);
      forgetDeadLinks(request);
      let effects = standingRefusal(request);
      const met = new Set<FaultGroup>(isRefused(effects) ? ['answer'] : []);
      let isAnyUsedUp = false;
      for (const armed of active) {
        if (isRefused(effects) && !outlastsRefusal.has(armed.group)) continue;
        if (!armed.concerns(request)) continue;
        armed.requests++;
        if (met.has(armed.group) || !isDue(armed)) continue;
        armed.hits++;
        met.add(armed.group);
        effects = { ...effects, ...effectsOf(armed.fault) };
        isAnyUsedUp ||= armed.hits === armed.fault.times;
      }
      remember(request, effects);
      if (isAnyUsedUp) settle();
      return effects;
    },
    finish(effects, reply) {
      if (effects === noEffects) return reply;
      const { hiddenSeconds, addedProperty, hasSpoiltJson } = effects;
      if (hiddenSeconds !== undefined) {
        for (const key of createdKeys(reply)) {
          hiddenUntil.set(key.toLowerCase(), clock.now() + hiddenSeconds * 1000);
        }
        settle();
      }
      const shaped = addedProperty ? withProperty(reply, addedProperty.name, addedProperty.value) : reply;
      return hasSpoiltJson ? withSpoiltJson(shaped) : shaped;
    },
  };
}

function listed({ fault, requests, hits }: ArmedFault): ListedFault {
  return { ...fault, requests, hits };
}

/** The token of the deltaLink or nextLink that the request follows. */
function linkTokenOf(request: PlainRequest): string | undefined {
  return deltaTokenOf(request) ?? pageTokenOf(request);
}

/** Whether the request that was just counted is one to strike. */
function isDue({ fault, requests, random }: ArmedFault): boolean {
  const place = requests - fault.after;
  if (place < 1 || place % fault.every !== 0) return false;
  return fault.probability === 1 || random.chance(fault.probability);
}
