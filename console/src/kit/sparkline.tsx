/** A small line without axes: how something went lately. Screen readers hear its sentence; one without only adorns a number beside it. */

const width = 112;
const height = 24;
const tones = { accent: 'text-accent', bad: 'text-bad', hold: 'text-hold' } as const;

type Props = Readonly<{ values: readonly number[]; label?: string; tone?: keyof typeof tones }>;

export function Sparkline({ values, label, tone = 'accent' }: Props) {
  const frame = { viewBox: `0 0 ${width} ${height}`, className: `h-6 w-28 shrink-0 ${tones[tone]}` };
  if (label === undefined) {
    return (
      <svg aria-hidden {...frame}>
        <Drawing values={values} />
      </svg>
    );
  }
  return (
    <svg role="img" aria-label={label} {...frame}>
      <title>{label}</title>
      <Drawing values={values} />
    </svg>
  );
}

function Drawing({ values }: Pick<Props, 'values'>) {
  const most = Math.max(1, ...values);
  const step = width / Math.max(1, values.length - 1);
  const y = (value: number) => height - 1.5 - (value / most) * (height - 4);
  const line = values.map((value, index) => `${(index * step).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  return (
    <>
      <polygon points={`0,${height} ${line} ${width},${height}`} fill="currentColor" opacity={0.14} />
      <polyline points={line} fill="none" stroke="currentColor" strokeWidth={1.4} strokeLinejoin="round" />
    </>
  );
}
