import { type CancellationToken, type ExecuteCommandParams, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import { AuditTarget, COMMANDS, Declare, Export, Shadows } from '../../protocol';
import { declare } from '../features/declare';
import type { Session } from '../session';
import { quickAudit } from './quick-audit';
import { report } from './report';
import { summary } from './summary';

/** `workspace/executeCommand`: each command takes one plain object and returns plain JSON, for any editor. */
export async function executeCommand(
  session: Session,
  params: ExecuteCommandParams,
  token: CancellationToken,
): Promise<unknown> {
  const argument: unknown = params.arguments?.[0] ?? {};
  switch (params.command) {
    case COMMANDS.quickAudit: {
      const target = AuditTarget.safeParse(argument);
      if (!target.success)
        return { kind: 'failed', message: 'Name a script ("uri") or a checkpoint ("checkpoint") to audit.' };
      return quickAudit(session, target.data, token, null, params.workDoneToken);
    }
    case COMMANDS.exposed: {
      const target = AuditTarget.safeParse(argument);
      const shadows = Shadows.safeParse(argument);
      if (!target.success || !shadows.success)
        return { kind: 'failed', message: 'Name a script ("uri"), an even number of "models" and an "engine".' };
      return quickAudit(session, target.data, token, shadows.data, params.workDoneToken);
    }
    case COMMANDS.exportNetwork: {
      const target = AuditTarget.safeParse(argument);
      const wanted = Export.safeParse(argument);
      if (!target.success || !wanted.success)
        return { kind: 'failed', message: 'Name a script ("uri"), its "checkpoint" and the "step": "write" or "run".' };
      return quickAudit(session, target.data, token, null, params.workDoneToken, wanted.data.step);
    }
    case COMMANDS.summary:
      return summary(session, (argument as { uri?: unknown }).uri);
    case COMMANDS.readReport:
      return report(session, argument);
    case COMMANDS.readBudget: {
      const { uri, event } = argument as { uri?: unknown; event?: unknown };
      const analysed = typeof uri === 'string' ? await session.analysed(uri) : null;
      const budgets = analysed?.analysis.budgets ?? [];
      return budgets.filter(budget => event === undefined || budget.event === event).map(budget => budget.json);
    }
    case COMMANDS.declare: {
      const asked = Declare.safeParse(argument);
      if (!asked.success) return { message: 'Name the script ("uri"), "of" (column or file), "as" and "name".' };
      return declare(session, asked.data);
    }
    default:
      throw new ResponseError(LSPErrorCodes.RequestFailed, `There is no command "${params.command}".`);
  }
}
