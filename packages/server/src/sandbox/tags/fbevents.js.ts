import { sharedScript } from "./shared.js.js";

/**
 * The stand-in for Meta's fbevents.js. It speaks the documented stub protocol: `fbq` is a function with a `queue`, whose
 * calls are drained and which then calls `callMethod`. Anything else it leaves alone, as the real one does. Events that the
 * real script makes by itself, of buttons and forms, it does not make.
 */
export const fbeventsScript = `(function () {
  "use strict";
${sharedScript}
  var fbq = window.fbq;
  var script = document.currentScript;
  if (typeof fbq !== "function" || !Array.isArray(fbq.queue) || fbq.callMethod || !script) return;
  var origin = new URL(script.src).origin;

  var pixels = {};           // by id: { user, agent, firstParty, pageViews }
  var settings = {};         // by id, from fbq("set", ...) before init
  var processing = null;     // [options, country, state]
  var revoked = false;
  var waiting = [];          // events held while consent is revoked
  var started = false;
  var images = [];           // kept until loaded, so that none is collected before it is sent

  function settingsOf(id) {
    return (settings[id] = settings[id] || {});
  }

  function warn(message) {
    console.warn("[fbevents stand-in] " + message);
  }

  var commands = {
    init: function (id, user, options) {
      id = String(id);
      if (pixels[id]) return warn("Duplicate Pixel ID: " + id);
      pixels[id] = { user: user, agent: options && options.agent, pageViews: 0 };
    },
    set: function (what, value, id) {
      if (what === "autoConfig") settingsOf(id).autoConfig = value;
      else if (what === "firstPartyCookies") settingsOf(id).firstParty = value;
      else if (what === "agent") settingsOf(id).agent = value;
      else if (what === "userData") Object.keys(pixels).forEach(function (pixel) {
        pixels[pixel].user = Object.assign({}, pixels[pixel].user, value);
      });
      else warn("unknown setting " + what);
    },
    consent: function (choice) {
      revoked = choice === "revoke";
      if (!revoked) waiting.splice(0).forEach(function (send) { send(); });
    },
    dataProcessingOptions: function (options, country, state) {
      processing = [options, country, state];
    },
    track: function (name, params, options) {
      Object.keys(pixels).forEach(function (id) { event(id, name, params, options); });
      if (Object.keys(pixels).length === 0) warn("no pixel for " + name);
    },
    trackSingle: function (id, name, params, options) {
      if (pixels[id]) event(String(id), name, params, options);
      else warn("no pixel " + id + " for " + name);
    }
  };
  commands.trackCustom = commands.track;
  commands.trackSingleCustom = commands.trackSingle;

  function event(id, name, params, options) {
    // Read once, on the first event.
    if (!started) {
      started = true;
      if (!fbq.disablePushState) onAddressChange(function () {
        Object.keys(pixels).forEach(function (pixel) { hold(pixel, "PageView"); });
      });
    }
    // Without this flag, page views a page sends itself are dropped after the first.
    if (name === "PageView" && pixels[id].pageViews++ > 0 && !fbq.allowDuplicatePageViews) return;
    hold(id, name, params, options);
  }

  function hold(id, name, params, options) {
    var address = location.href;
    var time = Date.now();
    function send() { beacon(id, name, params, options || {}, address, time); }
    if (revoked) waiting.push(send);
    else send();
  }

  function beacon(id, name, params, options, address, time) {
    var pixel = pixels[id];
    var own = settingsOf(id);
    if (own.firstParty !== false) writeCookies();
    var query = new URLSearchParams();
    function add(key, value) {
      if (value === undefined || value === null || value === "") return;
      query.append(key, typeof value === "object" ? JSON.stringify(value) : String(value));
    }
    add("id", id);
    add("ev", name);
    add("eid", options.eventID);
    Object.keys(params || {}).forEach(function (key) { add("cd[" + key + "]", params[key]); });
    var user = reportUser(pixel.user, hashed);
    Object.keys(user).forEach(function (key) { add("ud[" + key + "]", user[key]); });
    add("dl", options.eventSourceUrl || address);
    add("rl", document.referrer);
    add("if", String(window.top !== window));
    add("ts", time);
    add("fbp", readCookie("_fbp"));
    add("fbc", readCookie("_fbc"));
    add("agent", pixel.agent || own.agent || fbq.agent);
    add("autoConfig", own.autoConfig);
    if (processing) {
      add("data_processing_options", processing[0]);
      add("data_processing_options_country", processing[1]);
      add("data_processing_options_state", processing[2]);
    }
    var image = new Image();
    images.push(image);
    image.onload = image.onerror = function () { images.splice(images.indexOf(image), 1); };
    image.src = origin + "/tr?" + query;
  }

  // Plain text is asked for in lower case; how else the real script normalises it is not documented. An external id is
  // the page's own and keeps its case.
  function hashed(key, text) {
    var trimmed = text.trim();
    return sha256(key === "external_id" ? trimmed : trimmed.toLowerCase());
  }

  function writeCookies() {
    var now = Date.now();
    if (!readCookie("_fbp")) {
      var random = Math.floor(Math.random() * 2147483647);
      writeCookie("_fbp", 90, function (index) { return "fb." + index + "." + now + "." + random; });
    }
    var fbclid = new URLSearchParams(location.search).get("fbclid");
    if (fbclid && ((readCookie("_fbc") || "").split(".")[3] !== fbclid)) {
      writeCookie("_fbc", 90, function (index) { return "fb." + index + "." + now + "." + fbclid; });
    }
  }

  function call(name) {
    var command = commands[name];
    if (command) command.apply(null, Array.prototype.slice.call(arguments, 1));
    else warn("unknown method " + name);
  }

  fbq.callMethod = call;
  fbq.queue.splice(0).forEach(function (args) { call.apply(null, args); });
})();
`;
