// Words that a generated tenant is made of: people of several cultures, offices, departments, and names for groups,
// devices, partners and applications. Every list is shared by all objects that use it.

interface Culture {
  readonly givenNames: readonly string[];
  readonly surnames: readonly string[];
}

const words = (text: string): readonly string[] => Object.freeze(text.trim().split(/\s+/));

const german: Culture = {
  givenNames:
    words(`Anna Lukas Jörg Hannah Käthe Jürgen Sabine Björn Claudia Matthias Ulrike Günter Friederike Tobias
    Annegret Stefan Bärbel Dirk Heike Jonas Leonie Moritz Svenja Torben Wiebke Finn Greta Emil Frieda Karl`),
  surnames:
    words(`Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer
    Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Krause Lehmann Köhler
    Herrmann König Böhm Jäger Groß Voß Friedrich Vogel Winkler Lorenz Baumann Petersen`),
};
const english: Culture = {
  givenNames:
    words(`Olivia James Amelia Oliver Grace William Emily Harry Sophie Thomas Charlotte Jack Isla George
    Freya Arthur Evelyn Henry Alice Edward Daisy Samuel Florence Joseph Ruby Daniel Rosie Adam Lily Ryan`),
  surnames:
    words(`Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White
    Roberts Green Hall Wood Jackson Clarke Hughes Edwards Turner Hill Moore Cooper Ward Morris Bell Baker Harrison
    O'Brien O'Connor Fletcher Lloyd`),
};
const french: Culture = {
  givenNames:
    words(`Camille Léa Hugo Zoé Théo Chloé Jérôme Élodie François Amélie Benoît Céline Rémi Inès Gaël
    Hélène Loïc Margaux Noé Océane Étienne Mélanie Raphaël Maëlle`),
  surnames:
    words(`Martin Bernard Dubois Lefèvre Moreau Laurent Girard Bonnet François Mercier Guérin Chevalier Gauthier
    Lemaître Noël Perrin Rousseau Beaumont Béranger Desprès Fontaine Lécuyer Marchand Roux`),
};
const spanish: Culture = {
  givenNames:
    words(`María José Lucía Álvaro Sofía Andrés Inés Íñigo Begoña Joaquín Ángela Martín Rocío Raúl Noelia
    Sergio Pilar Gonzalo Nuria Iván Carmen Óscar Beatriz Rubén`),
  surnames:
    words(`García Martínez López Sánchez Pérez Gómez Fernández Díaz Álvarez Muñoz Jiménez Ruiz Ibáñez Núñez
    Peña Vázquez Castaño Ortega Rubio Domínguez Marín Cordero Vidal Quintana`),
};
const italian: Culture = {
  givenNames:
    words(`Giulia Lorenzo Chiara Matteo Francesca Alessandro Martina Davide Elisa Niccolò Giorgia Federico
    Alessia Riccardo Ilaria Simone Caterina Tommaso Valentina Edoardo`),
  surnames:
    words(`Rossi Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Gallo Costa Fontana Conti Mancini
    Barbieri Moretti Santoro Niccolai Vitale Pellegrini`),
};
const polish: Culture = {
  givenNames:
    words(`Małgorzata Paweł Zofia Michał Agnieszka Łukasz Katarzyna Wojciech Joanna Stanisław Grażyna Rafał
    Ewa Krzysztof Żaneta Jarosław Magdalena Bartłomiej Aleksandra Sławomir`),
  surnames: words(`Nowak Kowalski Wiśniewska Wójcik Kowalczyk Kamiński Lewandowska Zieliński Szymańska Woźniak
    Dąbrowski Kozłowska Jankowski Mazur Krawczyk Piotrowski Grabowska Pawłowski Michalski Jabłońska`),
};
const nordic: Culture = {
  givenNames:
    words(`Ada Søren Åsa Bjarne Ingrid Lars Freja Øystein Sigrid Göran Astrid Håkon Maja Mikkel Linnéa Jørgen
    Elsa Gunnar Solveig Anders Märta Nils Tuva Einar`),
  surnames:
    words(`Lindqvist Sørensen Åkesson Bjørnstad Ødegård Nyström Håkansson Jørgensen Sjöberg Dahl Holmgren Kjær
    Østergaard Bergström Nygård Lindström Hansen Wikström Mortensen Solheim Ekström Lund Strand Björk`),
};
const dutch: Culture = {
  givenNames:
    words(`Sanne Daan Femke Bram Anouk Joris Maartje Thijs Lotte Ruben Fleur Sander Noortje Wouter Eva Jeroen
    Marloes Koen Iris Stijn`),
  surnames:
    words(`Jansen Bakker Visser Smit Meijer Mulder Dekker Brouwer Dijkstra Vermeulen Kuipers Hendriks Postma
    Schouten Willems Hoekstra Verhoeven Koster Prins Huisman`),
};
const turkish: Culture = {
  givenNames:
    words(`Ayşe Mehmet Elif Çağlar Zeynep Ömer Gülşen Uğur Şebnem İsmail Özlem Barış Dilek Yiğit Hülya Emre
    Tuğba Kağan Pınar Cem`),
  surnames:
    words(`Yılmaz Kaya Demir Çelik Şahin Yıldız Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Koç Kurt
    Özkan Şimşek Polat Güneş`),
};
const czech: Culture = {
  givenNames:
    words(`Tereza Jiří Kateřina Ondřej Lucie Tomáš Žaneta Matěj Barbora Zdeněk Šárka Václav Eliška Radek
    Hana Luboš Věra Štěpán`),
  surnames:
    words(`Novák Svobodová Dvořák Černý Procházka Kučera Veselý Horák Němec Pokorný Marek Růžička Beneš Fiala
    Sedláček Doležal Zeman Kolář`),
};
const portuguese: Culture = {
  givenNames:
    words(`João Inês Gonçalo Conceição Tomás Beatriz Sebastião Lúcia Antônio Fátima Estêvão Débora Tiago
    Luísa Vitória Caetano Márcia Rogério`),
  surnames:
    words(`Silva Santos Oliveira Pereira Araújo Conceição Gonçalves Magalhães Simões Guimarães Brandão Antunes
    Leitão Assunção Falcão Azevedo Cordeiro Nóbrega`),
};
const indian: Culture = {
  givenNames:
    words(`Aarav Priya Vihaan Ananya Arjun Diya Rohan Kavya Aditya Meera Karthik Sneha Rahul Lakshmi Sanjay
    Nandini Vikram Pooja Suresh Deepa Nikhil Asha Manish Radhika`),
  surnames:
    words(`Sharma Patel Iyer Reddy Nair Gupta Singh Mehta Rao Menon Joshi Kulkarni Banerjee Chatterjee Desai
    Bhat Kapoor Malhotra Pillai Verma Agarwal Mukherjee Chopra Saxena`),
};
const japanese: Culture = {
  givenNames:
    words(`Haruto Yui Sōta Aoi Ren Sakura Yūto Hina Kaito Mio Daiki Rin Kenta Misaki Shōhei Ayaka Takumi
    Nanami Ryō Chihiro`),
  surnames:
    words(`Satō Suzuki Takahashi Tanaka Itō Watanabe Yamamoto Nakamura Kobayashi Katō Yoshida Yamada Sasaki
    Matsumoto Inoue Kimura Hayashi Saitō Ōno Shimizu`),
};
const vietnamese: Culture = {
  givenNames: words(
    `Linh Minh Hương Tuấn Thảo Dũng Mai Hiếu Ngọc Quân Trang Đức Phương Bảo Lan Khánh Vy Sơn`,
  ),
  surnames: words(`Nguyễn Trần Lê Phạm Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh`),
};

