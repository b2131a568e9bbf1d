// Fuzzy search over commands: words in either language, parts of words, letters in order, pinyin initials.

function letters(text) { return text.toLowerCase().replace(/[\s·/&-]+/g, ""); }

function inOrder(wanted, text) {
  let place = 0;
  for (const letter of text) if (letter === wanted[place]) place += 1;
  return place === wanted.length;
}

/** Return how well a text answers, 0 for not at all. */
export function score(wanted, text, isInitials = false) {
  const have = letters(text || "");
  if (!have) return 0;
  if (have === wanted) return 100;
  if (have.startsWith(wanted)) return 80;
  if (!isInitials && text.toLowerCase().split(/\s+/).some((word) => word.startsWith(wanted))) return 70;
  if (have.includes(wanted)) return 60;
  return !isInitials && wanted.length > 1 && inOrder(wanted, have) ? 20 : 0;
}

/** Return the commands that answer what was typed, best first; nothing typed: all in their order. */
export function rank(typed, commands) {
  const wanted = letters(typed.trim());
  if (!wanted) return commands;
  const rated = commands.map((command, place) => ({
    command,
    place,
    points: Math.max(score(wanted, command.title), score(wanted, command.also) - 5, score(wanted, command.initials, true) - 10),
  }));
  return rated.filter((each) => each.points > 0).sort((one, other) => other.points - one.points || one.place - other.place).map((each) => each.command);
}
