import { render } from "preact";
import { tickBusiness } from "./business.js";
import { follow } from "./feed-client.js";
import { listenToKeys } from "./shortcuts.js";
import { tick } from "./state.js";
import { applyTheme } from "./theme.js";
import { App } from "./views/app.js";
import "./style.css";

applyTheme();
listenToKeys();
follow();
setInterval(() => {
  tick();
  tickBusiness();
}, 1_000);
const root = document.getElementById("app");
if (root) render(<App />, root);
