/** The variables of the protocol between Epsilint and a training script. */
export const membersVariable = 'EPSILINT_MEMBERS';
export const scoresVariable = 'EPSILINT_SCORES';
