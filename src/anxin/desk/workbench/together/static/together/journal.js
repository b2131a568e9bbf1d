// What is being typed, kept in this tab in case the page goes before the server has it. It is sealed (AES-GCM) with a key
// that comes with the page and is never stored, so that the browser's storage holds no word of it. Without a secure
// context there is no such cipher: then only the server keeps drafts, and the page itself.
const PREFIX = "anxin-journal:";

export class Journal {
  constructor(incident, hexKey) {
    this.incident = incident;
    this.key = this.open(hexKey);
  }

  async open(hexKey) {
    if (!globalThis.crypto?.subtle || !hexKey) return null;
    const bytes = Uint8Array.from(hexKey.match(/../g), (each) => parseInt(each, 16));
    return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  }

  name(slot) { return `${PREFIX}${this.incident}:${slot}`; }

  async keep(slot, text) {
    const key = await this.key;
    if (!key) return;
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const body = new TextEncoder().encode(JSON.stringify({ text, at: Date.now() }));
    const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, body));
    sessionStorage.setItem(this.name(slot), btoa(String.fromCharCode(...nonce, ...sealed)));
  }

  /** Return {text, at} of what was kept, null when nothing was or it cannot be opened. */
  async read(slot) {
    const kept = sessionStorage.getItem(this.name(slot));
    const key = await this.key;
    if (!kept || !key) return null;
    const bytes = Uint8Array.from(atob(kept), (each) => each.charCodeAt(0));
    try {
      const body = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes.slice(0, 12) }, key, bytes.slice(12));
      return JSON.parse(new TextDecoder().decode(body));
    } catch (problem) {
      if (!(problem instanceof DOMException)) throw problem;
      this.forget(slot);
      return null;
    }
  }

  forget(slot) { sessionStorage.removeItem(this.name(slot)); }
}
