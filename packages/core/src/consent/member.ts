/** A member of whatever another script gave us; `undefined` where there is none or where reading it throws. */
export function member(of: unknown, name: string | number): unknown {
  try {
    return (of as Readonly<Record<string | number, unknown>> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
}