/** A place of work, with everything of an address that people there share. */
export interface Office {
  readonly code: string;
  readonly city: string;
  readonly state: string;
  readonly country: string;
  readonly usageLocation: string;
  readonly postalCode: string;
  readonly streetAddress: string;
  readonly preferredLanguage: string;
  /** Country and area code, as phone numbers begin. */
  readonly phonePrefix: string;
  readonly mobilePrefix: string;
  readonly companyName: string;
  readonly culture: Culture;
}

const companyNames: Record<string, string> = {
  DE: 'Nordlicht GmbH',
  GB: 'Nordlicht Ltd',
  US: 'Nordlicht Inc.',
  IN: 'Nordlicht India Pvt. Ltd.',
};

/** The offices; the earlier, the more people work there. */
export const offices: readonly Office[] = [
  office(
    'HAM',
    'Hamburg',
    'Hamburg',
    'Germany',
    'DE',
    '20457',
    'Am Sandtorkai 12',
    'de-DE',
    '+49 40 555',
    '+49 1511',
    german,
  ),
  office(
    'MUC',
    'München',
    'Bayern',
    'Germany',
    'DE',
    '80331',
    'Sendlinger Straße 8',
    'de-DE',
    '+49 89 555',
    '+49 1522',
    german,
  ),
  office(
    'LON',
    'London',
    'England',
    'United Kingdom',
    'GB',
    'EC2A 4NE',
    '14 Curtain Road',
    'en-GB',
    '+44 20 7946',
    '+44 7700',
    english,
  ),
  office(
    'PAR',
    'Paris',
    'Île-de-France',
    'France',
    'FR',
    '75009',
    '21 rue La Fayette',
    'fr-FR',
    '+33 1 99 00',
    '+33 6 39',
    french,
  ),
  office(
    'BLR',
    'Bengaluru',
    'Karnataka',
    'India',
    'IN',
    '560001',
    '45 Residency Road',
    'en-IN',
    '+91 80 555',
    '+91 98450',
    indian,
  ),
  office(
    'WAW',
    'Warszawa',
    'Mazowieckie',
    'Poland',
    'PL',
    '00-838',
    'Prosta 51',
    'pl-PL',
    '+48 22 555',
    '+48 512',
    polish,
  ),
  office(
    'MAD',
    'Madrid',
    'Comunidad de Madrid',
    'Spain',
    'ES',
    '28013',
    'Gran Vía 32',
    'es-ES',
    '+34 91 555',
    '+34 612',
    spanish,
  ),
  office(
    'CHI',
    'Chicago',
    'Illinois',
    'United States',
    'US',
    '60606',
    '200 West Madison Street',
    'en-US',
    '+1 312 555',
    '+1 773 555',
    english,
  ),
  office(
    'MIL',
    'Milano',
    'Lombardia',
    'Italy',
    'IT',
    '20121',
    'Via Manzoni 9',
    'it-IT',
    '+39 02 5555',
    '+39 333',
    italian,
  ),
  office(
    'OSL',
    'Oslo',
    'Oslo',
    'Norway',
    'NO',
    '0150',
    'Dronning Eufemias gate 16',
    'nb-NO',
    '+47 22 55',
    '+47 91',
    nordic,
  ),
  office(
    'AMS',
    'Amsterdam',
    'Noord-Holland',
    'Netherlands',
    'NL',
    '1077 XX',
    'Strawinskylaan 3',
    'nl-NL',
    '+31 20 555',
    '+31 6',
    dutch,
  ),
  office(
    'IST',
    'İstanbul',
    'İstanbul',
    'Türkiye',
    'TR',
    '34394',
    'Büyükdere Caddesi 127',
    'tr-TR',
    '+90 212 555',
    '+90 532',
    turkish,
  ),
  office(
    'PRG',
    'Praha',
    'Hlavní město Praha',
    'Czechia',
    'CZ',
    '110 00',
    'Na Příkopě 33',
    'cs-CZ',
    '+420 255 555',
    '+420 601',
    czech,
  ),
  office(
    'LIS',
    'Lisboa',
    'Lisboa',
    'Portugal',
    'PT',
    '1250-096',
    'Avenida da Liberdade 110',
    'pt-PT',
    '+351 21 555',
    '+351 91',
    portuguese,
  ),
  office(
    'TYO',
    'Tōkyō',
    'Tōkyō',
    'Japan',
    'JP',
    '100-0005',
    'Marunouchi 2-4-1',
    'ja-JP',
    '+81 3 5555',
    '+81 90',
    japanese,
  ),
  office(
    'SGN',
    'Hồ Chí Minh',
    'Hồ Chí Minh',
    'Vietnam',
    'VN',
    '700000',
    '72 Lê Thánh Tôn',
    'vi-VN',
    '+84 28 5555',
    '+84 90',
    vietnamese,
  ),
];

