import { DP001 } from './DP001';
import { DP002 } from './DP002';
import { DP003 } from './DP003';
import { DP004 } from './DP004';
import { DP005 } from './DP005';
import { DP006 } from './DP006';
import { DP007 } from './DP007';
import { DP008 } from './DP008';
import { DP009 } from './DP009';
import { DP010 } from './DP010';
import { DP011 } from './DP011';
import { GOV001 } from './GOV001';
import { GOV002 } from './GOV002';
import { GOV003 } from './GOV003';
import { LEAK001 } from './LEAK001';
import { LEAK002 } from './LEAK002';
import { LEAK003 } from './LEAK003';
import { LEAK004 } from './LEAK004';
import { LEAK005 } from './LEAK005';
import { LEAK006 } from './LEAK006';
import { LEAK007 } from './LEAK007';
import { LEAK008 } from './LEAK008';
import { LEAK009 } from './LEAK009';
import { LEAK010 } from './LEAK010';
import { MEM001 } from './MEM001';
import { MEM002 } from './MEM002';
import { MEM003 } from './MEM003';
import { MEM004 } from './MEM004';
import { MEM005 } from './MEM005';
import { PHI001 } from './PHI001';
import { PHI002 } from './PHI002';
import { PHI003 } from './PHI003';
import { PHI004 } from './PHI004';
import { PHI005 } from './PHI005';
import { PHI006 } from './PHI006';
import { PHI007 } from './PHI007';
import { PHI008 } from './PHI008';
import { PHI009 } from './PHI009';
import { PHI010 } from './PHI010';
import type { Rule } from './rule';

export { check, defaultSettings, makeContext, type RuleInput } from './context';
export type { Finding, Fix, RelatedPlace, Severity } from './finding';
export type { AuditState, BudgetFigure, Rule, RuleContext, RuleSettings, StoredOutput } from './rule';

/** Every rule that reads a module's events. AUD findings come from audits, EPS findings from the linter itself. */
export const rules: readonly Rule[] = [
  DP001,
  DP002,
  DP003,
  DP004,
  DP005,
  DP006,
  DP007,
  DP008,
  DP009,
  DP010,
  DP011,
  LEAK001,
  LEAK002,
  LEAK003,
  LEAK004,
  LEAK005,
  LEAK006,
  LEAK007,
  LEAK008,
  LEAK009,
  LEAK010,
  PHI001,
  PHI002,
  PHI003,
  PHI004,
  PHI005,
  PHI006,
  PHI007,
  PHI008,
  PHI009,
  PHI010,
  MEM001,
  MEM002,
  MEM003,
  MEM004,
  MEM005,
  GOV001,
  GOV002,
  GOV003,
];

/** Rules without a check of their own: what the linter says of itself, and what audits find. Same ids, same pages. */
export const otherRules: readonly Omit<Rule, 'check'>[] = [
  {
    id: 'AUD001',
    name: 'members-exposed',
    summary: 'An audit told members of the training data from others.',
    severity: 'warning',
  },
  {
    id: 'AUD002',
    name: 'people-exposed',
    summary: 'An audit found people whose membership is told almost surely.',
    severity: 'warning',
  },
  {
    id: 'AUD003',
    name: 'groups-exposed',
    summary: 'A group is over-represented among the most exposed people.',
    severity: 'warning',
  },
  {
    id: 'AUD004',
    name: 'claim-contradicted',
    summary: 'A certified lower bound lies above the ε that the code claims.',
    severity: 'error',
  },
  {
    id: 'AUD005',
    name: 'unsafe-checkpoint',
    summary: 'A checkpoint has executable content, archive tricks or embedded records.',
    severity: 'error',
  },
  {
    id: 'AUD006',
    name: 'gradients-reveal-records',
    summary: 'Records can be rebuilt from gradients or updates.',
    severity: 'warning',
  },
  { id: 'EPS001', name: 'unused-suppression', summary: 'A suppression matches no finding.', severity: 'warning' },
  { id: 'EPS002', name: 'malformed-directive', summary: 'An epsilint comment cannot be read.', severity: 'warning' },
  {
    id: 'EPS003',
    name: 'limited-analysis',
    summary: 'The analysis was cut off by a limit or a syntax error.',
    severity: 'information',
  },
];
