/** What is said before and after destinations are brought in from a file, pure. */

import { t } from "./words.js";

const isNew = ({ plan }) => plan === "new";
const isDifferent = ({ plan }) => plan === "different";

/**
 * What to ask before they are brought in; null where nothing of the file would change anything. `replaces` says that the
 * deed takes the settings of what is here already, too; the other way leaves those alone.
 */
export function importQuestion(planned) {
  const [fresh, different] = [planned.filter(isNew), planned.filter(isDifferent)];
  if (fresh.length + different.length === 0) return null;
  const isRisky = [...fresh, ...different].some(({ cautions }) => cautions.length > 0);
  const more = [different.length > 0 && t("import-others"), isRisky && t("import-cautions")];
  const replaces = different.length > 0;
  return {
    title: t("import-title"),
    text: [t("import-text", { count: fresh.length }), ...more].filter(Boolean).join(" "),
    names: planned.map((each) => ({ name: each.name, held: heldWords(each) })),
    deed: t(replaces ? "import-replace" : "import-do"),
    other: replaces && fresh.length > 0 ? t("import-new-only") : "",
    keep: t("import-keep"),
    replaces,
    isHarmless: !replaces,
  };
}

/** What would become of one, and what whoever brings it in should know. */
function heldWords({ plan, cautions }) {
  return [t(`import-plan-${plan}`), ...(plan === "refused" ? [] : cautions.map((caution) => t(`import-caution-${caution}`)))].join(" · ");
}

/** Why a file changes nothing. */
export function importWords(planned) {
  const reasons = planned.map(({ name, plan, message }) => `${name}: ${message ?? t(`import-plan-${plan}`)}.`);
  return [t("import-nothing"), ...reasons].join(" ");
}

/** What came of it: what changed here, and what was left out although it was wanted. */
export function importedWords(outcomes, planned, isReplacing) {
  const wanted = new Map(planned.map((each) => [each.name, each.plan]));
  const changes = ({ name, problem }) => !problem && (wanted.get(name) === "new" || (isReplacing && wanted.get(name) === "different"));
  const left = outcomes.filter(({ name, problem }) => problem && (isReplacing || wanted.get(name) !== "different"));
  const done = t("import-done", { count: outcomes.filter(changes).length });
  return left.length === 0 ? done : `${done} ${t("import-left-out", { names: left.map(({ name }) => name).join(", ") })}`;
}