export interface Department {
  readonly name: string;
  readonly employeeOrgData: { readonly costCenter: string; readonly division: string };
  /** From the most to the least senior. */
  readonly jobTitles: readonly string[];
}

export const departments: readonly Department[] = [
  department('Engineering', 'Technology', '4100', 'Director of Engineering', 'Software Engineer'),
  department('Information Technology', 'Technology', '4200', 'Head of IT', 'Systems Engineer'),
  department('Sales', 'Commercial', '5100', 'Director of Sales', 'Account Executive'),
  department('Finance', 'Administration', '6100', 'Finance Director', 'Accountant'),
  department('Human Resources', 'Administration', '6200', 'Head of People', 'HR Specialist'),
  department('Production', 'Operations', '7100', 'Plant Manager', 'Process Engineer'),
  department('Marketing', 'Commercial', '5200', 'Head of Marketing', 'Content Specialist'),
  department('Research', 'Technology', '4300', 'Head of Research', 'Research Scientist'),
  department('Logistics', 'Operations', '7200', 'Head of Logistics', 'Logistics Planner'),
  department('Customer Service', 'Commercial', '5300', 'Head of Customer Service', 'Service Agent'),
  department('Quality', 'Operations', '7300', 'Head of Quality', 'Quality Inspector'),
  department('Purchasing', 'Operations', '7400', 'Head of Purchasing', 'Buyer'),
  department('Legal', 'Administration', '6300', 'General Counsel', 'Legal Counsel'),
  department('Facilities', 'Administration', '6400', 'Head of Facilities', 'Facility Technician'),
  department('Security', 'Technology', '4400', 'Head of Security', 'Security Analyst'),
  department('Data & Analytics', 'Technology', '4500', 'Head of Data', 'Data Analyst'),
  department('Product Management', 'Technology', '4600', 'Head of Product', 'Product Manager'),
  department('Maintenance', 'Operations', '7500', 'Head of Maintenance', 'Maintenance Technician'),
  department(
    'Communications',
    'Administration',
    '6500',
    'Head of Communications',
    'Communications Specialist',
  ),
  department('Strategy', 'Administration', '6600', 'Head of Strategy', 'Strategy Analyst'),
];

