import { useEffect, useState } from "preact/hooks";

interface LoadedState<T> {
  readonly value?: T;
  /** Why it could not be loaded. */
  readonly error?: string;
}

/** Whoever goes down a list with held keys asks for nothing until they rest so long, ms. */
const REST = 60;

/** What a call gives; asked anew when one of `inputs` changes, and given up when nobody waits any more. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, inputs: readonly unknown[]): LoadedState<T> {
  const [state, setState] = useState<LoadedState<T>>({});
  useEffect(() => {
    const given = new AbortController();
    setState({});
    const timer = setTimeout(() => {
      load(given.signal).then(
        (value) => setState({ value }),
        (error: unknown) => {
          if (!given.signal.aborted) setState({ error: error instanceof Error ? error.message : String(error) });
        },
      );
    }, REST);
    return () => {
      clearTimeout(timer);
      given.abort();
    };
  }, [...inputs]);
  return state;
}
