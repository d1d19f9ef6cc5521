/** Buttons. One that is not allowed or not possible stays reachable and says why. */
import type { LucideIcon } from 'lucide-react';
import type { ComponentProps, MouseEvent, ReactNode } from 'react';
import { useMay } from '../data/session.ts';
import { t } from '../texts/texts.ts';
import { Tooltip } from './tooltip.tsx';

export type ButtonLook = 'plain' | 'primary' | 'danger' | 'ghost';

type Behaviour = Readonly<{
  onClick?: ((event: MouseEvent<HTMLButtonElement>) => void) | undefined;
  type?: 'button' | 'submit';
  /** The form that a submit button outside it belongs to. */
  form?: string;
  /** Why it cannot be used now; it stays reachable by keyboard and says so. */
  disabledReason?: string | undefined;
  /** Without a reason to tell, as while something is being sent. */
  isDisabled?: boolean;
  /** What the signed-in person must be allowed to do. */
  permission?: string | undefined;
  icon?: LucideIcon;
}>;

const looks: Readonly<Record<ButtonLook, string>> = {
  plain: 'btn',
  primary: 'btn btn-primary',
  danger: 'btn btn-danger',
  ghost: 'btn btn-ghost',
};

type Rest = Omit<ComponentProps<'button'>, 'type' | 'onClick' | 'disabled' | 'form' | 'className'>;

/** A button with words. */
export function Button({
  children,
  look = 'plain',
  icon: Icon,
  ...behaviour
}: Behaviour & Rest & Readonly<{ children: ReactNode; look?: ButtonLook }>) {
  const { reason, props } = useBehaviour(behaviour);
  const button = (
    <button {...props} className={looks[look]}>
      {Icon && <Icon aria-hidden size={15} />}
      {children}
    </button>
  );
  return reason === undefined ? button : <Tooltip text={reason}>{button}</Tooltip>;
}

/** A button with nothing but a picture; its label is its name, and shown when it is pointed at. */
export function IconButton({
  label,
  icon: Icon,
  look = 'ghost',
  ...behaviour
}: Behaviour & Rest & Readonly<{ label: string; icon: LucideIcon; look?: ButtonLook }>) {
  const { reason, props } = useBehaviour(behaviour);
  return (
    <Tooltip text={reason === undefined ? label : `${label}: ${reason}`}>
      <button {...props} aria-label={label} className={`${looks[look]} btn-icon`}>
        {Icon && <Icon aria-hidden size={16} />}
      </button>
    </Tooltip>
  );
}

function useBehaviour({
  onClick,
  type = 'button',
  disabledReason,
  isDisabled = false,
  permission,
  ...rest
}: Omit<Behaviour, 'icon'> & Rest) {
  const mayUse = useMay(permission);
  const reason = mayUse ? disabledReason : t('form.notAllowed');
  const isRefused = reason !== undefined;
  return {
    reason,
    props: {
      ...rest,
      type: isRefused ? ('button' as const) : type,
      disabled: isDisabled && !isRefused,
      'aria-disabled': isRefused || undefined,
      onClick: isRefused ? (event: MouseEvent) => event.preventDefault() : onClick,
    },
  };
}