export const chiefTitles = words(`Chief-Technology-Officer Chief-Information-Officer Chief-Sales-Officer
  Chief-Financial-Officer Chief-People-Officer Chief-Operating-Officer Chief-Marketing-Officer Chief-Scientist`).map(
  (title) => title.replaceAll('-', ' '),
);

/** Companies that guests and contacts come from: mail domain and name. */
export const partners: readonly { readonly domain: string; readonly name: string }[] = [
  { domain: 'fabrik.example', name: 'Fabrik AG' },
  { domain: 'kontor-partner.example', name: 'Kontor & Partner' },
  { domain: 'atelier-nord.example', name: 'Atelier Nord SARL' },
  { domain: 'fjordlogistikk.example', name: 'Fjord Logistikk AS' },
  { domain: 'brightwell.example', name: 'Brightwell Ltd' },
  { domain: 'sakuraseimitsu.example', name: 'Sakura Seimitsu KK' },
  { domain: 'tessile-moretti.example', name: 'Tessile Moretti SpA' },
  { domain: 'wislatech.example', name: 'Wisła Tech Sp. z o.o.' },
];

export const groupTopics =
  words(`Project Product Release Budget Audit Onboarding Training Travel Safety Roadmap Support
  Campaign Inventory Design Contract Tender Research Network Backup Reporting Planning Quality Access Vendor Migration
  Workshop Intranet Archive Testing Compliance`);

