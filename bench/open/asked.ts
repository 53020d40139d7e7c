import { Child } from '../support/child.ts';
import type { Undo } from '../support/undo.ts';
import type { Answer } from './serve.ts';

/** A process that opens documents; one question at a time. */
export function opener(name: string, path: string, undo: Undo): (question: object) => Promise<Answer> {
  const child = new Child(name, path);
  undo.add(() => child.close());
  let take: (message: unknown) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  child.listen(
    (message) => take(message),
    (error) => fail(error),
  );
  return (question) =>
    new Promise((resolve, reject) => {
      fail = reject;
      take = (message) => {
        const { value, error } = message as { value?: Answer; error?: string };
        if (value === undefined) reject(new Error(`${name}: ${error ?? 'no answer'}`));
        else resolve(value);
      };
      child.send(question);
    });
}
