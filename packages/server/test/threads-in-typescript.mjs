// For `node --import`: threads that a test starts run on the sources too. Vitest turns TypeScript into JavaScript only
// in its own thread; Node strips types by itself, but then takes "./store.js" by its word.
import { registerHooks } from "node:module";

registerHooks({
  resolve(specifier, context, next) {
    try {
      return next(specifier, context);
    } catch (error) {
      if (!/^(\.|file:).*\.js$/.test(specifier)) throw error;
      return next(specifier.replace(/\.js$/, ".ts"), context);
    }
  },
});
