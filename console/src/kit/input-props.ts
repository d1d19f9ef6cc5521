/** What all inputs of the kit have in common, so that a form can be laid over any of them. */
import type { Ref } from 'react';

export type InputProps<Value> = Readonly<{
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  onBlur?: (() => void) | undefined;
  name?: string | undefined;
  /** A sentence below the input. */
  hint?: string | undefined;
  /** What is wrong with the value; below the input and read out with it. */
  error?: string | undefined;
  isDisabled?: boolean | undefined;
  isReadOnly?: boolean | undefined;
  /** Marked as optional after the label. */
  isOptional?: boolean | undefined;
  /** The element that gets the focus when the value is wrong. */
  ref?: Ref<HTMLElement> | undefined;
}>;
