/** The messages that are shown now. */
import { Toast } from '@base-ui/react/toast';
import { CircleCheck, CircleX, Info, X } from 'lucide-react';
import { useEffect } from 'react';
import { t } from '../texts/texts.ts';
import { type Message, takeMessages } from './messages.ts';

const manager = Toast.createToastManager();

function add({ kind = 'success', title, description, action }: Message): void {
  manager.add({
    type: kind,
    title,
    ...(description !== undefined && { description }),
    timeout: kind === 'failure' ? 0 : 5000,
    ...(action && { actionProps: { children: action.label, onClick: action.onSelect } }),
  });
}

export function ToastList() {
  // Only now is there something that the manager tells.
  useEffect(() => takeMessages(add), []);
  return (
    <Toast.Provider toastManager={manager} limit={5}>
      <Toast.Portal>
        <Toast.Viewport className="toasts">
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

const icons = {
  success: <CircleCheck aria-hidden size={18} className="shrink-0 text-ok" />,
  failure: <CircleX aria-hidden size={18} className="shrink-0 text-bad" />,
  info: <Info aria-hidden size={18} className="shrink-0 text-info" />,
};

function List() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className="toast" swipeDirection={[]}>
      <Toast.Content className="flex items-start gap-2.5 p-3.5">
        {icons[(toast.type ?? 'info') as keyof typeof icons]}
        <div className="min-w-0 flex-auto">
          <Toast.Title className="font-semibold" render={<div />} />
          <Toast.Description className="break-words text-muted" render={<div />} />
          {toast.actionProps && <Toast.Action className="link mt-1 font-medium" />}
        </div>
        {/* The library hides it until somebody is there, though the keyboard gets to it. */}
        <Toast.Close
          className="btn btn-ghost btn-icon -m-1.5"
          aria-hidden={false}
          aria-label={t('action.dismiss')}
        >
          <X aria-hidden size={15} />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
