// What a journey looks at in a page: how it is built, which kinds of text it has, and what axe finds wrong.
(() => {
  const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];
  // What axe would fetch again are the style sheets, for two rules on turning a phone and on sound.
  const OPTIONS = { resultTypes: ["violations"], preload: false, iframes: false };
  const STATES = ["aria-current", "aria-pressed", "aria-selected", "aria-disabled", "disabled", "open"];
  const SHOWN = ["state", "theme", "sending", "open", "level"];
  // Which of these are the same as others matters, not what they are: ids and what refers to them; words and places.
  const IDS = new Set(["id", "for", "form", "list", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns"]);
  const WORDS = new Set(["title", "alt", "value", "placeholder", "aria-label", "name", "href", "src", "action"]);
  const LANGUAGES = new Set(["zh-Hans", "en"]);
  const MEANINGLESS = /^(data-|hx-|style$|content$|datetime$|min$|max$|width$|x$|y$|cx$|cy$)/;

  const short = (text) => {
    let one = 0xdeadbeef, two = 0x41c6ce57;
    for (let i = 0; i < text.length; i++) {
      one = Math.imul(one ^ text.charCodeAt(i), 2654435761);
      two = Math.imul(two ^ text.charCodeAt(i), 1597334677);
    }
    one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
    two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
    return 4294967296 * (2097151 & two) + (one >>> 0);
  };

  /** How a page is built: two of one build differ in words only, not in what a reader of screens meets. */
  const build = () => {
    const ids = new Map(), words = new Map(), lines = [innerWidth];
    const nth = (known, value) => known.get(value) ?? (known.set(value, known.size), known.size - 1);
    const said = ({ name, value }) => {
      if (name === "lang" && LANGUAGES.has(value)) return name;
      if (name === "class") return value.replace(/\bhtmx-\w+/g, "").trim();
      if (IDS.has(name)) return `${name}=${value.split(/\s+/).map((each) => nth(ids, each))}`;
      return `${name}=${WORDS.has(name) && value.trim() ? nth(words, value) : value}`;
    };
    const line = (each, depth) => {
      if (each.id === "icons" || ["SCRIPT", "LINK"].includes(each.tagName)) return;
      const attributes = [...each.attributes].filter(({ name }) => !MEANINGLESS.test(name)).map(said).filter(Boolean).sort();
      const hasText = [...each.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
      const isNamedAsWritten = each.ariaLabel?.includes(each.textContent.trim());
      lines.push([depth, each.localName, attributes, hasText, isNamedAsWritten, each.checkVisibility()].join(" "));
      if (each.localName !== "svg") for (const child of each.children) line(child, depth + 1);
    };
    line(document.documentElement, 0);
    return short(lines.join("\n"));
  };

  const kind = (each) => {
    const said = STATES.map((name) => each.getAttribute(name) ?? "-").concat(SHOWN.map((name) => each.dataset?.[name] ?? "-"));
    return `${each.localName}.${[...each.classList].join(".")} ${said.join("")}`;
  };

  /** The elements that hold visible text, with what kind each is: by itself and by all it lies in. */
  const written = () => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = new Map(), known = new Map();
    const within = (each) => {
      if (!each) return String(innerWidth);
      if (!known.has(each)) known.set(each, `${within(each.parentElement)}>${kind(each)}`);
      return known.get(each);
    };
    while (texts.nextNode()) {
      const around = texts.currentNode.parentElement;
      if (texts.currentNode.data.trim() && around.checkVisibility()) found.set(around, short(within(around)));
    }
    return [...found];
  };

  const inThemes = async (themes, act) => {
    const root = document.documentElement, own = root.dataset.theme, still = new CSSStyleSheet();
    still.replaceSync("* { transition: none !important }");
    document.adoptedStyleSheets.push(still);
    for (const theme of [own, ...themes]) {
      root.dataset.theme = theme;
      await act();
    }
    root.dataset.theme = own;
    document.adoptedStyleSheets.pop();
  };

  globalThis.looking = {
    /** Return the build and all kinds of text of a page, also in other themes. */
    async seen(themes) {
      const kinds = new Set();
      await inThemes(themes, () => written().forEach(([, each]) => kinds.add(each)));
      return [build(), [...kinds]];
    },
    /** Return what axe finds wrong with the build, if asked, and with the colours of these kinds of text. */
    async found(themes, isBuildNew, kinds) {
      // The drawings that icons use are two fifths of a page, nobody meets them, and axe would look at each.
      const icons = document.getElementById("icons"), place = document.createComment("icons");
      icons?.replaceWith(place);
      const rules = { "color-contrast": { enabled: false } }, wanted = new Set(kinds), found = [];
      if (isBuildNew) found.push(...(await axe.run(document, { ...OPTIONS, runOnly: STANDARDS, rules })).violations);
      const colours = { ...OPTIONS, runOnly: { type: "rule", values: ["color-contrast"] } };
      await inThemes(themes, async () => {
        const include = written().filter(([, each]) => wanted.has(each)).map(([each]) => each);
        if (include.length) found.push(...(await axe.run({ include }, colours)).violations);
      });
      if (icons) place.replaceWith(icons);
      return found;
    },
  };
})();
