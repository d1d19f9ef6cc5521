/** A message that stays in its place. */
import { type CircleAlert, CircleCheck, CircleX, Info, ShieldAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

export type BannerKind = 'info' | 'ok' | 'warn' | 'bad' | 'hold';

const looks = {
  info: ['border-info bg-info-soft text-info', Info],
  ok: ['border-ok bg-ok-soft text-ok', CircleCheck],
  warn: ['border-warn bg-warn-soft text-warn', TriangleAlert],
  bad: ['border-bad bg-bad-soft text-bad', CircleX],
  hold: ['border-hold bg-hold-soft text-hold', ShieldAlert],
} as const satisfies Record<BannerKind, readonly [string, typeof CircleAlert]>;

type Props = Readonly<{
  kind: BannerKind;
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  /** Read out when it appears. */
  isAnnounced?: boolean;
}>;

export function Banner({ kind, title, children, actions, isAnnounced = kind === 'bad' }: Props) {
  const [look, Icon] = looks[kind];
  return (
    <div
      className={`flex flex-wrap items-start gap-x-3 gap-y-2 rounded-xl border px-4 py-3 ${look}`}
      {...(isAnnounced && { role: 'alert' })}
    >
      <Icon aria-hidden size={18} className="mt-0.5 shrink-0" />
      <div className="min-w-[min(100%,14rem)] flex-1 text-text">
        <div className="font-semibold">{title}</div>
        {children !== undefined && <div className="mt-0.5">{children}</div>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
