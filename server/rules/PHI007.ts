import type { ExportEvent, LogEvent, MarkEvent } from '../facts/events';
import { finding, here, way, weakest } from './evidence';
import type { Finding } from './finding';
import type { Rule, RuleContext } from './rule';

export const PHI007: Rule = {
  id: 'PHI007',
  name: 'dicom-identifiers',
  summary: 'Identifying DICOM attributes are used, kept or saved on.',
  severity: 'warning',
  check: context => [
    ...here(context.of('mark')).flatMap(mark => read(mark)),
    ...here(context.of('log')).flatMap(shown),
    ...here(context.of('export')).flatMap(event => savedOn(context, event)),
  ],
};

/** Names, numbers and addresses are a finding; dates, sites, unique ids and free text, which many pipelines need, are possible. */
function read(mark: MarkEvent): Finding[] {
  if (mark.mark !== 'dicom:identifier' && mark.mark !== 'dicom:listed') return [];
  const name = mark.api.slice(mark.api.lastIndexOf('.') + 1);
  const direct = mark.mark === 'dicom:identifier';
  return [
    finding(PHI007, mark, {
      tier: weakest(mark.tier, direct ? 'likely' : 'possible'),
      severity: direct ? 'warning' : 'information',
      message:
        `The DICOM attribute \`${name}\` is read, which ${direct ? 'identifies the patient or the examination' : 'helps to identify the patient'}. ` +
        'PS3.15 lists it among those to remove before an image leaves the clinic. ' +
        'Read only pixels and geometry, or de-identify the files first.',
      related: way(mark.values[0] ?? null),
    }),
  ];
}

const isDataset = (types: readonly string[]): boolean => types.includes('pydicom.Dataset');

/** A printed data set is its whole header. */
function shown(event: LogEvent): Finding[] {
  const value = event.values.find(each => each.strength === 'same' && isDataset(each.types) && each.sources.length > 0);
  if (!value) return [];
  return [
    finding(PHI007, event, {
      tier: weakest(event.tier, 'likely'),
      message:
        'The whole DICOM header is shown: name, birth date and record number of the patient stand in it. ' +
        'Output, logs and notebooks go where the images may not. Print single attributes that identify nobody (`Modality`, `Rows`).',
      related: way(value),
    }),
  ];
}

/** A file that was read is written again: what was cleaned of it on the way, and what was not. */
function savedOn(context: RuleContext, event: ExportEvent): Finding[] {
  const value = event.values.find(each => isDataset(each.types) && each.sources.length > 0);
  if (!value) return [];
  const done = new Set(context.of('mark').map(mark => mark.mark));
  if (done.has('dicom:deidentified')) return [];
  if (done.has('dicom:cleaned') && done.has('dicom:private-removed') && done.has('dicom:burned-in-checked')) return [];
  const left = done.has('dicom:cleaned')
    ? done.has('dicom:private-removed')
      ? {
          what: 'Some DICOM tags are cleaned, but text burned into the pixels is not looked for',
          tier: 'possible' as const,
        }
      : { what: 'Some DICOM tags are cleaned, but private tags and burned-in text go on', tier: 'likely' as const }
    : {
        what: 'The DICOM file is written on with the identifying attributes that it was read with',
        tier: 'likely' as const,
      };
  return [
    finding(PHI007, event, {
      tier: weakest(event.tier, left.tier),
      message:
        `${left.what}. Names often stand in private tags, and in the pixels of ultrasound and secondary captures. ` +
        'Clean by the PS3.15 profile (`dicomanonymizer`, `deid`), call `remove_private_tags()` and check `BurnedInAnnotation`.',
      related: way(value),
    }),
  ];
}
