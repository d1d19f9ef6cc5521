/** A filter on one side of a mapping. Where nobody knows its attributes, because its connection is away, it is written as text. */
import { useQuery } from '@tanstack/react-query';
import type { ComponentProps } from 'react';
import { type ObjectSet, sideQuery } from '../../../data/mappings.ts';
import { Skeleton } from '../../../kit/states.tsx';
import { FilterField } from '../filters/filter-field.tsx';

type Props = Omit<ComponentProps<typeof FilterField>, 'attributes'> & Readonly<{ set: ObjectSet }>;

export function SideFilter({ set, ...props }: Props) {
  const { data, isPending } = useQuery(sideQuery(set));
  if (isPending) return <Skeleton lines={3} />;
  return <FilterField {...props} attributes={data?.attributes ?? []} />;
}
