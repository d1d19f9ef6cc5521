/** The drop-down of credential profiles, with the way to a new one that loses nothing of the form around it. */
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { profilesQuery } from '../../data/credential-profiles.ts';
import { Button } from '../../kit/button.tsx';
import type { InputProps } from '../../kit/input-props.ts';
import { lazyPart } from '../../kit/lazy-part.tsx';
import { Select } from '../../kit/select.tsx';
import { t } from '../../texts/integrations.ts';

const NewProfile = lazyPart(() => import('./new-profile.tsx').then(({ NewProfile: part }) => part), true);

const update = '/Syncline/CredentialProfiles/Update';
const allProfiles = profilesQuery({ pageSize: 1000, sort: 'name' });

/** The names of all profiles, by their numbers as texts. */
export function useProfileOptions(): readonly Readonly<{ value: string; label: string; hint: string }>[] {
  const { data } = useQuery(allProfiles);
  return (data?.items ?? []).map(({ profileId, name, description }) => ({
    value: String(profileId),
    label: name,
    hint: description,
  }));
}

export function ProfileChoice({ onChange, ...field }: InputProps<string>) {
  const options = useProfileOptions();
  const [isCreating, setCreating] = useState(false);
  return (
    <div className="grid gap-1.5">
      <Select
        {...field}
        {...(options.length === 0 && { hint: t('integrations.noProfiles') })}
        value={field.value === '' ? null : field.value}
        options={options.map(({ hint, ...option }) => (hint === '' ? option : { ...option, hint }))}
        onChange={(value) => onChange(value ?? '')}
      />
      {!field.isReadOnly && (
        <div>
          <Button icon={Plus} permission={update} onClick={() => setCreating(true)}>
            {t('integrations.createProfile')}
          </Button>
        </div>
      )}
      {isCreating && (
        <NewProfile
          onClose={() => setCreating(false)}
          onCreated={({ profileId }) => {
            onChange(String(profileId));
            setCreating(false);
          }}
        />
      )}
    </div>
  );
}
