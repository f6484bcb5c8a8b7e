/**
 * Column names that tell of people: HIPAA Safe Harbor's eighteen (45 CFR 164.514(b)(2)), the keys of MIMIC, eICU, OMOP,
 * FHIR, UK Biobank, PTB-XL, ISIC, ADNI and TCGA, and DICOM PS3.15 table E.1-1. Names are split into tokens and matched
 * as whole token sequences, never as substrings: `mean_age` has an age, `num_uncertainty` has no certificate.
 */
export type ColumnClass = 'identifier' | 'subject-key' | 'quasi-identifier' | 'protected';

/** `PatientID`, `patient-id`, `patient_id2` → `['patient', 'id']`, digits dropped. */
export function tokensOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z#]+/)
    .filter(token => token !== '');
}

/** Words that make "x of a name" out of a name: `patient_name_length` is a length. */
const denying = new Set(
  'count counts num number_of length len type types kind dtype idx index col cols column columns field fields flag flags format path paths file files filename dir folder mean avg average std sum min max median loss acc accuracy score rate ratio bins bin group groups hash hashed md5 sha embedding embeddings model layer tokenizer encoder dataset template config class regex pattern mask masked redacted anonymized anonymised pseudonym missing'.split(
    ' ',
  ),
);
/** Prefixes and suffixes that pipelines add. */
const affixes = new Set('raw clean cleaned new old src orig original x y left right the my df'.split(' '));
const people =
  'patient pt subject person participant client customer applicant member individual insured insuree user employee owner resident';

const sequences = (text: string): readonly (readonly string[])[] =>
  text
    .trim()
    .split(/\s*,\s*/)
    .map(words => words.split(/\s+/));

const withPerson = (words: string): string =>
  people
    .split(' ')
    .map(who => `${who} ${words}`)
    .join(', ');

const direct = sequences(
  `first name, last name, middle name, given name, given names, family name, maiden name, surname, sur name, full name, fullname,
  firstname, lastname, ${withPerson('name')}, ${withPerson('names')}, ${withPerson('fullname')}, patients name, name of patient, doctor name, physician name, nurse name, mother name, mothers name, father name, next of kin,
  mrn, emrn, empi, medical record, medical record number, medical record no, medical record num, hospital number, hospital no, chart number, chart no, nhs number, nhs no, nhsnumber, chi number, health card number, hicn, mbi,
  ssn, social security, social security number, social security no, sin number, nino, national insurance number, national id, national identifier, passport, passport number, passport no, aadhaar, aadhar number, driver license, drivers license, driving licence,
  phone, phone number, phone no, telephone, telephone number, mobile number, mobile phone, cell phone, contact number, contact no, fax, fax number,
  ${withPerson('phone')}, ${withPerson('phone number')}, ${withPerson('ssn')}, ${withPerson('mrn')}, ${withPerson('first name')}, ${withPerson('last name')}, ${withPerson('full name')},
  email, e mail, email address, ${withPerson('email')}, mail address,
  street, street address, home address, address, mailing address, postal address, ${withPerson('address')}, incident address, address line, insurance number, insurance no, policy holder, member number, beneficiary id, subscriber id, medicare id, medicaid id, health plan id,
  iban, account number, account no, card number, credit card number, license number, licence number, npi, dea number, vin, license plate, number plate,
  device serial number, imei, implant id, ip address, mac address, fingerprint, voiceprint, person source value,
  accession number, other patient ids, other patient names, referring physician name, patient birth name, patient address, patient telephone numbers, performing physician name, operators name, institution address, issuer of patient id`,
);
const keys = sequences(
  `${withPerson('id')}, ${withPerson('ids')}, ${withPerson('key')}, ${withPerson('number')}, ${withPerson('no')}, ${withPerson('num')}, ${withPerson('identifier')}, ${withPerson('uid')}, patientid, patientids, subjectid, personid, patient code, patient barcode, patient nbr, patient,
  hadm id, icustay id, stay id, encounter id, encounter, visit id, visit occurrence id, admission id, hospital stay id, uniquepid, patientunitstayid, patienthealthsystemstayid,
  eid, ptid, rid, pid, case id, submitter id, bcr patient barcode, ecg id, lesion id, brats subject id, sk id curr, policy number, claim id, policy id`,
);
const quasi = sequences(
  `dob, ${withPerson('dob')}, birth date, birthdate, date of birth, birth day, birth datetime, birth dt, patient birth date, year of birth, month of birth, day of birth, birth year, dod, date of death, death date, death time, deathtime, dod hosp, dod ssn,
  zip, zip code, zipcode, postal code, postcode, post code, insured zip, city, county, precinct, latitude, longitude, lat, lng, census tract, fips, incident city, incident location, neighbourhood, neighborhood,
  age, anchor age, patient age, admittime, dischtime, admit time, admission date, admit date, discharge date, visit date, encounter date, study date, service date, edregtime, edouttime, intime, outtime, appointment day, scheduled day`,
);
const protectedAttributes = sequences(
  `race, ethnicity, ethnic group, sex, gender, patient sex, religion, marital status, language, insurance, nationality, disability, sexual orientation, race concept id, ethnicity concept id, gender concept id, ptgender, ptraccat, ptethcat, code gender, foreign worker`,
);