export const groupSubjects =
  words(`Aurora Basalt Cedar Delta Ember Fjord Granite Harbor Iris Juniper Kestrel Lagoon Maple
  Nimbus Onyx Pine Quartz Raven Sierra Tundra Umber Violet Willow Xenon Yarrow Zephyr Amber Birch Coral Dune Falcon
  Glacier Heron Indigo Jade Lynx Meadow Nova Opal Pebble`);

export const securityUses =
  words(`VPN WiFi Printing FileShare RemoteDesktop CRM ERP Wiki Tickets Build Database Badge
  Scanner Portal Reporting Backup Telephony Camera Payroll Warehouse`);

export const applicationNames: readonly string[] = [
  'HR Sync',
  'Expense Portal',
  'Ticket Desk',
  'Warehouse Scanner',
  'Build Server',
  'Customer Portal',
  'Travel Planner',
  'Document Archive',
  'Badge Printer',
  'Shift Planner',
  'Wiki',
  'Data Lake',
  'Contract Store',
  'Phone Book',
  'Plant Monitor',
  'Invoice Reader',
];

export interface DeviceModel {
  readonly prefix: string;
  readonly operatingSystem: string;
  readonly versions: readonly string[];
  readonly manufacturer: string;
  readonly models: readonly string[];
}

export const deviceModels: readonly DeviceModel[] = [
  {
    prefix: 'LT',
    operatingSystem: 'Windows',
    versions: ['10.0.26100.2033', '10.0.22631.4317', '10.0.19045.5011'],
    manufacturer: 'LENOVO',
    models: ['ThinkPad T14 Gen 5', 'ThinkPad X1 Carbon Gen 12'],
  },
  {
    prefix: 'PC',
    operatingSystem: 'Windows',
    versions: ['10.0.26100.2033', '10.0.22631.4317'],
    manufacturer: 'Dell Inc.',
    models: ['OptiPlex 7020', 'Precision 3680'],
  },
  {
    prefix: 'PH',
    operatingSystem: 'iOS',
    versions: ['18.1', '17.7.1'],
    manufacturer: 'Apple',
    models: ['iPhone 15', 'iPhone SE'],
  },
  {
    prefix: 'AN',
    operatingSystem: 'Android',
    versions: ['15', '14'],
    manufacturer: 'samsung',
    models: ['SM-S921B', 'SM-A556B'],
  },
  {
    prefix: 'MB',
    operatingSystem: 'MacMDM',
    versions: ['15.1', '14.7'],
    manufacturer: 'Apple',
    models: ['MacBook Air', 'MacBook Pro'],
  },
];

const outsideLatin: Record<string, string> = {
  ß: 'ss',
  ø: 'o',
  Ø: 'O',
  ł: 'l',
  Ł: 'L',
  æ: 'ae',
  đ: 'd',
  Đ: 'D',
  ı: 'i',
};

/** A name as it appears in addresses: letters and digits of ASCII only, in lower case. */
export function toAddressPart(name: string): string {
  return name
    .replace(/[ßøØłŁæđĐı]/g, (letter) => outsideLatin[letter] ?? '')
    .normalize('NFD')
    .replace(/[^A-Za-z0-9-]/g, '')
    .toLowerCase();
}

function office(
  code: string,
  city: string,
  state: string,
  country: string,
  usageLocation: string,
  postalCode: string,
  streetAddress: string,
  preferredLanguage: string,
  phonePrefix: string,
  mobilePrefix: string,
  culture: Culture,
): Office {
  const companyName = companyNames[usageLocation] ?? 'Nordlicht International B.V.';
  return {
    code,
    city,
    state,
    country,
    usageLocation,
    postalCode,
    streetAddress,
    preferredLanguage,
    phonePrefix,
    mobilePrefix,
    companyName,
    culture,
  };
}

function department(
  name: string,
  division: string,
  costCenter: string,
  head: string,
  role: string,
): Department {
  return {
    name,
    employeeOrgData: Object.freeze({ costCenter, division }),
    jobTitles: [head, `Lead ${role}`, `Senior ${role}`, role],
  };
}
