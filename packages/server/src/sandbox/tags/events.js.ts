import { sharedScript } from "./shared.js.js";

/**
 * The stand-in for TikTok's events.js. `ttq` must be an array of `[method, ...args]`, with one more array per pixel in
 * `ttq._i`; a callable in the manner of Meta's stub sends nothing and says nothing, as with the real one.
 */
export const eventsScript = `(function () {
  "use strict";
${sharedScript}
  var ttq = window[window.TiktokAnalyticsObject || "ttq"];
  var script = document.currentScript;
  if (!Array.isArray(ttq) || !script) return;
  var address = new URL(script.src);
  var pixelCode = address.searchParams.get("sdkid");
  // ttq.load injects this script once per pixel; the first copy serves them all.
  if (ttq._addPixel) return ttq._addPixel(pixelCode);

  var methods = ("page track identify instances instance debug on off once ready alias group enableCookie disableCookie " +
    "holdConsent revokeConsent grantConsent").split(" ");
  var pixels = {};             // by code: { user, page, queue }
  var sharedUser = {};
  var consent = "granted";     // or "held" or "denied"
  var waiting = [];

  // Knows a pixel, or its new queue when ttq.load was called for it again, and runs what waits there.
  function addPixel(code) {
    var queue = (ttq._i && ttq._i[code]) || [];
    if (pixels[code] && pixels[code].queue === queue) return;
    pixels[code] = pixels[code] || { user: {}, page: undefined };
    pixels[code].queue = queue;
    takeOver(queue, code);
  }

  // Pixels loaded after this script are known as soon as they are needed, not only when their copy of it arrives.
  function addLoadedPixels() {
    Object.keys(ttq._i || {}).forEach(addPixel);
  }

  function targets(code) {
    return code === undefined ? Object.keys(pixels) : pixels[code] ? [code] : [];
  }

  // "code" is undefined for calls on ttq itself, which go to every pixel.
  var commands = {
    page: function (code, properties) {
      if (properties) return commands.track(code, "Pageview", properties);
      targets(code).forEach(function (target) {
        // One page view per address.
        if (pixels[target].page === location.href) return;
        pixels[target].page = location.href;
        event(target, "Pageview", {});
      });
    },
    track: function (code, name, properties, options) {
      options = options || {};
      targets(options.pixel_code || code).forEach(function (target) {
        event(target, name, properties || {}, options.event_id);
      });
    },
    identify: function (code, first, second) {
      // identify(user) or identify(externalId, user); each call replaces the one before.
      var user = typeof first === "object" ? first : Object.assign({ external_id: first }, second);
      if (code === undefined) sharedUser = user || {};
      else targets(code).forEach(function (target) { pixels[target].user = user || {}; });
    },
    instances: function () { return Object.keys(pixels).map(function (code) { return pixels[code].queue; }); },
    instance: function (_, code) { return pixels[code] && pixels[code].queue; },
    ready: function (_, callback) { if (typeof callback === "function") callback(); },
    enableCookie: function () { writeCookie("_tt_enable_cookie", 390, function () { return "1"; }); },
    disableCookie: function () {
      writeCookie("_tt_enable_cookie", 390, function () { return "0"; });
      eraseCookie("_ttp");
    },
    holdConsent: function () { consent = "held"; },
    revokeConsent: function () { consent = "denied"; waiting = []; },
    grantConsent: function () {
      consent = "granted";
      waiting.splice(0).forEach(function (send) { send(); });
    },
    debug: function () {}, on: function () {}, off: function () {}, once: function () {}, alias: function () {},
    group: function () {}
  };

  function event(code, name, properties, id) {
    if (consent === "denied") return;
    var user = reportUser(Object.assign({}, sharedUser, pixels[code].user), plainValue);
    var body = {
      pixel_code: code,
      event: name,
      event_id: id === undefined ? undefined : String(id),
      timestamp: new Date().toISOString(),
      properties: properties,
      context: { page: { url: location.href, referrer: document.referrer }, user: user }
    };
    var options = (ttq._o && ttq._o[code]) || {};
    if (options.limited_data_use !== undefined) body.limited_data_use = options.limited_data_use;
    if (consent === "held") waiting.push(function () { post(body); });
    else post(body);
  }

  function post(body) {
    if (!readCookie("_ttp") && readCookie("_tt_enable_cookie") !== "0") {
      var ttp = randomId(27);
      writeCookie("_ttp", 390, function () { return ttp; });
    }
    var ttclid = clickId(body.context.page.url);
    if (ttclid) body.context.user.ttclid = ttclid;
    if (readCookie("_ttp")) body.context.user.ttp = readCookie("_ttp");
    // As plain text, so that the browser asks no leave of the other origin first.
    var request = { method: "POST", body: JSON.stringify(body), headers: { "content-type": "text/plain" }, mode: "cors" };
    fetch(address.origin + "/api/v2/pixel", Object.assign({ keepalive: true }, request)).catch(function () {});
  }

  // Email and phone are hashed here, an email in lower case but not trimmed, as the real script was seen to do; it brings
  // phone numbers to E.164, which here they must be in but for spaces and brackets. What it does with plain names and postal
  // codes is not known, so these are not reported. All else goes as it is.
  function plainValue(key, text) {
    if (key === "email") return sha256(text.toLowerCase());
    if (key === "phone_number") return sha256(text.replace(/[^+\\d]/g, ""));
    return /^(first_name|last_name|zip_code)$/.test(key) ? "(plain)" : text;
  }

  // The click id of the address, kept for the session as the real script does.
  function clickId(address) {
    var found = new URL(address).searchParams.get("ttclid");
    try {
      if (found) sessionStorage.setItem("tt_adInfo", JSON.stringify({ callback: found }));
      return found || JSON.parse(sessionStorage.getItem("tt_adInfo") || "{}").callback;
    } catch (_) {
      return found;
    }
  }

  function randomId(length) {
    var letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    var id = "";
    while (id.length < length) id += letters.charAt(Math.floor(Math.random() * letters.length));
    return id;
  }

  function run(code, tuple) {
    if (isReady) addLoadedPixels();
    var command = commands[tuple[0]];
    if (command) return command.apply(null, [code].concat(Array.prototype.slice.call(tuple, 1)));
  }

  // Runs what waits in a queue and makes its methods run at once from now on.
  function takeOver(queue, code) {
    methods.forEach(function (method) {
      queue[method] = function () { return run(code, [method].concat(Array.prototype.slice.call(arguments))); };
    });
    queue.push = function (tuple) { run(code, tuple); return 0; };
    queue.splice(0).forEach(function (tuple) { run(code, tuple); });
  }

  // Every pixel loaded so far is known before the common queue runs, since its calls go to all of them; what waits for
  // one pixel runs after, since the common queue may have identified the person.
  var isReady = false;
  var loaded = Object.keys(ttq._i || {});
  if (pixelCode && loaded.indexOf(pixelCode) < 0) loaded.push(pixelCode);
  loaded.forEach(function (code) {
    pixels[code] = { user: {}, page: undefined, queue: (ttq._i && ttq._i[code]) || [] };
  });
  takeOver(ttq);
  loaded.forEach(function (code) { takeOver(pixels[code].queue, code); });
  ttq._addPixel = addPixel;
  isReady = true;
})();
`;
