import type { AuditResult } from '../audit/result';
import { toldApart } from '../audit/told';
import { figure, headlineOf, limitsOf, outOf100, plainWords, type Subject, strongest, thousands } from './words';

/** One question of a reader who knows no statistics, with its answer in whole sentences. */
export interface PlainAnswer {
  readonly question: string;
  /** Paragraphs; lines that belong to one list where `list` is set. */
  readonly answer: readonly string[];
  readonly list?: boolean;
}

/** The first page of a report, for whoever answers for the data: what was asked, found, how sure it is, what to do, what is left open. */
export function plainPage(result: AuditResult, subject: Subject): PlainAnswer[] {
  return [
    { question: 'What was asked?', answer: [asked(result, subject)] },
    { question: 'What was found?', answer: [plainWords(result)] },
    { question: 'How sure is that?', answer: sure(result) },
    { question: 'Who is affected?', answer: affected(result) },
    { question: 'Does the model keep its privacy promise?', answer: [promise(result)] },
    { question: 'What should be done?', answer: advice(result), list: true },
    { question: 'What was not looked at?', answer: limitsOf(result), list: true },
  ];
}

const asked = ({ people }: AuditResult, { name }: Subject): string =>
  `Whether somebody who holds the model ${name}, or who can put questions to it, can find out whose data it was trained with. ${
    people
      ? 'For data about patients that alone can give away a diagnosis.'
      : 'Where the data are about people, that alone can give away something private.'
  }`;

function sure(result: AuditResult): string[] {
  const headline = headlineOf(result);
  const failed = result.gate.checks.filter(({ passed }) => !passed);
  const fair =
    failed.length === 0
      ? `The comparison is fair as far as ${result.gate.checks.length} checks can tell: trained and untrained ${result.people ? 'people' : 'records'} do not differ in other ways.`
      : `${failed.length} of ${result.gate.checks.length} checks failed: the two sides differ in ways that have nothing to do with the model.`;
  if (!headline) return [fair];
  // The attack that the paragraph before speaks of.
  const shown = toldApart(result) ? (strongest(result, result.people ? 'person' : 'record') ?? headline) : headline;
  const ends = [Math.floor(100 * shown.auc.low), Math.ceil(100 * shown.auc.high)];
  const noun = result.people ? 'people' : 'records';
  return [
    `With other ${noun} of the same kind the attacker would be right between ${ends[0]} and ${ends[1]} times out of 100 (95 % confidence, for ${shown.join === null ? 'a single record' : 'all records of a person together'}).`,
    fair,
  ];
}

function affected(result: AuditResult): string[] {
  const { exposure, people, groups } = result;
  if (headlineOf(result) === undefined) return ['Nothing can be said behind a failed check.'];
  if (!exposure)
    return [
      'On average, everybody whose data were used. Single people cannot be told from one model: an average hides that a few may be exposed almost surely. Reference models show them (epsilint audit --shadows).',
    ];
  const noun = people ? 'people' : 'records';
  const over = groups.filter(({ q, effect }) => q !== null && q <= 0.05 && (effect ?? 0) > 1);
  const listed = over.map(
    ({ attribute, level, effect }) => `${attribute} = ${level} (${figure(effect ?? 0)} times as often as expected)`,
  );
  return [
    `${thousands(exposure.named)} of ${thousands(people ? people.members + people.nonMembers : result.records.members + result.records.nonMembers)} ${noun} are exposed more than chance explains. Who they are is written only to a private list, on request.`,
    ...(listed.length > 0 ? [`Found among the most exposed more often than expected: ${listed.join(', ')}.`] : []),
  ];
}

function promise(result: AuditResult): string {
  const claim = result.claimedEpsilon;
  if (!claim) return 'The training code makes no promise of differential privacy, so there is none to keep.';
  const said = `The training code promises differential privacy with ε = ${figure(claim.value)} per ${claim.unit}`;
  const people =
    claim.unit === 'record' && (result.people?.maxRecords ?? 1) > 1
      ? claim.personValue === null
        ? `, which promises nothing to a person with ${result.people!.maxRecords} records`
        : `, which means ε = ${figure(claim.personValue)} for a person with ${result.people!.maxRecords} records`
      : '';
  if (result.contradicted === true)
    return `No. ${said}${people}; the attack proves more leakage than that allows. The protection does not work.`;
  if (result.contradicted === null) return `${said}${people}. It could not be tested.`;
  return `${said}${people}. This attack does not contradict it; that is no proof that it holds.`;
}

function advice(result: AuditResult): string[] {
  if (!result.gate.passed)
    return [
      'Compare with people who were drawn like the trained ones and left out by chance, then audit again.',
      'Do not quote any figure of this audit.',
    ];
  if (result.contradicted === true)
    return [
      'Withdraw the privacy statement and do not release the model under it.',
      'Let the training code be mended (the findings name the line), train again, audit again.',
    ];
  if (!toldApart(result) && (result.exposure?.named ?? 0) > 0)
    return [
      'Treat the model as personal data of those who are exposed, although the average shows nothing.',
      'Look at who they are (--exposed-ids writes a private list): wrong labels, copies and rare cases are learned by heart.',
      'Train with differential privacy per person, or without them, and audit again.',
    ];
  if (!toldApart(result))
    return [
      'Keep this report with the model’s documentation; audit again whenever script, data or model change.',
      ...(result.exposure ? [] : ['Before a release, look for single exposed people with reference models.']),
    ];
  const best = strongest(result, result.people ? 'person' : 'record');
  return [
    'Treat the model as personal data: whoever gets it, gets information about the people in it.',
    'Do not hand out its confidences, nor its weights, beyond those who may see the data.',
    `Train with differential privacy per person, or for fewer epochs, and audit again${best ? ` (today ${outOf100(best.auc.value)} of 100)` : ''}.`,
    'Put the finding into the data protection impact assessment.',
  ];
}
