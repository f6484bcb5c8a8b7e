import { finding, here, way, weakest } from './evidence';
import type { Rule } from './rule';

export const PHI007: Rule = {
  id: 'PHI007',
  name: 'dicom-identifiers',
  summary: 'Identifying DICOM attributes are used, kept or saved on.',
  severity: 'warning',
  check: context =>
    here(context.of('mark')).flatMap(mark => {
      if (mark.mark === 'dicom:identifier')
        return [
          finding(PHI007, mark, {
            tier: weakest(mark.tier, 'certain'),
            message:
              'An identifying DICOM attribute is read. ' +
              'PS3.15 lists it among those to remove before an image leaves the clinic; here it goes on with the pixels. ' +
              'Read only the pixels and geometry, or de-identify the files first.',
            related: way(mark.values[0] ?? null),
          }),
        ];
      if (mark.mark === 'dicom:partly-cleaned')
        return [
          finding(PHI007, mark, {
            tier: weakest(mark.tier, 'likely'),
            message:
              'Some DICOM tags are cleaned, but private tags or burned-in text go on. ' +
              'Names are often in private tags, and in the pixels of ultrasound and secondary captures. ' +
              'Call `remove_private_tags()` and check `BurnedInAnnotation`.',
          }),
        ];
      return [];
    }),
};
