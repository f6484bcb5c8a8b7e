import type { AttackResult, AuditResult } from '../../audit-core/audit/result';
import { toldApart } from '../../audit-core/audit/told';
import {
  area,
  attackNames,
  boundOf,
  exposedWords,
  figure,
  inSentence,
  percent,
  range,
  thousands,
} from '../../audit-core/report/words';

/** What an audit found, without a place: it belongs to every line that saves or loads the model. */
export interface AuditFinding {
  readonly rule: 'AUD001' | 'AUD002' | 'AUD003' | 'AUD004' | 'AUD005';
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
}

/** The findings of an audit, most severe first. A failed gate is told as information: no figure says anything then. */
export function auditFindings(result: AuditResult): AuditFinding[] {
  if (!result.gate.passed) {
    const failed = result.gate.checks.filter(({ passed }) => !passed).map(({ message }) => message);
    return [
      {
        rule: 'AUD001',
        severity: 'information',
        message: `The audit stopped at its gate: ${failed.join(' ')} Figures would say nothing about leakage.`,
      },
    ];
  }
  return [...contradicted(result), ...exposed(result), ...people(result), ...groups(result)];
}

function exposed(result: AuditResult): AuditFinding[] {
  const shown = toldApart(result);
  if (!shown) return [];
  const bounds = [...(result.people ? [boundOf(result, 'person')] : []), boundOf(result, 'record')].filter(
    bound => bound !== null && bound !== undefined && bound.value > 0,
  );
  const [first] = bounds;
  const certified = first
    ? ` ${bounds.map(bound => `ε ≥ ${figure(bound!.value)} per ${bound!.level}`).join(' and ')} ${bounds.length > 1 ? 'are' : 'is'} certified by this attack (δ = ${figure(first.delta)}).`
    : '';
  return [
    {
      rule: 'AUD001',
      severity: 'warning',
      message:
        `Members are told from non-members: AUC ${area(shown.auc.value)} (95 % CI ${range(shown.auc)}${result.people ? ' by person' : ''})${tprOf(shown)}` +
        `; ${meansOf(result, shown)}.${certified} Train with differential privacy or for fewer epochs, then audit again.`,
    },
  ];
}

/** By what a figure was reached: attack, references, records and people. */
function meansOf(result: AuditResult, attack: AttackResult | null): string {
  const references = result.references ?? 0;
  const models =
    references === 0
      ? 'one checkpoint, no references'
      : `${references} reference ${references === 1 ? 'model' : 'models'}`;
  const records = thousands(result.records.members + result.records.nonMembers);
  const who = result.people
    ? `${records} records of ${thousands(result.people.members + result.people.nonMembers)} people`
    : `${records} records`;
  const by = attack ? `${nameOf(attack)}, ` : '';
  return `${by}${models}, ${who}`;
}

function people(result: AuditResult): AuditFinding[] {
  const { exposure } = result;
  if (!exposure || exposure.named === 0) return [];
  const reached = exposure.survival.find(({ threshold }) => threshold === 0.9);
  const tail = reached
    ? ` ${thousands(reached.people)} reach a record AUC of 0.9; chance gives ${figure(reached.null)}.`
    : '';
  return [
    {
      rule: 'AUD002',
      severity: 'warning',
      message: `${exposedWords(result, exposure.named)} beyond chance (${meansOf(result, null)}, Benjamini–Hochberg 5 %).${tail} An average hides them: train with differential privacy per person.`,
    },
  ];
}

function groups(result: AuditResult): AuditFinding[] {
  const found = result.groups.filter(({ q, effect }) => q !== null && q <= 0.05 && (effect ?? 0) > 1);
  if (found.length === 0) return [];
  const listed = found
    .slice(0, 3)
    .map(({ attribute, level, effect, q }) => `${attribute} = ${level} (×${figure(effect ?? 0)}, q ${rarely(q ?? 1)})`);
  const more = found.length > 3 ? ` and ${found.length - 3} more` : '';
  return [
    {
      rule: 'AUD003',
      severity: 'warning',
      message: `Over-represented among the most exposed people: ${listed.join(', ')}${more}. The model protects the majority and exposes the rest.`,
    },
  ];
}

function contradicted(result: AuditResult): AuditFinding[] {
  const claim = result.claimedEpsilon;
  if (result.contradicted !== true || !claim) return [];
  const bound = boundOf(result, claim.personValue === null ? 'record' : 'person') ?? boundOf(result, 'record');
  const unit = bound?.level === 'person' ? 'per person' : 'per record';
  const limit = bound?.level === 'person' && claim.personValue !== null ? claim.personValue : claim.value;
  return [
    {
      rule: 'AUD004',
      severity: 'error',
      message:
        `The claimed ε does not hold: ε ≥ ${bound ? figure(bound.value) : 'more'} ${unit} is certified, and the claim of ` +
        `${figure(claim.value)} (${claim.origin}) allows ${figure(limit)}. The mechanism is not effective: check which optimizer steps.`,
    },
  ];
}

const tprOf = ({ tpr }: AttackResult): string => {
  const point = [...tpr].sort((a, b) => a.fpr - b.fpr)[0];
  return point ? `, TPR ${percent(point.tpr)} at FPR ${percent(point.fpr)}` : '';
};

/** The attack within a sentence: abbreviations keep their letters. */
const nameOf = ({ name }: AttackResult): string => inSentence(attackNames[name] ?? name);

/** A probability, or that it is very small. */
const rarely = (q: number): string => (q < 0.001 ? '< 0.001' : `= ${figure(q)}`);
