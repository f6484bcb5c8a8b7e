import { window } from 'vscode';
import type { Answers, Ask, Question } from '../server/protocol';

const OTHER = 'Something else…';

/** Asks once for what the server could not infer, and whether to write it down. Escape at any point is a no. */
export async function ask({ file, questions }: Ask): Promise<Answers> {
  const answers: Record<string, string> = {};
  for (const [index, question] of questions.entries()) {
    const answer = await one(question, `Quick audit: missing piece ${index + 1} of ${questions.length}`);
    if (answer === undefined) return null;
    answers[question.name] = answer;
  }
  const write = 'Write and audit';
  const once = 'Audit once';
  const choice = await window.showInformationMessage(
    `Write the answers to ${file}, so that they are not asked again?`,
    { modal: true },
    write,
    once,
  );
  return choice === undefined ? null : { answers, write: choice === write };
}

async function one(question: Question, title: string): Promise<string | undefined> {
  if (question.candidates.length > 0) {
    const picked = await window.showQuickPick([...question.candidates, OTHER], {
      title,
      placeHolder: question.message,
      ignoreFocusOut: true,
    });
    if (picked !== OTHER) return picked;
  }
  const typed = await window.showInputBox({ title, prompt: question.message, ignoreFocusOut: true });
  return typed === '' ? undefined : typed;
}
