import type { AttackResult, AuditResult } from '../../../audit-core/audit/result';
import { boundOf, figure, headlineOf, percent, range, sentence } from '../../../audit-core/report/words';
import type { AuditFinding } from '../host';

/** What an audit found, as diagnostics for the lines that save or load the model. */
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
  return [...contradicted(result), ...exposed(result)];
}

function exposed(result: AuditResult): AuditFinding[] {
  const attack = headlineOf(result);
  const leaking = result.attacks.filter(({ auc }) => auc.low > 0.5);
  const shown = leaking.find(one => one.name === attack?.name) ?? leaking[0];
  if (!shown) return [];
  const by = result.people ? ' by person' : '';
  const bound = boundOf(result, 'record');
  const certified =
    bound && bound.value > 0 ? ` ε ≥ ${figure(bound.value)} is certified by this attack (δ = ${bound.delta}).` : '';
  return [
    {
      rule: 'AUD001',
      severity: 'warning',
      message:
        `Members are told from non-members: AUC ${figure(shown.auc.value)} (95 % CI ${range(shown.auc)}${by})${tprOf(shown)}.` +
        `${certified} Train with differential privacy or for fewer epochs, then audit again.`,
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

/** One sentence for the message after an audit. */
export const auditSummary = (result: AuditResult): string =>
  result.gate.passed ? sentence(result) : (auditFindings(result)[0]?.message ?? sentence(result));
