/** Copies a text, and says so. */
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { t } from '../texts/texts.ts';
import { Button, IconButton } from './button.tsx';

export function CopyButton({
  text,
  label = t('action.copy'),
  isIcon = true,
}: Readonly<{ text: string; label?: string; isIcon?: boolean }>) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  const icon = isCopied ? Check : Copy;
  const shown = isCopied ? t('action.copied') : label;
  return isIcon ? (
    <IconButton label={shown} icon={icon} onClick={copy} />
  ) : (
    <Button icon={icon} onClick={copy}>
      {shown}
    </Button>
  );
}
