import { expect, test } from 'vitest';
import { createChannel, createLanes } from './channel.ts';

test('one consumer hears all that many producers say, and the end', async () => {
  const channel = createChannel<number>(2);
  const producers = Array.from({ length: 7 }, async (_, producer) => {
    for (let index = 0; index < 50; index++) await channel.push(producer * 50 + index);
  });
  Promise.all(producers).then(channel.end, channel.fail);
  const heard: number[] = [];
  for await (const value of channel) heard.push(value);
  expect(heard.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 350 }, (_, index) => index));
});

test('producers wait while there is no room', async () => {
  const channel = createChannel<number>(2);
  let said = 0;
  const producer = (async () => {
    for (; said < 6; said++) await channel.push(said);
    channel.end();
  })();
  for await (const value of channel) expect(said).toBeLessThanOrEqual(value + 4);
  await producer;
});

test('a fault reaches the consumer', async () => {
  const channel = createChannel<number>(1);
  channel.fail(new Error('gone wrong'));
  await expect(channel[Symbol.asyncIterator]().next()).rejects.toThrow('gone wrong');
});

test('lanes bound how much is done at once, and a failure frees its lane', async () => {
  const lanes = createLanes(3);
  let running = 0;
  let most = 0;
  const works = Array.from({ length: 20 }, (_, index) =>
    lanes(async () => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      if (index % 4 === 0) throw new Error('failed');
    }),
  );
  const results = await Promise.allSettled(works);
  expect(most).toBe(3);
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(5);
});
