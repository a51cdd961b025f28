/**
 * Functions both tag stand-ins begin with. Browser code as text: it runs in pages only, so the server's type check, which
 * knows no DOM, does not see it; the tests run it in Chromium.
 */
export const sharedScript = String.raw`
  function readCookie(name) {
    var found = document.cookie.split("; ").find(function (pair) {
      return pair.indexOf(name + "=") === 0;
    });
    return found && found.slice(name.length + 1);
  }

  // Sets a first-party cookie on the widest domain the browser takes. "makeValue" gets the number of labels of that
  // domain less one: com is 0, example.com is 1.
  function writeCookie(name, days, makeValue) {
    var end = "; path=/; samesite=lax; max-age=" + days * 86400;
    var labels = location.hostname.split(".");
    var isName = labels.length > 1 && !/^[\d.]+$|:/.test(location.hostname);
    for (var count = 2; isName && count <= labels.length; count++) {
      var value = makeValue(count - 1);
      document.cookie = name + "=" + value + "; domain=" + labels.slice(-count).join(".") + end;
      if (readCookie(name) === value) return;
    }
    document.cookie = name + "=" + makeValue(1) + end;
  }

  function eraseCookie(name) {
    writeCookie(name, 0, function () { return ""; });
  }

  // SHA-256 in hexadecimal. Written out, since pages without TLS have no crypto.subtle.
  var sha256 = (function () {
    var primes = [];
    for (var candidate = 2; primes.length < 64; candidate++) {
      if (primes.every(function (prime) { return candidate % prime > 0; })) primes.push(candidate);
    }
    function fraction(root) { return (root % 1) * 4294967296 | 0; }
    var rounds = primes.map(function (prime) { return fraction(Math.cbrt(prime)); });
    var start = primes.slice(0, 8).map(function (prime) { return fraction(Math.sqrt(prime)); });
    function turn(word, bits) { return (word >>> bits) | (word << (32 - bits)); }

    return function (text) {
      var bytes = new TextEncoder().encode(text);
      var padded = new Uint8Array((bytes.length + 72) >> 6 << 6);
      padded.set(bytes);
      padded[bytes.length] = 128;
      var view = new DataView(padded.buffer);
      view.setUint32(padded.length - 4, bytes.length * 8);
      var state = start.slice();
      for (var block = 0; block < padded.length; block += 64) {
        var words = [];
        var next = state.slice();
        for (var round = 0; round < 64; round++) {
          var early = words[round - 15], late = words[round - 2];
          words[round] = round < 16 ? view.getInt32(block + round * 4) :
            (words[round - 16] + (turn(early, 7) ^ turn(early, 18) ^ (early >>> 3)) +
              words[round - 7] + (turn(late, 17) ^ turn(late, 19) ^ (late >>> 10))) | 0;
          var a = next[0], b = next[1], c = next[2], e = next[4];
          var first = next[7] + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & next[5]) ^ (~e & next[6])) +
            rounds[round] + words[round];
          var second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
          next = [(first + second) | 0, a, b, c, (next[3] + first) | 0, e, next[5], next[6]];
        }
        state = state.map(function (word, index) { return (word + next[index]) | 0; });
      }
      return state.map(function (word) { return (word >>> 0).toString(16).padStart(8, "0"); }).join("");
    };
  })();

  // What a tag reports of a person. A hash goes as it is, plain text by "plainValue(key, text)"; of what is no text, the
  // type alone.
  function reportUser(user, plainValue) {
    var report = {};
    Object.keys(user || {}).forEach(function (key) {
      var value = user[key];
      if (value === undefined || value === null || value === "") return;
      if (typeof value !== "string") report[key] = "(" + typeof value + ")";
      else report[key] = /^[0-9a-f]{64}$/i.test(value) ? value : plainValue(key, value);
    });
    return report;
  }

  // Runs a callback whenever the page's address changes without a load.
  function onAddressChange(callback) {
    var last = location.href;
    function check() {
      if (location.href === last) return;
      last = location.href;
      callback();
    }
    ["pushState", "replaceState"].forEach(function (method) {
      var original = history[method];
      history[method] = function () {
        var result = original.apply(this, arguments);
        check();
        return result;
      };
    });
    addEventListener("popstate", check);
  }
`;
