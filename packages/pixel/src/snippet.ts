import { installGlobal } from "./global.js";

installGlobal(window as Window & Parameters<typeof installGlobal>[0]);
