
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const LEVELS = ["error", "warning", "info"];
  const PAGE = 100;
  const byId = (id) => document.getElementById(id);
  const number = (value) => value.toLocaleString("en");
  const plural = (count, noun) => `${number(count)} ${count === 1 ? noun : noun + "s"}`;

  // The only way into the page: text is always text.
  const make = (tag, options, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(options || {})) {
      if (name === "class") made.className = value;
      else made.setAttribute(name, value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return made;
  };
  const level = (index) => make("span", { class: `level ${LEVELS[index]}` }, LEVELS[index]);

  const ALL = { rule: "", owner: "", order: "severity", search: "" };
  const state = { ...ALL, levels: new Set([0, 1, 2]), shown: PAGE };
  const NOBODY = "(nobody)";
  const filled = (text) => (text && text.trim() ? text : "");
  const ownerOf = (record) => filled(record.owner) || NOBODY;
  const nameOf = (record) => filled(record.name) || record.place;

  // The orders of the records: as they are given, or by a comparison of two. Amounts of one currency alone are compared.
  const collator = new Intl.Collator("en", { numeric: true });
  const by = (value) => (a, b) => collator.compare(value(a), value(b));
  const ORDERS = { severity: ["most severe first", null], owner: ["owner", by(ownerOf)], record: ["record", by(nameOf)] };
  const priced = data.records.filter((record) => record.value !== null);
  if (priced.length && new Set(priced.map((record) => record.currency)).size === 1) {
    ORDERS.amount = ["largest amount first", (a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity) || 0];
  }
  for (const record of data.records) {
    const said = record.findings.flatMap((finding) => [finding.code, finding.name, finding.message]);
    const text = record.text.map(([part]) => part).join("");
    record.haystack = [record.name, record.place, record.owner, record.account, record.stage, text, ...said]
      .filter(Boolean).join("\n").toLowerCase();
  }

  // What of a record the filters leave, or null.
  const seen = (record) => {
    if (state.owner && ownerOf(record) !== state.owner) return null;
    if (state.search && !record.haystack.includes(state.search)) return null;
    const findings = record.findings.filter(
      (finding) => state.levels.has(finding.level) && (!state.rule || finding.code === state.rule));
    return findings.length ? { record, findings } : null;
  };

  const address = (url) => {
    try {
      const parsed = new URL(url);
      return ["https:", "http:"].includes(parsed.protocol) ? parsed : null;
    } catch {
      return null;
    }
  };

  const facts = (record) => {
    const account = (record.name || "").includes(record.account) ? "" : record.account;
    const told = [record.place, record.owner && `owner ${record.owner}`, account, record.stage, record.amount,
      record.commitment && `commitment ${record.commitment}/5`].filter(Boolean);
    const made = make("span", { class: "facts" }, told.join(" · "));
    const link = record.url && address(record.url);
    if (link) made.append(" · ", make("a", { href: link.href, rel: "noopener noreferrer" }, `open at ${link.host}`));
    return made;
  };

  const stepOf = (record) => {
    if (!record.text.length) return [make("span", { class: "empty" }, "(empty)")];
    return record.text.map(([part, mark]) => (mark < 0 ? part : make("mark", { class: LEVELS[mark] }, part)));
  };

  const told = (finding) => {
    const rule = data.rules[finding.code];
    const why = rule && rule.why && make("p", null, rule.why);
    const ask = finding.question && make("p", null, `Ask: ${finding.question}`);
    const answers = finding.choices.length
      ? make("ul", null, ...finding.choices.map((choice) => make("li", null, choice))) : null;
    const more = why || ask ? make("details", null, make("summary", null, "Why, and what to ask"), why, ask, answers) : null;
    const name = `${finding.code} ${finding.name}`;
    const link = rule && rule.url && address(rule.url);
    return make("li", null, make("strong", null, link ? make("a", { href: link.href, rel: "noopener noreferrer" }, name) : name),
      make("p", null, finding.message), finding.help && make("p", { class: "help" }, finding.help), more);
  };

  const row = ({ record, findings }) => {
    const worst = Math.min(...findings.map((finding) => finding.level));
    return make("tr", null, make("td", null, level(worst)),
      make("th", { scope: "row" }, nameOf(record), facts(record)),
      make("td", null, ...stepOf(record)),
      make("td", null, make("ul", { class: "list" }, ...findings.map(told))));
  };

  const draw = () => {
    const found = data.records.map(seen).filter(Boolean);
    const order = ORDERS[state.order][1];
    if (order) found.sort((a, b) => order(a.record, b.record));
    const findings = found.reduce((sum, { findings: some }) => sum + some.length, 0);
    byId("rows").replaceChildren(...found.slice(0, state.shown).map(row));
    byId("count").textContent = data.records.length
      ? `${plural(findings, "finding")} in ${plural(found.length, "row")}` : "No findings.";
    const left = found.length - state.shown;
    byId("more").hidden = left <= 0;
    byId("more").textContent = `Show ${number(Math.min(left, PAGE))} more of ${number(left)}`;
    document.querySelector("table").hidden = !found.length;
    for (const [id, key] of [["rules", "rule"], ["owners", "owner"]]) {
      for (const button of byId(id).querySelectorAll("button")) {
        button.setAttribute("aria-pressed", String(button.dataset.value === state[key]));
      }
    }
  };
  const change = (values) => {
    Object.assign(state, values, { shown: PAGE });
    byId("rule").value = state.rule;
    byId("owner").value = state.owner;
    byId("order").value = state.order;
    draw();
  };

  const tile = (value, words, kind) =>
    make("li", { class: kind || "" }, make("strong", null, number(value)), make("span", null, words));
  const tiles = () => {
    const sum = data.summary;
    const made = [tile(sum.records, "records judged"), tile(sum.records_with_findings, "records with findings"),
      tile(sum.error, "errors", "error"), tile(sum.warning, "warnings", "warning"), tile(sum.info, "info", "info")];
    for (const [key, words] of [["out_of_scope", "out of scope"], ["rejected", "rows rejected"],
      ["suppressed", "suppressed"], ["baselined", "in the baseline"], ["fixable", "fixable"]]) {
      if (sum[key]) made.push(tile(sum[key], words));
    }
    byId("tiles").append(...made);
  };

  // Value -> [findings, worst level], the most frequent first.
  const tally = (valuesOf) => {
    const counts = new Map();
    for (const record of data.records) {
      for (const finding of record.findings) {
        const value = valuesOf(record, finding);
        const [count, worst] = counts.get(value) || [0, 2];
        counts.set(value, [count + 1, Math.min(worst, finding.level)]);
      }
    }
    return [...counts].sort((a, b) => b[1][0] - a[1][0] || (a[0] < b[0] ? -1 : 1));
  };

  const bars = (id, key, counts, label) => {
    const most = Math.max(1, ...counts.map(([, [count]]) => count));
    byId(id).append(...counts.map(([value, [count, worst]]) => {
      const bar = make("i");
      bar.style.setProperty("--share", `${(100 * count) / most}%`);
      const button = make("button", { type: "button", "aria-pressed": "false" }, make("span", null, label(value)),
        make("span", { class: `bar ${LEVELS[worst]}`, "aria-hidden": "true" }, bar), make("b", null, number(count)));
      button.dataset.value = value;
      button.addEventListener("click", () => change({ [key]: state[key] === value ? "" : value }));
      return make("li", null, button);
    }));
  };

  const choices = (key, values, label) => {
    byId(key).append(...values.map((value) => make("option", { value }, label(value))));
    byId(key).addEventListener("change", (event) => change({ [key]: event.target.value }));
  };

  const controls = () => {
    const rules = tally((_, finding) => finding.code);
    const owners = tally(ownerOf);
    const name = (code) => `${code} ${(data.rules[code] || {}).name || ""}`;
    const same = (value) => value;
    bars("rules", "rule", rules, name);
    bars("owners", "owner", owners, same);
    const orAll = (label) => (value) => (value ? label(value) : "all");
    choices("rule", ["", ...rules.map(([code]) => code).sort()], orAll(name));
    choices("owner", ["", ...owners.map(([owner]) => owner).sort(collator.compare)], orAll(same));
    choices("order", Object.keys(ORDERS), (key) => ORDERS[key][0]);
    byId("levels").append(...LEVELS.map((word, index) => {
      const box = make("input", { type: "checkbox", checked: "" });
      box.addEventListener("change", () => {
        if (box.checked) state.levels.add(index);
        else state.levels.delete(index);
        change({});
      });
      return make("label", null, box, ` ${word}`);
    }));
    byId("search").addEventListener("input", (event) => change({ search: event.target.value.trim().toLowerCase() }));
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    byId("filters").addEventListener("reset", () => change({ ...ALL, levels: new Set([0, 1, 2]) }));
    byId("more").addEventListener("click", () => {
      const next = state.shown;
      state.shown += PAGE;
      draw();
      const first = byId("rows").children[next];
      if (first) {
        first.tabIndex = -1;
        first.focus();
      }
    });
    // Paper shows what the filters leave, all of it.
    window.addEventListener("beforeprint", () => { state.shown = Infinity; draw(); });
    window.addEventListener("afterprint", () => { state.shown = PAGE; draw(); });
    byId("filters").hidden = byId("charts").hidden = !data.records.length;
  };

  byId("about").textContent = `Next steps as of ${data.as_of}. ${data.line}`;
  byId("broken").hidden = data.complete;
  for (const part of document.querySelectorAll(".shown")) part.hidden = !data.cut;
  if (data.cut) {
    byId("cut").textContent = data.cut;
    byId("cut").hidden = false;
  }
  byId("footer").textContent = [`steplint ${data.tool.version || ""}`.trim(), data.skipped].filter(Boolean).join(". ");
  tiles();
  controls();
  draw();
})();
