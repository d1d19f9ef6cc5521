/** A text with parts that are links or otherwise more than text: "Add a <profile>credential profile</profile> first." */
import { Fragment, type ReactNode } from 'react';

type Parts = Readonly<Record<string, (inner: string) => ReactNode>>;

export function Rich({ text, parts }: Readonly<{ text: string; parts: Parts }>) {
  const pieces = text.split(/(<(\w+)>.*?<\/\2>)/g);
  return pieces.map((piece, index) => {
    // Every third piece is the name that the pattern remembers.
    if (index % 3 === 2) return null;
    const [, name, inner] = /^<(\w+)>(.*)<\/\1>$/.exec(piece) ?? [];
    const part = name === undefined ? undefined : parts[name];
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text keep their places.
    return <Fragment key={index}>{part && inner !== undefined ? part(inner) : piece}</Fragment>;
  });
}
