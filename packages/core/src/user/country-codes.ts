/** ISO 3166-1 alpha-2, all officially assigned codes: their first letter, and all the second ones that go with it. */
const assigned =
  "adefgilmoqrstuwxz babdefghijlmnoqrstvwyz cacdfghiklmnoruvwxyz dejkmoz eceghrst fijkmor gabdefghilmnpqrstuwy " +
  "hkmnrtu idelmnoqrst jemop keghimnprwyz labcikrstuvy macdefghklmnopqrstuvwxyz nacefgilopruz om paefghklmnrstwy " +
  "qa reosuw sabcdeghijklmnorstvxyz tcdfghjklmnortvwz uagmsyz vaceginu wfs yet zamw";

/** In lower case. */
export const countryCodes: ReadonlySet<string> = /* @__PURE__ */ new Set(
  /* @__PURE__ */ assigned.split(" ").flatMap(([first = "", ...seconds]) => seconds.map((second) => first + second)),
);
