/** What lists of pages have in common: which page is wanted, in which order, and how many there are in all. */
import { z } from '@hono/zod-openapi';

const mostOnPage = 1000;
/** Offsets beyond this are no pages that anybody turns to. */
const lastPage = 1_000_000;

/** The query of a list: its page, a text to search for, and one of the orders, with a hyphen before it for the other direction. */
export function listQueryShape<Order extends string>(
  orders: readonly [Order, ...Order[]],
  usual: Order | `-${Order}`,
) {
  type Directed = Order | `-${Order}`;
  const directed = orders.flatMap((order): Directed[] => [order, `-${order}`]);
  return {
    page: z.coerce.number().int().min(1).max(lastPage).default(1),
    pageSize: z.coerce.number().int().min(1).max(mostOnPage).default(50),
    q: z.string().trim().max(200).optional().openapi({ description: 'A text to look for, in any case.' }),
    sort: z
      .enum(directed)
      .optional()
      .transform((order): Directed => order ?? usual)
      .openapi({ description: `${usual}, where nothing is said.` }),
  };
}

/** The order of a query without its hyphen, and whether it had one. */
export function orderOf<Order extends string>(
  sort: Order | `-${Order}`,
): Readonly<{ orderBy: Order; isDescending: boolean }> {
  const isDescending = sort.startsWith('-');
  return { orderBy: (isDescending ? sort.slice(1) : sort) as Order, isDescending };
}

/** A page of a list. */
export function listSchema<Item extends z.ZodType>(items: Item) {
  return z.object({
    items: z.array(items),
    page: z.int(),
    pageSize: z.int(),
    total: z.int().openapi({ description: 'All that match; 100,000 where there are more.' }),
    isTotalExact: z.boolean(),
  });
}
