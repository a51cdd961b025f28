import { chances, type MatchQuality } from "../model/match-quality.js";
import { Meter } from "./row-view.js";

const grades: Readonly<Record<MatchQuality["grade"], string>> = {
  great: "Great",
  good: "Good",
  fair: "Fair",
  poor: "Poor",
};

const percent = (part: number) => `${Math.round(part * 100)} %`;

/** The estimate, what it rests on, and what would raise it. */
export function Quality({ quality, copies }: { readonly quality: MatchQuality; readonly copies: number }) {
  const { score, grade, keys, advice } = quality;
  return (
    <section class="card quality">
      <h3>
        Match quality <small>estimate</small>
      </h3>
      <p class="quality-score">
        <Meter score={score} />
        <b>{grades[grade]}</b>
      </p>
      {keys.length === 0 ? (
        <p class="hint">It carries no match key: nobody can be recognised by it.</p>
      ) : (
        <table class="keys">
          <thead class="hidden-text">
            <tr>
              <th scope="col">Match key</th>
              <th scope="col">Meaning</th>
              <th scope="col">Chance</th>
            </tr>
          </thead>
          <tbody>
            {keys.map(({ key, meaning, chance, reason }) => (
              <tr key={key} class={chance === 0 ? "spoilt" : ""}>
                <th scope="row">
                  <code>{key}</code>
                </th>
                <td>{reason ?? meaning}</td>
                <td>{percent(chance)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {advice.length > 0 && score < 9 && (
        <p class="advice">
          Would raise it:{" "}
          {advice.map(({ key, meaning, score: to }, index) => (
            <span key={key}>
              {index > 0 && ", "}
              <code>{key}</code> ({meaning}) to {to.toFixed(1)}
            </span>
          ))}
          .
        </p>
      )}
      <details class="how">
        <summary>How it is computed</summary>
        <p>
          By us, not by the vendor, whose scores are made in ways it does not tell. Each key counts as a chance of being
          recognised by it: {percent(chances.person)} for what belongs to one person, {percent(chances.browser)} for
          what belongs to one browser, device or customer of yours, {percent(chances.many)} for what many people share;
          address and user agent count together. The chances are taken as independent: 10 × (1 − the product of what
          each leaves open). A key whose value can not match counts nothing.
          {copies > 1 && " Copies count as the vendor uses them: TikTok adds both sides' keys, Meta keeps one copy."}
        </p>
      </details>
    </section>
  );
}
