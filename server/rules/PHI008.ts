import { mentions } from '../facts';
import type { ExportEvent, LoadEvent, TrainEvent } from '../facts/events';
import type { Evidence } from '../facts/values';
import { finding, here, way, weakest } from './evidence';
import type { Rule, RuleContext } from './rule';

/** Formats that hold whole volumes, from which a face can be rendered; single pictures cannot. */
const volumes = new Set(['dicom', 'NIfTI', 'medical image']);
/** Words of a file that say which part of the body it works on. */
const head =
  /brain|intracranial|cranial|neuro(?:imaging|degener|rad)|alzheimer|\bt1w\b|\bflair\b|mprage|hippocamp|glioma|glioblastoma|head[-_ ]?(?:ct|mr|scan)/i;
/** Other parts of the body. */
const otherParts = /cardiac|\bacdc\b|synapse|abdom|liver|kidney|lung|prostate|spleen|chest|breast|knee|spine/i;
/** Faces are gone: tools that strip or deface, and sets that come so. */
const stripped =
  /skull[-_ ]?strip|defac|hd[-_ ]?bet|\bbet\b|synthstrip|brain[-_ ]?extract|brain[-_ ]?mask|robex|deepbet|antspynet|freesurfer|brainmask|brats|\bixi\b|oasis/i;

export const PHI008: Rule = {
  id: 'PHI008',
  name: 'undefaced-head',
  summary: 'Head volumes reach training or export with no defacing in sight.',
  severity: 'warning',
  check: context => {
    const read = new Map(
      context
        .of('load')
        .filter(load => volumes.has(load.format) && load.source.people !== 'public')
        .map(load => [load.source.id, load]),
    );
    if (read.size === 0) return [];
    const text = context.text.slice(0, 200_000);
    const names = [...read.values()].flatMap(load => load.source.name ?? []).join('\n');
    if (stripped.test(context.run.path) || mentions(text, stripped)) return [];
    // The folder's name counts for what comes from the scanner only: other volumes were mostly prepared before.
    const scanned = [...read.values()].some(load => load.format === 'dicom') && !mentions(text, otherParts);
    if (!mentions(text, head) && !head.test(names) && !(scanned && head.test(context.run.path))) return [];
    const event = goesOn(context, read);
    if (!event) return [];
    const value = event.kind === 'export' ? event.values.find(each => from(each, read)) : event.data;
    // The volume is where a reader looks; what it reaches is told beside it.
    const load = here(context.of('load')).find(each => value && from(value, new Map([[each.source.id, each]])));
    return [
      finding(PHI008, load ?? event, {
        tier: weakest(event.tier, 'likely'),
        message:
          `Volumes of heads ${event.kind === 'export' ? 'are written out' : 'reach training'} without defacing or skull stripping. ` +
          'A face can be rendered from a head MR or CT and matched to photographs (Schwarz et al., NEJM 2019: 83 % of 84 people). ' +
          'Deface (`pydeface`) or strip the skull (`HD-BET`, SynthStrip) before training or export.',
        related: [
          ...way(value ?? null),
          { span: event.span, message: event.kind === 'export' ? 'written out here' : 'trained on here' },
        ],
      }),
    ];
  },
};

const from = (value: Evidence, read: ReadonlyMap<number, LoadEvent>): boolean =>
  value.strength !== 'aggregate' && value.sources.some(source => read.has(source.id));

/** The first export or training that such volumes reach. */
function goesOn(context: RuleContext, read: ReadonlyMap<number, LoadEvent>): ExportEvent | TrainEvent | null {
  const exported = here(context.of('export')).find(event => event.values.some(value => from(value, read)));
  return exported ?? here(context.of('train')).find(event => event.data !== null && from(event.data, read)) ?? null;
}
