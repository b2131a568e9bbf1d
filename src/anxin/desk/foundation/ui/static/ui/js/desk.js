// Everything a page of the desk runs.
import "./appearance.js";
import "./clock.js";
import "./drafts.js";
import "./failures.js";
import "./live.js";
import "./masked.js";
import "./pictures.js";
import "./notices.js";
import "./palette.js";
import "./shortcuts.js";
import "./status_line.js";

document.documentElement.dataset.ready = "true";
