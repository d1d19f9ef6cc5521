/** A link to the page of a resource: that of an identity is among the identities. */
import { Link } from '@tanstack/react-router';
import { identitiesConnection } from '../../data/identities.ts';
import { t } from '../../texts/directory.ts';

type Props = Readonly<{
  connection: string;
  /** Null where it is of a type that is not read. */
  type: string | null;
  id: string;
  /** Null where it is not stored. */
  name: string | null;
}>;

/** What is not known is shown by its id. */
export function ResourceLink({ connection, type, id, name }: Props) {
  if (type === null || name === null) return <span title={t('type.unknown')}>{name ?? id}</span>;
  if (connection === identitiesConnection) {
    return (
      <Link to="/identities/$type/$key" params={{ type, key: id }} className="link" title={name}>
        {name}
      </Link>
    );
  }
  return (
    <Link
      to="/directory/$connection/$type/$key"
      params={{ connection, type, key: id }}
      className="link"
      title={name}
    >
      {name}
    </Link>
  );
}
