// Words in both languages for scripts, and the two live regions that speak them.

const isChinese = document.documentElement.lang.startsWith("zh");

/** Return the sentence in the page's language; {name} stands for a value. */
export function say(zh, en, values = {}) {
  return (isChinese ? zh : en).replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Speak to a screen reader; urgent interrupts. */
export function announce(text, isUrgent = false) {
  const region = document.getElementById(isUrgent ? "alarm" : "announcer");
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = text; });
}

/** Make an element: properties, then children. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element && !name.startsWith("aria")) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Copy one of the icons that the page carries along. */
export function icon(name) {
  const drawn = document.querySelector(`#icons [data-icon="${name}"] svg`);
  return drawn ? drawn.cloneNode(true) : "";
}
