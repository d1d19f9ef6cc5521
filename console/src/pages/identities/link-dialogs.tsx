/** The windows in which members and owners are added to a group, and the manager of a user is chosen. */
import { X } from 'lucide-react';
import { useState } from 'react';
import type { Identity, IdentityDetails } from '../../../../src/http/schemas/identities.ts';
import { changeLinks } from '../../data/identities.ts';
import { problemOf } from '../../data/problem.ts';
import { Banner } from '../../kit/banner.tsx';
import { Button, IconButton } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/identities.ts';
import { IdentityPicker } from './identity-picker.tsx';

const permission = '/Syncline/Identities/Update';

type Props = Readonly<{
  identity: IdentityDetails;
  link: 'members' | 'owners' | 'manager';
  onClose: () => void;
}>;

export function LinkDialog({ identity, link, onClose }: Props) {
  const { type, key, name } = identity;
  const [chosen, setChosen] = useState<readonly Identity[]>([]);
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const isOne = link === 'manager';
  const save = async () => {
    setBusy(true);
    try {
      const { added } = await changeLinks({ type, key }, link, {
        add: chosen.map((one) => ({ type: one.type, key: one.key })),
      });
      const title = isOne
        ? t('identityLinks.managerSaved', { name })
        : t('identityLinks.added', { name, count: added });
      showToast({ kind: 'success', title });
      onClose();
    } catch (error) {
      setProblem(problemOf(error).message);
      setBusy(false);
    }
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={
        isOne ? t('identityLinks.managerTitle', { name }) : t(`identityLinks.addTitle.${link}`, { name })
      }
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button
            look="primary"
            permission={permission}
            isDisabled={isBusy || chosen.length === 0}
            onClick={() => void save()}
          >
            {isOne ? t('action.save') : t('identityLinks.add')}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        {problem !== undefined && <Banner kind="bad" title={problem} />}
        <IdentityPicker
          label={t(
            isOne
              ? 'identityLinks.managerLabel'
              : link === 'members'
                ? 'identityLinks.searchBoth'
                : 'identityLinks.search',
          )}
          hasGroups={link === 'members'}
          without={[key, ...chosen.map((one) => one.key)]}
          onChoose={(one) => setChosen(isOne ? [one] : [...chosen, one])}
        />
        {chosen.length > 0 && (
          <ul aria-label={t('identityLinks.chosen')} className="flex flex-wrap gap-1.5">
            {chosen.map((one) => (
              <li
                key={one.key}
                className="flex items-center gap-0.5 rounded-lg border border-line bg-sunken ps-2.5 text-[.8667rem]"
              >
                {one.name}
                <IconButton
                  label={t('identityLinks.takeOut', { name: one.name })}
                  icon={X}
                  onClick={() => setChosen(chosen.filter((other) => other.key !== one.key))}
                />
              </li>
            ))}
          </ul>
        )}
      </div>
    </Dialog>
  );
}
