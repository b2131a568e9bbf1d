// What a journey looks at in a page: how it is built, which kinds of text it has, and what axe finds wrong.
(() => {
  const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];
  // What axe would fetch again are the style sheets, for two rules on turning a phone and on sound.
  const OPTIONS = { resultTypes: ["violations"], preload: false, iframes: false };
  const CLEAR = "rgba(0, 0, 0, 0)", EXEMPT = ":disabled, [aria-disabled=true], label:has(:disabled)";
  // Which of these are the same as others matters, not what they are: ids and what refers to them; words and places.
  const IDS = new Set(["id", "for", "form", "list", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns"]);
  const WORDS = new Set(["title", "alt", "value", "placeholder", "aria-label", "name", "href", "src", "action"]);
  const LANGUAGES = new Set(["zh-Hans", "en"]);
  const MEANINGLESS = /^(data-|hx-|style$|content$|datetime$|min$|max$|width$|x$|y$|cx$|cy$)/;

  const short = async (text) => {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return Array.from(new Uint8Array(digest), (each) => each.toString(16).padStart(2, "0")).join("");
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

  /** What of an element's style its text, and that of all within it, stands before. */
  const ground = ({ backgroundColor, backgroundImage }) =>
    backgroundColor === CLEAR && backgroundImage === "none" ? "" : `${backgroundColor} ${backgroundImage}`;
  /** What it is seen through, with all that stands behind it. */
  const veil = ({ opacity, filter, mixBlendMode }) =>
    opacity === "1" && filter === "none" && mixBlendMode === "normal" ? "" : `through ${opacity} ${filter} ${mixBlendMode}`;
  const covers = ({ backgroundColor }) => /^rgb\(/.test(backgroundColor);
  /** From here on less contrast is enough (18 pt, bold 14 pt); the size says nothing else, but beside a shadow. */
  const size = ({ fontSize, fontWeight, textShadow }) => {
    const points = Math.ceil(parseFloat(fontSize) * 72) / 96;
    return textShadow === "none" ? points >= (fontWeight >= 700 ? 14 : 18) : `${textShadow} ${fontSize} ${fontWeight}`;
  };

  /** The elements that hold visible text, with the kind of each: its colour, its size, and all it stands before. */
  const written = () => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = new Map(), known = new Map();
    const behind = (each) => {
      if (!each) return "";
      if (!known.has(each)) {
        const style = getComputedStyle(each), further = behind(each.parentElement), own = ground(style) + veil(style);
        const isAllThere = covers(style) && !veil(style) && !further.includes("through");
        known.set(each, isAllThere ? ground(style) : own ? `${further}>${own}` : further);
      }
      return known.get(each);
    };
    while (texts.nextNode()) {
      const around = texts.currentNode.parentElement, text = texts.currentNode.data.trim();
      if (!text || found.has(around) || !around.checkVisibility()) continue;
      const style = getComputedStyle(around);
      // Nothing is asked of what is switched off, and nothing can be told from a single sign.
      const isExempt = Boolean(around.closest(EXEMPT)), isSign = text.length === 1;
      found.set(around, [style.color, size(style), isExempt, isSign, behind(around)].join(" "));
    }
    return [...found];
  };

  /** Some elements for each kind that is wanted: what is written alike is as readable in one place as in another. */
  const examples = (wanted) => {
    const places = new Map();
    for (const [each, kind] of written()) if (wanted.has(kind)) places.set(kind, [...(places.get(kind) ?? []), each]);
    return [...places.values()].flatMap((each) => [...new Set([each[0], each[each.length >> 1], each.at(-1)])]);
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
      return [await build(), [...kinds]];
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
        const include = examples(wanted);
        if (include.length) found.push(...(await axe.run({ include }, colours)).violations);
      });
      if (icons) place.replaceWith(icons);
      return found;
    },
  };
})();