const tables: readonly (readonly [ColumnClass, ReadonlySet<string>])[] = [
  ['subject-key', new Set(keys.map(words => words.join(' ')))],
  ['identifier', new Set(direct.map(words => words.join(' ')))],
  ['quasi-identifier', new Set(quasi.map(words => words.join(' ')))],
  ['protected', new Set(protectedAttributes.map(words => words.join(' ')))],
];

const cache = new Map<string, ColumnClass | null>();

/** What a column of that name holds; null where the name says nothing of people. */
export function classifyColumn(name: string): ColumnClass | null {
  if (name.length > 60) return null;
  const known = cache.get(name);
  if (known !== undefined) return known;
  if (cache.size > 20_000) cache.clear();
  const found = classify(tokensOf(name));
  cache.set(name, found);
  return found;
}

function classify(all: readonly string[]): ColumnClass | null {
  let tokens = [...all];
  while (tokens.length > 1 && affixes.has(tokens[0]!)) tokens = tokens.slice(1);
  while (tokens.length > 1 && affixes.has(tokens.at(-1)!)) tokens = tokens.slice(0, -1);
  const joined = tokens.join(' ');
  for (const [kind, table] of tables) if (table.has(joined)) return kind;
  if (tokens.some(token => denying.has(token))) return null;
  // `primary_patient_id`, `discharge_patient_name`: the end of a name is its head noun.
  for (let from = 1; from <= tokens.length - 2; from++) {
    const tail = tokens.slice(from).join(' ');
    for (const [kind, table] of tables.slice(0, 2)) if (table.has(tail)) return kind;
  }
  return null;
}

/** A lone `name` or `id` says nothing by itself; beside direct identifiers (`first_name, ssn, name`) it is one. */
export function classifyColumns(names: readonly string[]): ReadonlyMap<string, ColumnClass> {
  const found = new Map<string, ColumnClass>();
  for (const name of names) {
    const kind = classifyColumn(name);
    if (kind) found.set(name, kind);
  }
  const company = [...found.values()].some(kind => kind === 'identifier' || kind === 'subject-key');
  if (company) for (const name of names) if (/^name$/i.test(name.trim())) found.set(name, 'identifier');
  return found;
}

/** Those whose records are kept, as parts of names; `user` and `customer` may be anybody. */
const whose = new Set('patient participant insured insuree beneficiary'.split(' '));
/** Numbers that only a person has, and only records of people hold. */
const personal =
  /^(?:e?mrn|empi|ssn|nino|aadhaa?r|hicn|mbi|(?:social security|medical record|nhs|medicare|medicaid|health card|national insurance)(?: (?:number|no|id))?)$/;

/** Whether a name says by itself both whose a value is and what: `patientName`, `participant_email`, `ssn`. */
export function saysWhose(name: string): boolean {
  const kind = classifyColumn(name);
  if (kind !== 'identifier' && kind !== 'subject-key') return false;
  const tokens = tokensOf(name);
  return tokens.some(token => whose.has(token)) || personal.test(tokens.join(' '));
}

const holders = new Set(people.split(' '));

/** Whether a table holds one person a row (`patients`, `Patient`): what it calls `name` is a person's. */
export const isTableOfPeople = (table: string): boolean => {
  const last = tokensOf(table).at(-1);
  return last !== undefined && (holders.has(last) || (last.endsWith('s') && holders.has(last.slice(0, -1))));
};

/** Whether a key tells people apart, and not stays, visits, orders or applications. */
export const isPersonKey = (name: string): boolean =>
  /patient|subject|person|participant|client|customer|member|^eid$|ptid|^rid$|uniquepid/i.test(name);

/** Keys under which one person mostly has several records; a customer or an application mostly has one row. */
export const isRepeatedKey = (name: string): boolean =>
  /patient|subject|person|participant|lesion|^eid$|ptid|^rid$|uniquepid/i.test(name);

/** Tokens whose ids name a class, a place or a run, and not one record. */
const groups = new Set(
  'class label category cluster group fold site hospital clinic center centre department ward unit provider store product item country region cohort batch epoch run experiment model client shop type code'.split(
    ' ',
  ),
);

/** Whether a column names single records, such as images, studies or stays: what is grouped by it is still per record. */
export function isRecordKey(name: string): boolean {
  const tokens = tokensOf(name);
  if (tokens.length === 0 || tokens.length > 4 || tokens.some(token => groups.has(token))) return false;
  return /^(?:ids?|uid|path|file|files|filename|filepath|image|images|img|scan|exam|study|accession|record|key)$/.test(
    tokens.at(-1)!,
  );
}

/** The column that tells people apart where none is named: the first that the configuration declares, else the first known by its name. */
export const personColumn = (names: readonly string[], subjects: readonly string[]): string | null =>
  subjects.find(name => names.includes(name)) ?? names.find(name => classifyColumn(name) === 'subject-key') ?? null;
