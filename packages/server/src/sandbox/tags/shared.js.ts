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

  // Hashes are reported as they are; plain text, which the real script would hash, is not reported at all.
  function reportUser(user) {
    var report = {};
    Object.keys(user || {}).forEach(function (key) {
      var value = user[key];
      if (value === undefined || value === null || value === "") return;
      var isHash = typeof value === "string" && /^[0-9a-f]{64}$/i.test(value);
      report[key] = isHash ? value : "(" + (typeof value === "string" ? "plain" : typeof value) + ")";
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
