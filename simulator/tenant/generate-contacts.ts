// The organizational contacts of a generated tenant: people of partners who have an address here, but no account.
import type { Directory } from './directory.ts';
import type { DirectoryObject, Values } from './directory-object.ts';
import { addressOf, phoneNumber, pickName, pickPartner } from './generate-people.ts';
import { offices } from './names.ts';
import type { Random } from './random.ts';

/** Must run inside `directory.load`. */
export function generateContacts(
  directory: Directory,
  random: Random,
  count: number,
  members: readonly DirectoryObject[],
): readonly DirectoryObject[] {
  const contacts: DirectoryObject[] = [];
  for (let number = 1; number <= count; number++) {
    const contact = directory.insert('orgContact', random.guid(), contactValues(random, number));
    // Some report to whoever looks after the partner, some to another contact of theirs.
    if (number % 4 === 0) directory.link(contact, 'manager', random.pick(members));
    else if (number % 10 === 1 && contacts.length > 0)
      directory.link(contact, 'manager', random.pick(contacts));
    contacts.push(contact);
  }
  return contacts;
}

/** Values of a contact. The number makes the address unique. */
export function contactValues(random: Random, number: number): Values {
  const office = random.pick(offices);
  const partner = pickPartner(random);
  const { givenName, surname } = pickName(random, office);
  const mailNickname = `${addressOf(givenName, surname)}.c${number}`;
  const mail = `${mailNickname}@${partner.domain}`;
  return {
    addresses: [
      {
        city: office.city,
        countryOrRegion: office.usageLocation,
        officeLocation: null,
        postalCode: office.postalCode,
        state: null,
        street: office.streetAddress,
      },
    ],
    companyName: partner.name,
    displayName: `${givenName} ${surname} (${partner.name})`,
    givenName,
    jobTitle: random.pick(['Account Manager', 'Consultant', 'Project Lead', 'Technician']),
    mail,
    mailNickname,
    phones: [
      { language: null, number: phoneNumber(random, office.phonePrefix, 4), region: null, type: 'business' },
    ],
    proxyAddresses: [`SMTP:${mail}`],
    surname,
  };
}
