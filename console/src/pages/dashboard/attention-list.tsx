/** What waits for a person, each with the one thing to do about it. It goes when it is solved, and cannot be put away. */
import { Link } from '@tanstack/react-router';
import type { Attention } from '../../../../src/http/schemas/dashboard.ts';
import { Banner, type BannerKind } from '../../kit/banner.tsx';
import { formatRelative, formatTime } from '../../kit/formats.ts';
import { t } from '../../texts/dashboard.ts';
import { classWords } from '../integrations/history-words.ts';

type Shown = Exclude<Attention['kind'], 'no-worker'>;

const kinds: Readonly<Record<Shown, BannerKind>> = {
  blocked: 'hold',
  failing: 'bad',
  'credential-expired': 'bad',
  'credential-expiring': 'warn',
  subscription: 'warn',
  'token-lost': 'info',
};

export function AttentionList({ attention }: Readonly<{ attention: readonly Attention[] }>) {
  // That no worker is alive stands above every page.
  const shown = attention.flatMap((one) => (one.kind === 'no-worker' ? [] : [{ ...one, kind: one.kind }]));
  if (shown.length === 0) return null;
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-2" aria-label={t('dashboard.attention')}>
      {shown.map((one) => (
        <Banner
          key={`${one.kind} ${one.subject} ${one.label}`}
          kind={kinds[one.kind]}
          isAnnounced={false}
          title={titleOf(one)}
          actions={<Act attention={one} />}
        >
          {textOf(one)}
        </Banner>
      ))}
    </section>
  );
}

type ShownAttention = Attention & Readonly<{ kind: Shown }>;

function titleOf({ kind, subject, label }: ShownAttention): string {
  switch (kind) {
    case 'blocked':
      return t('attention.blocked', { subject });
    case 'failing':
      return t('attention.failing', { subject });
    case 'credential-expired':
      return t('attention.expired', { subject });
    case 'credential-expiring':
      return t('attention.expiring', { subject });
    case 'subscription':
      return t('attention.subscription', { subject, label });
    case 'token-lost':
      return t('attention.tokenLost', { subject, label: classWords(label ?? '') });
  }
}

function textOf({ kind, message, since, label }: ShownAttention): string {
  const at = since === null ? undefined : new Date(since);
  const reason = message ?? '';
  switch (kind) {
    case 'blocked':
      return t('attention.blockedText', { reason, since: at && formatTime(at) });
    case 'failing':
      return at === undefined
        ? t('attention.failingNever', { reason })
        : t('attention.failingText', { reason, since: formatRelative(at) });
    case 'credential-expired':
      return t('attention.expiredText', { label, since: at && formatRelative(at) });
    case 'credential-expiring':
      return t('attention.expiryText', { label, since: at && formatRelative(at) });
    case 'subscription':
      return t('attention.subscriptionText', { reason });
    case 'token-lost':
      return t('attention.tokenLostText', { reason, since: at && formatRelative(at) });
  }
}

function Act({ attention: { kind, subject, jobRunId, profileId } }: Readonly<{ attention: ShownAttention }>) {
  if (profileId !== null) {
    return (
      <Link className="btn" to="/credential-profiles/$profileId" params={{ profileId: String(profileId) }}>
        {t('attention.openProfile')}
      </Link>
    );
  }
  if (kind === 'blocked' && jobRunId !== null) {
    return (
      <Link className="btn" to="/jobs/runs/$jobRunId" params={{ jobRunId: String(jobRunId) }}>
        {t('attention.review')}
      </Link>
    );
  }
  const isHistory = kind === 'token-lost';
  return (
    <Link
      className="btn"
      to="/integrations/entra-id/$name"
      params={{ name: subject ?? '' }}
      search={isHistory ? { tab: 'history' } : {}}
    >
      {t(isHistory ? 'attention.openHistory' : 'attention.openTenant')}
    </Link>
  );
}
