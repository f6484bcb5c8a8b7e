import { window } from 'vscode';
import type { Answers, Ask, Confirm, Confirmed, Question } from '../server/protocol';

const OTHER = 'Something else…';

/** Asks once for what the server could not infer. Escape at any point is a no. */
export async function ask({ subject, questions }: Ask): Promise<Answers> {
  const answers: Record<string, string[]> = {};
  for (const [index, question] of questions.entries()) {
    const title =
      questions.length === 1
        ? `Quick audit of ${subject}: one piece is missing`
        : `Quick audit of ${subject}: missing piece ${index + 1} of ${questions.length}`;
    const answer = await one(question, title);
    if (!answer) return null;
    answers[question.name] = answer;
  }
  return answers;
}

async function one(question: Question, title: string): Promise<string[] | null> {
  const { candidates, several, message, example } = question;
  const options = { title, placeHolder: message, ignoreFocusOut: true };
  if (candidates.length > 0 && several) {
    const picked = await window.showQuickPick(candidates, { ...options, canPickMany: true });
    if (picked && picked.length > 0) return picked;
    if (!picked) return null;
  } else if (candidates.length > 0) {
    const picked = await window.showQuickPick([...candidates, OTHER], options);
    if (picked !== OTHER) return picked === undefined ? null : [picked];
  }
  const typed = await window.showInputBox({
    title,
    prompt: message,
    placeHolder: `for example ${example}`,
    ignoreFocusOut: true,
  });
  return typed === undefined || typed.trim() === '' ? null : [typed.trim()];
}

/** Shows the lines before they are written: nothing is written without a yes. */
export async function confirm({ file, lines }: Confirm): Promise<Confirmed> {
  const write = 'Write and audit';
  const once = 'Audit once';
  const choice = await window.showInformationMessage(
    `Write this to ${file}, so that it is not asked again?`,
    { modal: true, detail: lines },
    write,
    once,
  );
  return choice === write ? 'write' : choice === once ? 'once' : null;
}
